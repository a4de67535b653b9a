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
  return editDistance(typed, name);
}

/** Levenshtein, with a swap of neighbours as one edit. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? cell(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, cell(last, j - 1) + cost, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], index: number): number {
  return Number(row[index]);
}

function sharedBeginning(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
