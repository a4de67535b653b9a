/** So many are named: a message for each of thousands that names all others takes the square of their number. */
const NAMED = 3;

/**
 * `a, b, c and 7996 more`: a few of a group beside one of its members.
 * @param group in the order in which they are named @param name called for those that are named alone
 */
export function someOthers<Item>(group: readonly Item[], self: Item, name: (item: Item) => string): string {
  const named = group
    .slice(0, NAMED + 1)
    .filter((item) => item !== self)
    .slice(0, NAMED);
  const left = group.length - 1 - named.length;
  const shown = named.map(name).join(", ");
  return left <= 0 ? shown : `${shown} and ${left} more`;
}
