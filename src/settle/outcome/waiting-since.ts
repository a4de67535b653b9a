import type { Hold } from "../../model/answers/hold.ts";
import type { Key } from "../../model/keys/key.ts";
import type { DonePass } from "./outcome.ts";
import { knowsAllHolds } from "./all-holds.ts";

/** A stricter verdict is no change, and the switch of one function waits with its wave. */
const NO_CHANGE: ReadonlySet<Hold["code"]> = new Set(["verdict-changed", "wave-member"]);

/** What waits and changes something, without what was rejected. */
export function waitingChanges({ pass }: Pick<DonePass, "pass">, holds: readonly Hold[]): readonly Hold[] {
  const rejected = new Set<string>(pass.rejections.map(({ subject }) => subject));
  return holds.filter(({ code, subject }) => !NO_CHANGE.has(code) && !rejected.has(subject));
}

/**
 * Since when changes of each key wait without an end in between, under any subject: one of a set changes with each key that
 * joins it, and its time begins again.
 */
export function waitingSince(
  result: Pick<DonePass, "pass" | "outcomes">,
  holds: readonly Hold[],
): ReadonlyMap<Key, number> {
  const before = new Map(Object.entries(result.pass.history.record.waitingSinceMs ?? {}) as [Key, number][]);
  const since = new Map(knowsAllHolds(result) ? [] : before);
  for (const { keys, sinceMs } of waitingChanges(result, holds))
    for (const key of keys)
      since.set(key, Math.min(sinceMs, before.get(key) ?? sinceMs, since.get(key) ?? sinceMs));
  return since;
}
