import type { LimitInputs } from "./limits.ts";
import { changeOf, deletedBy } from "../model/records/key-revision.ts";
import { isBindingKey, type Key, keyParts } from "../model/keys/key.ts";
import { stricterLimits } from "../model/rules/limits.ts";
import type { JudgeInputs } from "./inputs.ts";
import { confirmedKeys, type ConfirmedKeys } from "./approvals/confirmed-keys.ts";

/** The facts that the change limits and the first enforcing pass need; counted over the record, never over one pass. */
export interface LimitFacts extends Required<LimitInputs> {
  readonly account: ConfirmedKeys;
}

export function limitFacts({
  records,
  history,
  limits,
  account,
  catalogueDigest,
  desired,
  ...inForce
}: JudgeInputs): LimitFacts {
  const known = [...records.values()];
  const bindings = known.filter(({ key, applied }) => applied !== null && isBindingKey(key));
  const changed = known.filter(({ key, changedBy }) => changedBy === changeOf(key, inForce));
  const deleted = history?.record.deleted ?? null;
  return {
    limits: stricterLimits(limits, { ...limits, ...account.limits }),
    teamLimits: new Map(
      [...desired.teams.values()].flatMap((team) =>
        team.kind === "fence" ? [[team.namespace, team.limits]] : [],
      ),
    ),
    account: confirmedKeys(history?.record ?? null, catalogueDigest),
    namespaceBindings: new Map(
      [...byNamespace(bindings.map(({ key }) => key))].map(([name, keys]) => [name, keys.size]),
    ),
    changedAlready: byNamespace(changed.map(({ key }) => key)),
    deletedAlready: byNamespace(deletedBy(deleted, inForce)),
  };
}

function byNamespace(keys: readonly Key[]): ReadonlyMap<string, ReadonlySet<Key>> {
  const grouped = new Map<string, Set<Key>>();
  for (const key of keys) {
    const { namespace } = keyParts(key);
    grouped.set(namespace, (grouped.get(namespace) ?? new Set()).add(key));
  }
  return grouped;
}
