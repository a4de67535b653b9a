/**
 * Maps items with at most `width` tasks in parallel; results are in the order of the items. After a failure no further
 * task starts.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = [...items.entries()].reverse();
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [index, item] = next;
      results[index] = await work(item);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  } finally {
    queue.length = 0;
  }
  return results;
}

/** The result for each distinct key, in the order of the keys. */
export async function mapInParallel<Key, Result>(
  keys: readonly Key[],
  width: number,
  work: (key: Key) => Promise<Result>,
): Promise<ReadonlyMap<Key, Result>> {
  const distinct = [...new Set(keys)];
  return new Map(await inParallel(distinct, width, async (key) => [key, await work(key)] as const));
}
