/** Orders two strings by their code units: the order of everything that is printed. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Orders two values by a text of each. */
export function byTextOf<T>(textOf: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => byText(textOf(a), textOf(b));
}

/** Orders two entries of a map by their keys. */
export function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return byText(a[0], b[0]);
}

/** Longer lists are left to V8. */
const SHORT = 24;

/**
 * Sorted, stable. A short list that is sorted already, which is usual, is returned itself; another short one is sorted by
 * insertion: V8's own sort first allocates a kilobyte for itself, and a revision sorts tens of thousands of such lists.
 */
export function sortedList<T>(list: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  if (list.length > SHORT) return list.toSorted(compare);
  const from = firstOutOfOrder(list, compare);
  return from === list.length ? list : insertedFrom(from, list.slice(), compare);
}

/** The index of the first member that is before the one to its left; the length if there is none. */
function firstOutOfOrder<T>(list: readonly T[], compare: (a: T, b: T) => number): number {
  for (let at = 1; at < list.length; at += 1) if (compare(list[at - 1] as T, list[at] as T) > 0) return at;
  return list.length;
}

function insertedFrom<T>(from: number, sorted: T[], compare: (a: T, b: T) => number): readonly T[] {
  for (let at = from; at < sorted.length; at += 1) {
    const member = sorted[at] as T;
    let place = at;
    for (; place > 0 && compare(sorted[place - 1] as T, member) > 0; place -= 1)
      sorted[place] = sorted[place - 1] as T;
    sorted[place] = member;
  }
  return sorted;
}

/** Sorted, without duplicates; the list itself if it is so already, which is usual. */
export function sortedSet(values: readonly string[]): readonly string[] {
  return isSortedSet(values) ? values : [...new Set(values)].sort();
}

function isSortedSet(values: readonly string[]): boolean {
  for (let at = 1; at < values.length; at += 1)
    if ((values[at - 1] as string) >= (values[at] as string)) return false;
  return true;
}

/** By key, in the order of the keys; a list that is sorted already, which is usual, is not sorted again. */
export function sortedByKey<K extends string, Item extends { readonly key: K }>(
  items: readonly Item[],
): ReadonlyMap<K, Item> {
  const isSorted = items.every(({ key }, at) => (items[at - 1]?.key ?? "") <= key);
  const sorted = isSorted ? items : items.toSorted(byTextOf(({ key }) => key));
  const byItsKey = new Map<K, Item>();
  for (const item of sorted) byItsKey.set(item.key, item);
  return byItsKey;
}

/** The members of a sorted list that begin with a text. */
export function beginningWith(start: string, sorted: readonly string[]): readonly string[] {
  const first = firstFrom(start, sorted);
  let end = first;
  while (sorted[end]?.startsWith(start) === true) end += 1;
  return sorted.slice(first, end);
}

/**
 * The distinct texts between a beginning and the next separator (one character), in a sorted list. Each costs one search,
 * however many members have it.
 */
export function nextParts(start: string, separator: string, sorted: readonly string[]): readonly string[] {
  const after = String.fromCharCode(separator.charCodeAt(0) + 1);
  const parts: string[] = [];
  let at = firstFrom(start, sorted);
  for (let member = sorted[at]; member?.startsWith(start) === true; member = sorted[at]) {
    const end = member.indexOf(separator, start.length);
    const part = member.slice(start.length, end === -1 ? undefined : end);
    parts.push(part);
    at = end === -1 ? at + 1 : firstFrom(`${start}${part}${after}`, sorted);
  }
  return parts;
}

/** The place of the first member that is not before a text. */
function firstFrom(text: string, sorted: readonly string[]): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
