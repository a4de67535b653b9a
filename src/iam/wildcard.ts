import type { ActionData } from "./action-data.ts";

/** `*` and `?` over the whole text, case-sensitive. Never exponential. */
export function matchesPattern(pattern: string, text: string): boolean {
  return globMatches(pattern, text, () => true);
}

/**
 * Matches piece by piece between the stars, each at its first place. `takesAny` says whether a `?` may stand for the
 * character.
 */
function globMatches(pattern: string, text: string, takesAny: (character: string) => boolean): boolean {
  const pieces = pattern.split("*");
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return text.length === first.length && fits(first, text, 0, takesAny);
  const last = pieces.at(-1) ?? "";
  const end = text.length - last.length;
  if (end < first.length || !fits(first, text, 0, takesAny) || !fits(last, text, end, takesAny)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const at = findPiece(piece, text, from, takesAny);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

function findPiece(
  piece: string,
  text: string,
  from: number,
  takesAny: (character: string) => boolean,
): number {
  if (!piece.includes("?")) return text.indexOf(piece, from);
  for (let at = from; at + piece.length <= text.length; at += 1) {
    if (fits(piece, text, at, takesAny)) return at;
  }
  return -1;
}

function fits(piece: string, text: string, at: number, takesAny: (character: string) => boolean): boolean {
  for (let offset = 0; offset < piece.length; offset += 1) {
    const wanted = piece[offset];
    const found = text[at + offset] ?? "";
    if (wanted === "?" ? !takesAny(found) : wanted !== found) return false;
  }
  return true;
}

/** The same pattern with each run of wildcards in one spelling: `**` as `*`, `*?` as `?*`. */
export function collapseWildcards(pattern: string): string {
  if (!pattern.includes("*")) return pattern;
  return pattern.replaceAll(/[*?]+/g, (run) => (run.includes("*") ? `${run.replaceAll("*", "")}*` : run));
}

/** True only when everything that `inner` matches is matched by `outer`. */
export function patternCovers(outer: string, inner: string): boolean {
  if (outer === "*" || outer === inner) return true;
  return globMatches(collapseWildcards(outer), collapseWildcards(inner), (character) => character !== "*");
}

/** The data's actions that the pattern names, in AWS's spelling, sorted; none when its service part is a pattern. */
export function expandAction(pattern: string, data: ActionData): readonly string[] {
  const lower = pattern.toLowerCase();
  const [service = "", name = ""] = lower.split(":");
  return data
    .actionNames(service)
    .filter((action) => matchesPattern(name, action.toLowerCase()))
    .map((action) => `${service}:${action}`);
}
