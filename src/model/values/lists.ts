/**
 * The lists as one, in their order. Most lists of problems and differences are empty, and at most one is not: then no
 * copy is made. Spreading five empty lists ten thousand times takes a tenth of the time of a revision.
 */
export function joinedLists<T>(...lists: readonly (readonly T[])[]): readonly T[] {
  let only: readonly T[] | undefined;
  for (const list of lists) {
    if (list.length === 0) continue;
    if (only !== undefined) return lists.flat();
    only = list;
  }
  return only ?? NONE;
}

const NONE: readonly never[] = Object.freeze([]);

/** Without the undefined members. */
export function definedMembers<T>(
  record: Readonly<Record<string, T | undefined>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined),
  );
}
