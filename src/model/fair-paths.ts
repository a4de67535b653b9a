/** Below that many folders the first ones are taken: a path may have hundreds, and each level costs a look at every path. */
const MAX_DEPTH = 8;

/**
 * At most so many items, by their paths: where there are too many, every folder of a level has the same share, and what
 * one does not need is for the others. So the thousand files of one team do not hide the one file of another. The order
 * stays.
 */
export function fairByFolder<Item extends object>(
  items: readonly Item[],
  most: number,
  pathOf: (item: Item) => string,
): readonly Item[] {
  if (items.length <= most) return items;
  const placed = items.map((item) => ({ item, folders: pathOf(item).split("/", MAX_DEPTH) }));
  const taken = new Set(takeFairly(placed, most, 0).map(({ item }) => item));
  return items.filter((item) => taken.has(item));
}

interface Placed<Item> {
  readonly item: Item;
  readonly folders: readonly string[];
}

/** @param depth how many folders the items have in common */
function takeFairly<Item>(
  items: readonly Placed<Item>[],
  most: number,
  depth: number,
): readonly Placed<Item>[] {
  if (items.length <= most || depth === MAX_DEPTH) return items.slice(0, most);
  const byName = [...Map.groupBy(items, ({ folders }) => folders[depth]).values()];
  const smallestFirst = byName.toSorted((a, b) => a.length - b.length);
  let left = most;
  return smallestFirst.flatMap((group, index) => {
    const share = Math.ceil(left / (smallestFirst.length - index));
    const taken = takeFairly(group, share, depth + 1);
    left -= taken.length;
    return taken;
  });
}
