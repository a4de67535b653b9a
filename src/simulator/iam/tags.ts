import { limitExceeded } from "./input.ts";
import type { IamTag } from "./state.ts";

const MAX_TAGS = 50;

/** Keys of role and instance profile tags are compared case-insensitively and stored with their case. */
export function foldCase(key: string): string {
  return key.toLowerCase();
}

/** Keys of customer-managed policy tags are compared case-sensitively. */
export function keepCase(key: string): string {
  return key;
}

/** @throws SimulatedError `LimitExceeded` past 50 tags */
export function withTags(
  current: readonly IamTag[],
  added: readonly IamTag[],
  fold: (key: string) => string,
): IamTag[] {
  const merged = new Map(current.map((tag) => [fold(tag.Key), tag]));
  for (const tag of added) merged.set(fold(tag.Key), tag);
  if (merged.size > MAX_TAGS) throw limitExceeded(`The number of tags has reached the maximum limit.`);
  return [...merged.values()].map(({ Key, Value }) => ({ Key, Value }));
}

export function withoutTags(
  current: readonly IamTag[],
  keys: readonly string[],
  fold: (key: string) => string,
): IamTag[] {
  const removed = new Set(keys.map(fold));
  return current.filter(({ Key }) => !removed.has(fold(Key))).map(({ Key, Value }) => ({ Key, Value }));
}
