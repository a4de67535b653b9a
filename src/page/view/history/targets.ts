import type { BindingRow } from "../rows.ts";

/** What a list of suggestions has at most: a browser draws each of them. */
const MOST = 50;

function targetOf({ namespace, owner, place }: BindingRow): string {
  return `${namespace}/${owner}@${place}`;
}

/** The targets that contain what was typed, sorted. */
export function suggestedTargets(rows: readonly BindingRow[], typed: string): readonly string[] {
  const text = typed.trim().toLowerCase();
  const targets = rows.map(targetOf).filter((target) => target.toLowerCase().includes(text));
  return targets.sort().slice(0, MOST);
}

/** The key of a target, or of the only one that contains the text; null: there are none or several. */
export function keyOfTarget(rows: readonly BindingRow[], typed: string): string | null {
  const text = typed.trim().toLowerCase();
  const exact = rows.find((row) => targetOf(row).toLowerCase() === text);
  if (exact !== undefined) return exact.key;
  const found = rows.filter((row) => targetOf(row).toLowerCase().includes(text));
  return text !== "" && found.length === 1 ? (found[0]?.key ?? null) : null;
}
