import { limitExceeded } from "./input.ts";
import type { Tag } from "./state.ts";

const MAX_TAGS = 50;

/** Keys of role and instance profile tags ignore case but keep it. */
export function foldCase(key: string): string {
  return key.toLowerCase();
}

/** Keys of customer managed policy tags are compared as they are. */
export function keepCase(key: string): string {
  return key;
}

/** @throws SimulatedError `LimitExceeded` past 50 tags */
export function withTags(
  standing: readonly Tag[],
  added: readonly Tag[],
  fold: (key: string) => string,
): Tag[] {
  const merged = new Map(standing.map((tag) => [fold(tag.Key), tag]));
  for (const tag of added) merged.set(fold(tag.Key), tag);
  if (merged.size > MAX_TAGS) throw limitExceeded(`The number of tags has reached the maximum limit.`);
  return [...merged.values()].map(({ Key, Value }) => ({ Key, Value }));
}

export function withoutTags(
  standing: readonly Tag[],
  keys: readonly string[],
  fold: (key: string) => string,
): Tag[] {
  const removed = new Set(keys.map(fold));
  return standing.filter(({ Key }) => !removed.has(fold(Key))).map(({ Key, Value }) => ({ Key, Value }));
}
