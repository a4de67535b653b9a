import type { Delta } from "../../model/delta.ts";
import { isBlocking, type Finding } from "../../model/finding.ts";
import type { Key } from "../../model/keys/key.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { LastApplied } from "../../model/keys/last-applied.ts";
import type { KeyPlan, Withheld } from "../../model/plan.ts";
import { waitsByItself, type Verdict } from "../../model/verdict.ts";

/** The change of one key, as screens show it. */
export interface PlanView<Rows = Delta> {
  readonly key: Key;
  /** `teams/orders/orders-api.yaml`; null if the object was removed from Git. */
  readonly file: string | null;
  /** `prod/eu-west-1`, for a policy `prod`. */
  readonly target: string;
  /** null offline: there are no calls and no digest. */
  readonly plan: KeyPlan<Rows> | null;
  /**
   * The permissions that the change grants and revokes: `netDelta` of the plan, or a comparison of two compiled states.
   * For a new role, the differences to the role that the function uses now, if that was read.
   */
  readonly delta: Rows;
  /** Proved: profiles ask for an approval of new access, and each lists all that is new as preapproved. */
  readonly isPreapproved: boolean;
  /**
   * Offline: the groups whose approval profiles want before the change is applied; null: any approver. Sorted. Empty with
   * a live state, where the verdict has them.
   */
  readonly approvers: readonly (string | null)[];
  /** The calls of the plan are not made. */
  readonly isObserved: boolean;
  /** `line 14 read has no Scan …` */
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
  /** Why the manifest cannot be used, with its place; null where it can. */
  readonly broken: string | null;
  /** Why the manifest of the base cannot be used, so that `delta` is all that is declared; null where it can. */
  readonly brokenBase: string | null;
  readonly applied: LastApplied;
  /** Nothing declared it in the base, or nothing is recorded as applied. */
  readonly isNew: boolean;
  /** null offline. */
  readonly verdict: Verdict | null;
  /** Published versions that run on the same role; null where they are not known. */
  readonly published: readonly PublishedVersion[] | null;
  /** The number of unchanged permissions; null if they were not counted. */
  readonly unchanged: { readonly grants: number; readonly callers: number } | null;
}

export interface PublishedVersion {
  readonly version: string;
  /** Names of the aliases that send traffic to it, sorted. */
  readonly aliases: readonly string[];
}

/** True if the plan shows this target. */
export function isChange(view: PlanView): boolean {
  const { plan, delta } = view;
  const planned = plan !== null && plan.actions.length + plan.approvable.length + plan.withheld.length > 0;
  const isChangedByAws = plan?.grown !== undefined || plan?.changedReferences !== undefined;
  return (
    planned ||
    isChangedByAws ||
    isRefused(view) ||
    view.broken !== null ||
    view.brokenBase !== null ||
    delta.allowed.length + delta.noLongerAllowed.length + delta.unknownEffect.length > 0
  );
}

export function isRefused(view: PlanView): boolean {
  return view.verdict?.kind === "refuse" || view.findings.some(isBlocking);
}

/** True if the target waits for an operator. A change window opens by itself, and a dependency is a function of its own. */
export function isHeld({ verdict, plan }: Pick<PlanView<unknown>, "verdict" | "plan">): boolean {
  if (verdict?.kind === "hold" && !waitsByItself(verdict.code)) return true;
  const { approvable = [], withheld = [] } = plan ?? {};
  return approvable.length > 0 || withheld.some(({ kind }) => WAITS_FOR_A_PERSON[kind]);
}

const WAITS_FOR_A_PERSON = {
  "ownership-conflict": true,
  "not-in-this-version": true,
  "approval-needed": true,
  "restriction-added": true,
  "unmet-need": true,
  "rule-refused": true,
  quota: true,
  unreadable: true,
  contended: true,
  // A withheld change that blocks no declared permission, since it depends on AWS or on another pipeline. It is shown.
  unmodifiable: false,
  "immutable-field": false,
  dependency: false,
  waiting: false,
} as const satisfies Record<Withheld["kind"], boolean>;

/** `orders/orders-api`, `orders/audit-read (policy)`. */
export function objectName(key: Key): string {
  const { kind, namespace, name } = keyParts(key);
  return kind === "function" ? `${namespace}/${name}` : `${namespace}/${name} (policy)`;
}
