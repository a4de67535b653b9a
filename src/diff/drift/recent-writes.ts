import type { Key } from "../../model/keys/key.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";

/**
 * Our recent writes in one account, oldest first. Grouped once and shared by all keys of a pass: each key asks for its
 * own and for those on its objects, and after a first run there are tens of thousands.
 */
export interface RecentWrites {
  readonly byKey: ReadonlyMap<Key, readonly PastWrite[]>;
  /** By ARN of the object that was written. */
  readonly byTarget: ReadonlyMap<string, readonly PastWrite[]>;
}

export function recentWrites(writes: readonly PastWrite[]): RecentWrites {
  return {
    byKey: Map.groupBy(writes, ({ key }) => key),
    byTarget: Map.groupBy(writes, ({ target }) => target),
  };
}
