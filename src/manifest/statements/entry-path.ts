/** An entry of a list of `spec` that permissions are compiled from. */
export interface SpecEntry {
  readonly list: "grants" | "statements" | "templates";
  readonly at: number;
}

/** The entry that a path begins with, such as `spec.grants[2].s3`; null: it is in none. */
export function specEntryOf(path: string): SpecEntry | null {
  const [, list, at] = /^spec\.(grants|statements|templates)\[(\d+)\]/.exec(path) ?? [];
  return list === undefined || at === undefined ? null : { list: list as SpecEntry["list"], at: Number(at) };
}
