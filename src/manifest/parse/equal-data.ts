/**
 * Whether two values are the same data: of equal kinds, members and numbers, where -0 is not 0 and a member that is
 * undefined is not a missing one. The order of members does not count, that of the entries of a map does.
 */
export function isEqualData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map && b instanceof Map) return isEqualData([...a], [...b]);
  if (a instanceof Uint32Array && b instanceof Uint32Array)
    return a.length === b.length && a.every((number, at) => number === b[at]);
  return hasEqualMembers(a as Members, b as Members);
}

type Members = Readonly<Record<string, unknown>>;

function hasEqualMembers(a: Members, b: Members): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && isEqualData(a[name], b[name]));
}
