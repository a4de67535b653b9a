import { homeOf } from "../../plan/render/words.ts";
import { isBinding } from "../../model/desired.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { TypedLine } from "../../model/answers/permission-line.ts";
import { isDeclarationObserved, type TypedState } from "../../model/answers/permission-state.ts";
import type { UsedRole } from "../../model/keys/used-role.ts";
import type { Delta, DeltaRow } from "../../model/delta.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { lowerMode } from "../../model/rules/mode.ts";
import { roleComparison } from "./comparisons.ts";
import { declaredCallers, declaredNow, declaredState } from "./declared.ts";
import { effectiveAccess } from "./effective/effective.ts";
import { pendingChanges } from "./pending.ts";
import { effectiveOf, isStateCompared, type StateFacts } from "./permission-state.ts";

/**
 * The part of a function's state that names principals: who may call it or assume its role, now, pending and as declared, the roles
 * that it runs on, and what was not read. It has no permissions of the role, whose evaluation takes most of the time of the state.
 */
export function accessState(facts: StateFacts): TypedState {
  const { key, declaration } = facts;
  const view = facts.view === null ? null : viewOfPrincipals(facts.view);
  const now = declaration === null ? null : declaredNow(key, declaration);
  const effective = effectiveOf(now, facts, effectiveAccess);
  const isCompared = isStateCompared(facts, now, declaredState(key, declaration, noLines));
  const isSeen = isDeclarationObserved({ effective, isCompared }) && !isNotDeployed(view);
  const declared = declaredState(key, declaration, isSeen ? noLines : declaredCallers);
  // Only rows of a role have the name of a grant.
  const names = { home: homeOf(key), names: new Map() };
  const comparisons = (view?.usedRoles ?? []).map((used) => roleComparison(used, names));
  const mode = now !== null && isBinding(now) ? lowerMode(facts.mode, now.mode) : facts.mode;
  const pending = pendingChanges({
    ...facts,
    ...names,
    view,
    declared,
    effective,
    comparisons,
    mode,
    isCompared,
    manifestFix: null,
    kept: [],
  });
  return { key, declared, effective, comparisons, pending, references: [] };
}

/** Then a reader takes the declared callers: AWS has none that could be shown in their place. */
function isNotDeployed(view: KeyView | null): boolean {
  return view?.readings?.function.kind === "absent";
}

const noLines = (): readonly TypedLine[] => [];

function viewOfPrincipals(view: KeyView): KeyView {
  const { plan, undo, drifts, usedRoles } = view;
  return {
    ...view,
    plan: plan === null ? null : planOfPrincipals(plan),
    undo: undo === null ? null : planOfPrincipals(undo),
    drifts: drifts.map(withPrincipals),
    usedRoles: usedRoles.map(comparedPrincipals),
  };
}

function planOfPrincipals(plan: KeyPlan): KeyPlan {
  return {
    ...plan,
    actions: plan.actions.map(withPrincipals),
    approvable: plan.approvable.map((part) => ({ ...part, actions: part.actions.map(withPrincipals) })),
  };
}

function comparedPrincipals(used: UsedRole): UsedRole {
  if (used.kind !== "different") return used;
  const { permissions, trust } = used.difference;
  return {
    ...used,
    difference: { ...used.difference, permissions: principalsIn(permissions), trust: principalsIn(trust) },
  };
}

function withPrincipals<Changed extends { readonly delta: Delta }>(changed: Changed): Changed {
  return { ...changed, delta: principalsIn(changed.delta) };
}

/** Identity policies have no principals. */
function principalsIn({ allowed, noLongerAllowed }: Delta): Delta {
  const hasPrincipal = ({ principal }: DeltaRow): boolean => principal !== null;
  return {
    allowed: allowed.filter(hasPrincipal),
    noLongerAllowed: noLongerAllowed.filter(hasPrincipal),
    unknownEffect: [],
  };
}
