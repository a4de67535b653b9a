import damerauLevenshtein from "damerau-levenshtein";
import { byText } from "./order.ts";

/** The known name that was probably meant, or undefined when none is near. Ties go to the longer common beginning. */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  // Longer names are no typing errors, and the comparison costs the product of both lengths.
  if (typed.length > 64) return undefined;
  const lower = typed.toLowerCase();
  const ranked = known
    .filter((name) => isPossible(lower, name))
    .map((name) => ({
      name,
      distance: nearness(lower, name.toLowerCase()),
      shared: sharedBeginning(lower, name.toLowerCase()),
    }))
    .filter(({ name, distance }) => distance <= allowedEdits(name))
    .sort((a, b) => a.distance - b.distance || b.shared - a.shared || byText(a.name, b.name));
  return ranked[0]?.name;
}

function allowedEdits(name: string): number {
  return Math.max(1, Math.floor(name.length / 3));
}

/** Each missing character is an edit: names of other lengths need no comparison, and a file may have 10,000 mistakes. */
function isPossible(typed: string, name: string): boolean {
  const isBeginning = typed.length >= 3 && name.toLowerCase().startsWith(typed);
  return isBeginning || Math.abs(name.length - typed.length) <= allowedEdits(name);
}

/** `, did you mean x?`, or nothing. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const name = nearestName(typed, known);
  return name === undefined ? "" : `, did you mean ${name}?`;
}

/** Edits from one to the other; a beginning of the name (`dynamo`) counts as one. */
function nearness(typed: string, name: string): number {
  if (typed === name) return 0;
  if (typed.length >= 3 && name.startsWith(typed)) return 1;
  // A swap of neighbours counts as one edit.
  return damerauLevenshtein(typed, name).steps;
}

function sharedBeginning(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
