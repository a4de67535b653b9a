import { keyParts, type Key } from "../model/key.ts";
import { stricterLimits, type Limits } from "../model/limits.ts";
import type { Pass } from "./pass.ts";

/** What the limits and the first enforcing pass rest on; counted over the record, never over a pass. */
export interface LimitFacts {
  readonly limits: Limits;
  readonly account: {
    readonly started: boolean;
    readonly freshDatabase: boolean;
    readonly catalogueChanged: boolean;
  };
  /** By namespace: bindings in this account that were applied once. */
  readonly namespaceBindings: ReadonlyMap<string, number>;
  /** By namespace: keys that this revision has changed or deleted already, in earlier passes. */
  readonly changedAlready: ReadonlyMap<string, ReadonlySet<Key>>;
}

export function limitFacts(pass: Pass): LimitFacts {
  const applied = [...pass.records.values()].filter((record) => record.applied !== null);
  return {
    limits: stricterLimits(pass.limits, { ...pass.limits, ...pass.account.limits }),
    account: {
      started: pass.accountRecord.started,
      freshDatabase: pass.freshDatabase,
      catalogueChanged:
        pass.accountRecord.catalogueDigest !== null &&
        pass.accountRecord.catalogueDigest !== pass.catalogueDigest,
    },
    namespaceBindings: countBy(applied.map((record) => keyParts(record.key).namespace)),
    changedAlready: changedBy(pass),
  };
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Keys whose last attempt was at this revision and which had been applied at another one before. */
function changedBy(pass: Pass): ReadonlyMap<string, ReadonlySet<Key>> {
  const changed = new Map<string, Set<Key>>();
  for (const record of pass.records.values()) {
    if (record.status?.lastAttemptedRevision !== pass.revision || record.applied === null) continue;
    const { namespace } = keyParts(record.key);
    changed.set(namespace, (changed.get(namespace) ?? new Set()).add(record.key));
  }
  return changed;
}
