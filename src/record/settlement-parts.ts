import type { AuditFact } from "../audit/entry.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { Key } from "../model/keys/key.ts";
import type { AccountRecord } from "../model/records/account-record.ts";
import type { RecordChange } from "../model/records/record-change.ts";
import type { Settlement } from "../settle/settlement.ts";

/** What one transaction records of a settlement. */
export interface SettlementPart {
  readonly facts: readonly AuditFact[];
  readonly change: RecordChange;
  readonly alerts: readonly AlertEvent[];
}

/**
 * A transaction blocks the event loop: one transaction for 8,000 functions would block it for seconds. A smaller one
 * costs one more fsync, which is much less than the work for its rows.
 */
const FACTS_AT_A_TIME = 100;
const ROWS_AT_A_TIME = 50;

/**
 * The settlement in the parts in which it is recorded. Almost every settlement is one part. In a larger one, the facts
 * and alerts about a key are in the part of its row or of its removal, so that a kill between two parts neither loses nor repeats them. The
 * first part with rows has everything else, except the accepted revision of the source and the sweep of the account: these
 * are in the last part, because a difference that is not recorded yet would be taken for one that began after this sweep. The
 * memory of the pass is there too: it is shown next to all that the pass found.
 * More than 100 facts without such a row are recorded before, and recorded again after a kill between these parts.
 */
export function settlementParts(settlement: Settlement): readonly SettlementPart[] {
  const { facts, change, alerts } = settlement;
  if (rowCount(change) > ROWS_AT_A_TIME) return partsByKeys(settlement);
  if (facts.length <= FACTS_AT_A_TIME) return [settlement];
  const keys = changedKeys(change);
  const factsOf = byKey(facts, new Set(keys));
  const { before, last } = factsBefore(factsOf.get(null) ?? []);
  return [...before, { facts: [...last, ...allOf(factsOf, keys)], change, alerts }];
}

function rowCount(change: RecordChange): number {
  const { objects = [], removedObjects = [] } = change;
  return changedKeys(change).length + objects.length + removedObjects.length;
}

/** The keys whose row is written or removed. */
function changedKeys({ keys = [], removedKeys = [] }: RecordChange): readonly Key[] {
  return [...keys.map(({ key }) => key), ...removedKeys];
}

function partsByKeys({ facts, change, alerts }: Settlement): readonly SettlementPart[] {
  const {
    keys,
    removedKeys,
    objects = [],
    removedObjects = [],
    sources = [],
    accounts = [],
    memories = [],
    ...rest
  } = change;
  const known = new Set(changedKeys(change));
  const factsOf = byKey(facts, known);
  const alertsOf = byKey(alerts, known);
  const keyParts = inParts(keys ?? [], ROWS_AT_A_TIME).map((part) => ({ keys: part }));
  const removedKeyParts = inParts(removedKeys ?? [], ROWS_AT_A_TIME).map((part) => ({ removedKeys: part }));
  const ofKeys = [...keyParts, ...removedKeyParts].map((part) => ({
    facts: allOf(factsOf, changedKeys(part)),
    change: part,
    alerts: allOf(alertsOf, changedKeys(part)),
  }));
  const objectParts = inParts(objects, ROWS_AT_A_TIME).map((part) => ({ objects: part }));
  const removedParts = inParts(removedObjects, ROWS_AT_A_TIME).map((part) => ({ removedObjects: part }));
  const rows: readonly SettlementPart[] = [...ofKeys, ...[...objectParts, ...removedParts].map(changeAlone)];
  const [first = changeAlone({}), ...others] = rows;
  const { before, last } = factsBefore(factsOf.get(null) ?? []);
  const firstWithRest = {
    facts: [...last, ...first.facts],
    change: { ...rest, ...first.change, accounts: accounts.map(beforeSweep) },
    alerts: [...(alertsOf.get(null) ?? []), ...first.alerts],
  };
  return [...before, firstWithRest, ...others, changeAlone({ sources, accounts, memories })];
}

function changeAlone(change: RecordChange): SettlementPart {
  return { facts: [], change, alerts: [] };
}

/** By key, for the keys whose row is written or removed; null: the others. */
function byKey<Item extends AuditFact | AlertEvent>(
  items: readonly Item[],
  known: ReadonlySet<Key>,
): ReadonlyMap<Key | null, readonly Item[]> {
  return Map.groupBy(items, (item) => ("key" in item && known.has(item.key) ? item.key : null));
}

function allOf<Item>(
  byKeys: ReadonlyMap<Key | null, readonly Item[]>,
  keys: readonly Key[],
): readonly Item[] {
  return keys.flatMap((key) => byKeys.get(key) ?? []);
}

/** The facts that are recorded before the first part with rows, and those that are recorded with it. */
function factsBefore(facts: readonly AuditFact[]): {
  readonly before: readonly SettlementPart[];
  readonly last: readonly AuditFact[];
} {
  const parts = inParts(facts, FACTS_AT_A_TIME);
  const before = parts.slice(0, -1).map((part) => ({ facts: part, change: {}, alerts: [] }));
  return { before, last: parts.at(-1) ?? [] };
}

/** With the sweep before the last one, which is no later than what the records of the keys show. */
function beforeSweep(account: AccountRecord): AccountRecord {
  return { ...account, lastSweepMs: account.previousSweepMs };
}

function inParts<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
