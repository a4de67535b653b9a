import type { Call, Input, Operation } from "../contract.ts";
import { limitExceeded, tagsOfInput, requiredInputs } from "./input.ts";
import { iamListing } from "./paging.ts";
import type { IamScope, IamTag } from "./state.ts";

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

function withoutTags(
  current: readonly IamTag[],
  keys: readonly string[],
  fold: (key: string) => string,
): IamTag[] {
  const removed = new Set(keys.map(fold));
  return current.filter(({ Key }) => !removed.has(fold(Key))).map(({ Key, Value }) => ({ Key, Value }));
}

type Find = (scope: IamScope, input: Input, call: Call) => { tags: IamTag[] };

/** Adds the tags of the input to an object. */
export function tagging(find: Find, fold: (key: string) => string): Operation<IamScope> {
  return (scope, input, call) => {
    const tagged = find(scope, input, call);
    tagged.tags = withTags(tagged.tags, tagsOfInput(input, fold), fold);
    return {};
  };
}

export function untagging(find: Find, fold: (key: string) => string): Operation<IamScope> {
  return (scope, input, call) => {
    const tagged = find(scope, input, call);
    tagged.tags = withoutTags(tagged.tags, requiredInputs(input, "TagKeys"), fold);
    return {};
  };
}

export function tagListing(find: Find): Operation<IamScope> {
  return (scope, input, call) => {
    const { tags } = find(scope, input, call);
    return iamListing(
      "Tags",
      input,
      tags.map((tag) => ({ key: tag.Key, item: () => tag })),
    );
  };
}
