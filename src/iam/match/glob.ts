/** A pattern of `*` and `?`, taken apart once. */
export interface Glob {
  readonly pattern: string;
  /** Between the stars; one piece where there is none. */
  readonly pieces: readonly string[];
  /** Without wildcards: it matches itself. */
  readonly isExact: boolean;
  readonly hasQuestionMarks: boolean;
}

export function compileGlob(pattern: string): Glob {
  const pieces = pattern.split("*");
  const hasQuestionMarks = pattern.includes("?");
  return { pattern, pieces, isExact: pieces.length === 1 && !hasQuestionMarks, hasQuestionMarks };
}

/**
 * Over the entire text, case-sensitive: finds the pieces between the stars one after the other, each at its first
 * place, so that it is never exponential.
 */
export function globMatches(glob: Glob, text: string, { fits, find }: PieceMatcher = ANY_CHARACTER): boolean {
  const { pattern, pieces, isExact, hasQuestionMarks } = glob;
  if (isExact) return pattern === text;
  const first = pieces[0] ?? "";
  if (!hasQuestionMarks) return text.startsWith(first) && restMatches(pieces, text, findText);
  if (pieces.length === 1) return text.length === pattern.length && fits(first, text, 0);
  return fits(first, text, 0) && restMatches(pieces, text, find);
}

/** The first place of the piece from a place on; -1 if there is none. */
type FindPiece = (piece: string, text: string, from: number) => number;

const findText: FindPiece = (piece, text, from) => text.indexOf(piece, from);

export interface PieceMatcher {
  /** Does the piece match at this place? */
  readonly fits: (piece: string, text: string, at: number) => boolean;
  readonly find: FindPiece;
}

/** Made once for each meaning of `?`: `takesAny` decides whether it may match the character. */
export function pieceMatcher(takesAny: (character: string) => boolean): PieceMatcher {
  const fits: PieceMatcher["fits"] = (piece, text, at) => {
    if (!piece.includes("?")) return text.startsWith(piece, at);
    for (let offset = 0; offset < piece.length; offset += 1) {
      const wanted = piece[offset];
      const found = text[at + offset] ?? "";
      if (wanted !== found && (wanted !== "?" || !takesAny(found))) return false;
    }
    return true;
  };
  const find: FindPiece = (piece, text, from) => {
    if (!piece.includes("?")) return findText(piece, text, from);
    for (let at = from; at + piece.length <= text.length; at += 1) {
      if (fits(piece, text, at)) return at;
    }
    return -1;
  };
  return { fits, find };
}

const ANY_CHARACTER = pieceMatcher(() => true);

/** Matches the pieces after the first one, which fits; the last one must be at the end. */
function restMatches(pieces: readonly string[], text: string, find: FindPiece): boolean {
  const last = pieces[pieces.length - 1] ?? "";
  const end = text.length - last.length;
  let from = pieces[0]?.length ?? 0;
  if (end < from || find(last, text, end) !== end) return false;
  for (let nth = 1; nth < pieces.length - 1; nth += 1) {
    const piece = pieces[nth] ?? "";
    const at = find(piece, text, from);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
