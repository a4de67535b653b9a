import type { AppliedState, KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Key } from "../../../src/model/keys/key.ts";

export function appliedStatesIn(
  records: readonly KeyRecord[],
  keys: readonly Key[],
): ReadonlyMap<Key, AppliedState> {
  const wanted = records.filter(({ key }) => keys.includes(key));
  return new Map(wanted.flatMap(({ key, applied }) => (applied === null ? [] : [[key, applied] as const])));
}
