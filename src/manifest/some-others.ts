/** The maximum number of named members: naming all of thousands in a message for each would take quadratic space. */
const NAMED = 3;

/** The first of a group without one of its members: those that a message names. */
export function fewOthers<Item>(group: readonly Item[], self: Item): readonly Item[] {
  return group
    .slice(0, NAMED + 1)
    .filter((item) => item !== self)
    .slice(0, NAMED);
}

/**
 * `a, b, c and 7996 more`: some of a group, for a message about one of its members.
 * @param group in the order of the message @param name called only for the members that are named
 */
export function someOthers<Item>(group: readonly Item[], self: Item, name: (item: Item) => string): string {
  const named = fewOthers(group, self);
  const left = group.length - 1 - named.length;
  const shown = named.map(name).join(", ");
  return left <= 0 ? shown : `${shown} and ${left} more`;
}
