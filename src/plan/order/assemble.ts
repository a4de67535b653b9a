import { byText } from "../../text/order.ts";
import { type Action, planDigest, type KeyPlan, type Withheld } from "../../model/plan.ts";
import { WRITE_CALLS } from "../../model/writes/write-calls.ts";
import type { Key } from "../../model/keys/key.ts";
import type { PlanContext } from "../inputs/context.ts";
import { riskOf, type Draft, type Part } from "./draft.ts";
import { dueOf } from "./due.ts";
import { byStep, stepNumber } from "./steps.ts";
import { withheldOf } from "../inputs/withheld.ts";
import type { DocumentContext } from "../../iam/document.ts";
import { provedDirection } from "../inputs/direction.ts";

interface Purpose {
  readonly key: Key;
  readonly purpose: KeyPlan["purpose"];
  /** Instants at which more will be known than now: the end of a grace after our own write, the end of a quiet time. */
  readonly wakeMs: readonly number[];
}

/** Orders the drafts by step (within a step in their own order) and computes when each is due. */
export function assemblePlan(
  planned: Part,
  { key, purpose, wakeMs }: Purpose,
  context: PlanContext,
): KeyPlan {
  const { refusedBy } = context;
  const part = refusedBy === null ? planned : onlyNarrowing(planned, refusedBy, context);
  const actions = orderedActions(part.drafts, key, context);
  const approvable = part.approvable.map(({ withheld, drafts }) => {
    const released = orderedActions(drafts, key, context);
    return { withheld, actions: released, digest: planDigest(key, { actions: released }) };
  });
  return {
    key,
    purpose,
    actions,
    approvable: approvable.map(({ withheld: { reason }, actions, digest }) => ({ reason, actions, digest })),
    withheld: sortedWithheld([
      ...part.withheld,
      ...approvable.map(({ withheld, digest }) => ({ ...withheld, approval: digest })),
    ]),
    digest: planDigest(key, { actions }),
    nextDueMs: nextDueMs(actions, wakeMs, context.nowMs),
  };
}

function orderedActions(drafts: readonly Draft[], key: Key, context: PlanContext): readonly Action[] {
  if (drafts.length === 0) return NONE;
  const ordered = drafts.toSorted(byStep);
  const writes = context.writes.byKey.get(key) ?? [];
  return ordered.map((draft, at) => ({
    key,
    step: stepNumber(draft.step),
    call: draft.call,
    input: draft.input,
    target: draft.target,
    before: draft.before,
    after: draft.after,
    risk: riskOf(draft),
    cause: draft.cause,
    destructive: draft.destructive,
    endsExposure: draft.endsExposure,
    due: dueOf(draft, { earlier: ordered.slice(0, at), writes }, context),
    delta: draft.delta,
    origin: draft.origin,
    ...(draft.limitedBy && { limitedBy: draft.limitedBy }),
  }));
}

/** Of nearly every key. */
const NONE: readonly Action[] = [];

function sortedWithheld(withheld: readonly Withheld[]): readonly Withheld[] {
  if (withheld.length < 2) return withheld;
  const byName = new Map(withheld.map((one) => [JSON.stringify([one.subject, one.kind, one.reason]), one]));
  return [...byName].sort(([a], [b]) => byText(a, b)).map(([, one]) => one);
}

function nextDueMs(actions: readonly Action[], wakeMs: readonly number[], nowMs: number): number | null {
  const instants = [
    ...actions.flatMap((action) => (action.due.kind === "at" ? [action.due.atMs] : [])),
    ...wakeMs,
  ].filter((atMs) => atMs > nowMs);
  return instants.length === 0 ? null : Math.min(...instants);
}

/**
 * The part of a plan that adds and widens nothing, for a state that a rule refuses now. Everything else is withheld,
 * including what an operator could have approved: no approval lifts a rule.
 */
export function onlyNarrowing(part: Part, refusedBy: string, context: PlanContext): Part {
  const { partition, id: accountId } = context.account;
  const isKept = (draft: Draft): boolean => isNarrowing(draft, { dialect: "identity", partition, accountId });
  const approvable = part.approvable.filter(({ drafts }) => drafts.every(isKept));
  const drafts = [part, ...part.approvable.filter((one) => !approvable.includes(one))].flatMap(
    (each) => each.drafts,
  );
  const refused = drafts.filter((draft) => !isKept(draft)).map((draft) => refusedChange(draft, refusedBy));
  return {
    drafts: part.drafts.filter(isKept),
    withheld: [...part.withheld, ...refused],
    approvable,
  };
}

function isNarrowing({ call, before, after, delta }: Draft, context: DocumentContext): boolean {
  const { narrowing } = WRITE_CALLS[call];
  if (narrowing === "limits") return before === null;
  if (delta.allowed.length > 0 || delta.unknownEffect.length > 0) return false;
  if (narrowing === "removes") return true;
  if (narrowing === "none" || before === null || after === null) return false;
  const dialect = call === "iam:UpdateAssumeRolePolicy" ? "trust" : "identity";
  return provedDirection(before, after, { ...context, dialect }).kind === "narrower";
}

function refusedChange({ call, target }: Draft, refusedBy: string): Withheld {
  const reason = `${call} would restore a state that a rule refuses now: ${refusedBy}`;
  return withheldOf(target)("rule-refused", reason, "change the manifest so that it breaks no rule");
}
