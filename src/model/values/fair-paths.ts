/** With more folders than this, the first ones are chosen: a path may have hundreds, and each level reads every path. */
const MAX_DEPTH = 8;

/**
 * Up to a number of items, by their paths. If there are too many, every folder of a level has the same share, and an
 * unused share goes to the other folders. So the thousand files of one team do not hide the one file of another. The
 * order is kept.
 */
export function fairByFolder<Item extends object>(
  items: readonly Item[],
  most: number,
  pathOf: (item: Item) => string,
): readonly Item[] {
  if (items.length <= most) return items;
  const placed = items.map((item) => ({ item, folders: pathOf(item).split("/", MAX_DEPTH) }));
  const chosen = new Set(chooseFairly(placed, most, 0).map(({ item }) => item));
  return items.filter((item) => chosen.has(item));
}

interface FolderItem<Item> {
  readonly item: Item;
  readonly folders: readonly string[];
}

/** @param depth the number of folders that the items have in common */
function chooseFairly<Item>(
  items: readonly FolderItem<Item>[],
  most: number,
  depth: number,
): readonly FolderItem<Item>[] {
  if (items.length <= most || depth === MAX_DEPTH) return items.slice(0, most);
  const byName = [...Map.groupBy(items, ({ folders }) => folders[depth]).values()];
  const smallestFirst = byName.toSorted((a, b) => a.length - b.length);
  let left = most;
  return smallestFirst.flatMap((group, index) => {
    const share = Math.ceil(left / (smallestFirst.length - index));
    const chosen = chooseFairly(group, share, depth + 1);
    left -= chosen.length;
    return chosen;
  });
}
