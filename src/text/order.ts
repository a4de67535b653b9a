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

/** Sorted, without duplicates; the list itself if it is so already, which is usual. */
export function sortedSet(values: readonly string[]): readonly string[] {
  const isSorted = values.every((value, at) => at === 0 || String(values[at - 1]) < value);
  return isSorted ? values : [...new Set(values)].sort();
}
