import { isBindingKey, type Key, keyParts } from "../model/keys/key.ts";
import { stricterLimits, type Limits } from "../model/rules/limits.ts";
import type { KeyPlan } from "../model/plan.ts";

/** Plans that exceed a limit together, and the sentence that explains it. */
export interface OverLimit {
  readonly code: "limit-deletes" | "limit-changes";
  readonly reason: string;
  readonly plans: readonly KeyPlan[];
}

export interface LimitInputs {
  readonly limits: Limits;
  /** By namespace: the limits of its Team. */
  readonly teamLimits: ReadonlyMap<string, Partial<Limits>>;
  /** By namespace: bindings of this account that were applied before. */
  readonly namespaceBindings: ReadonlyMap<string, number>;
  /** By namespace: keys that this revision changed or deleted in earlier passes. */
  readonly changedAlready: ReadonlyMap<string, ReadonlySet<Key>>;
  /** Those of them that it deleted, if the record still has them. */
  readonly deletedAlready?: ReadonlyMap<string, ReadonlySet<Key>>;
}

/**
 * The changes of one revision in one account, by namespace: deletes, and bindings that were applied before. Not counted
 * are new bindings, reverts of changes made in AWS, and undo plans.
 */
export function overLimits(plans: readonly KeyPlan[], counted: LimitInputs): readonly OverLimit[] {
  const byNamespace = Map.groupBy(plans.filter(isOfRevision), ({ key }) => keyParts(key).namespace);
  return [...byNamespace].flatMap(([namespace, members]) =>
    overOf(namespace, members, { ...counted, limits: limitsOf(namespace, counted) }),
  );
}

/** The strictest of the operator's file, the account and the Team. */
function limitsOf(namespace: string, { limits, teamLimits }: LimitInputs): Limits {
  return stricterLimits(limits, { ...limits, ...teamLimits.get(namespace) });
}

/** True for a plan that applies a change of a revision, and not only a revert. */
export function isOfRevision({ purpose, actions }: KeyPlan): boolean {
  if (purpose === "undo" || actions.length === 0) return false;
  return purpose === "delete" || actions.some(({ cause }) => cause === "revision");
}

function overOf(namespace: string, plans: readonly KeyPlan[], counted: LimitInputs): readonly OverLimit[] {
  const deletes = deletesOver(namespace, plans, counted);
  const changes = changesOver(namespace, plans, counted);
  return [deletes, changes].filter((over) => over !== null);
}

function deletesOver(namespace: string, plans: readonly KeyPlan[], counted: LimitInputs): OverLimit | null {
  const { limits, deletedAlready } = counted;
  const deletes = plans.filter(({ purpose }) => purpose === "delete");
  const deleted = new Set([...(deletedAlready?.get(namespace) ?? []), ...deletes.map(({ key }) => key)]).size;
  if (deleted <= limits.deletes || deletes.length === 0) return null;
  const reason = `would delete ${deleted} of namespace ${namespace}, limit ${limits.deletes}`;
  return { code: "limit-deletes", reason, plans: deletes };
}

function changesOver(namespace: string, plans: readonly KeyPlan[], counted: LimitInputs): OverLimit | null {
  const { limits, namespaceBindings, changedAlready } = counted;
  const ofBindings = plans.filter(({ key }) => isBindingKey(key));
  const before = [...(changedAlready.get(namespace) ?? [])].filter(isBindingKey);
  const changed = new Set([...before, ...ofBindings.map(({ key }) => key)]).size;
  const all = namespaceBindings.get(namespace) ?? 0;
  if (changed <= limits.changedCount || changed <= limits.changedShare * all) return null;
  if (ofBindings.length === 0) return null;
  const share = `${limits.changedCount} and ${Math.round(limits.changedShare * 100)} %`;
  const reason = `would change ${changed} of ${all} functions of namespace ${namespace}, limit ${share}`;
  return { code: "limit-changes", reason, plans: ofBindings };
}
