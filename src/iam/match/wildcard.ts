import { completedFields } from "../../model/aws/arns/arn-fields.ts";
import { compileGlob, globMatches, pieceMatcher } from "./glob.ts";

/** From here on a character represents something else: a policy variable, an escaped `${`. */
const FIRST_MARK = "\uE000";
/** `${` of a document of 2008, where it is plain text; differs from every variable. */
export const PLAIN_DOLLAR = FIRST_MARK;
const MAX_MARKS = 6_000;
const PRIVATE_USE = /[\uE000-\uF8FF]/;
/** A pattern of fixed length and one with stars of more pairs of characters than this are taken to meet. */
const MAX_CELLS = 250_000;

const oneCharacter = pieceMatcher((character) => character !== "*" && character < FIRST_MARK);

/** Whether the text has a character that represents something else here. IAM accepts none of them, and AWS uses none. */
export function hasMark(text: string): boolean {
  return PRIVATE_USE.test(text);
}

/** `*` and `?` over the entire text, case-sensitive. Never exponential. */
export function matchesPattern(pattern: string, text: string): boolean {
  return globMatches(compileGlob(pattern), text);
}

/** The same pattern with each run of wildcards in one spelling: `**` as `*`, `*?` as `?*`. In a variable's default they are text. */
export function collapseWildcards(pattern: string): string {
  if (!/[*?]{2}/.test(pattern)) return pattern;
  return pattern.replaceAll(/\$\{[^}]*\}|[*?]+/g, (run) =>
    run.includes("*") && !run.startsWith("$") ? `${run.replaceAll("*", "")}*` : run,
  );
}

/** True only when everything that `inner` matches is matched by `outer`, for any values of the policy variables. */
export function patternCovers(outer: string, inner: string): boolean {
  if (outer === "*" || outer === inner) return true;
  if (!hasWildcard(outer) || !startsAlike(outer, inner) || !endsAlike(outer, inner)) return false;
  const marked = markVariables(outer, inner);
  return marked !== undefined && globCovers(marked[0], marked[1]);
}

/** The text before the first wildcard or variable of `outer` covers only itself: most patterns differ here. */
function startsAlike(outer: string, inner: string): boolean {
  for (let at = 0; at < outer.length; at += 1) {
    const letter = outer[at];
    if (letter === "*" || letter === "?" || letter === "$") return true;
    if (letter !== inner[at]) return false;
  }
  return true;
}

/** The same for the text after the last one. */
function endsAlike(outer: string, inner: string): boolean {
  for (let fromEnd = 1; fromEnd <= outer.length; fromEnd += 1) {
    const letter = outer[outer.length - fromEnd];
    if (letter === "*" || letter === "?" || letter === "}") return true;
    if (letter !== inner[inner.length - fromEnd]) return false;
  }
  return true;
}

/** Most parts of an ARN are the same text on both sides, or a star. */
function globCovers(outer: string, inner: string): boolean {
  if (outer === inner || outer === "*") return true;
  if (!hasWildcard(outer)) return false;
  return globMatches(compileGlob(collapseWildcards(outer)), collapseWildcards(inner), oneCharacter);
}

/**
 * The same for resource patterns. Each of the six parts of an ARN must be covered by its counterpart, so that it
 * holds whether or not a wildcard reaches over a colon.
 */
export function resourceCovers(outer: string, inner: string): boolean {
  if (outer === inner || isEverything(outer)) return true;
  // Also what has no ARN, which no pattern with parts holds.
  if (isEverything(inner) || hasInnerStar(outer) || hasInnerStar(inner)) return false;
  if (!hasWildcard(outer) && !isShortArn(outer)) return false;
  const isAlike = startsAlike(outer, inner) && (endsAlike(outer, inner) || isShortArn(outer));
  if (!isAlike && !isShortArn(inner)) return false;
  const marked = markVariables(outer, inner);
  if (marked === undefined) return false;
  const [outerParts, innerParts] = [completedFields(marked[0]), completedFields(marked[1])];
  return outerParts.every((part, at) => globCovers(part, innerParts[at] ?? ""));
}

/** The same for resource patterns. A star reaches over the colon behind it, and with a `?` between them it does not. */
export function collapseResource(pattern: string): string {
  return hasInnerStar(pattern) ? pattern : collapseWildcards(pattern);
}

/** `*?` at the end of one of an ARN's first five parts. */
function hasInnerStar(pattern: string): boolean {
  return pattern.includes("*?") && /^(?:[^:]*:){0,4}[^:]*\*\?+(?::|$)/.test(pattern);
}

/** `*`, `**`: anything at all. */
export function isEverything(pattern: string): boolean {
  return pattern.startsWith("*") && /^\*+$/.test(pattern);
}

/** The same for values of ARN operators, which compare part by part and complete nothing: `*` alone is any ARN. */
export function arnCovers(outer: string, inner: string): boolean {
  if (outer === "*" || outer === inner) return true;
  if (isShortArn(outer) || hasEarlyVariable(outer) || hasEarlyVariable(inner)) return false;
  return resourceCovers(outer, inner);
}

/** A variable in one of an ARN's first five parts. Of a resource IAM replaces none there; elsewhere its value may hold colons. */
export function hasEarlyVariable(pattern: string): boolean {
  const at = pattern.indexOf("${");
  return at !== -1 && isShortArn(pattern.slice(0, at));
}

function isShortArn(pattern: string): boolean {
  let colons = 0;
  for (let at = pattern.indexOf(":"); at !== -1; at = pattern.indexOf(":", at + 1)) colons += 1;
  return colons < 5;
}

function hasWildcard(pattern: string): boolean {
  return pattern.includes("*") || pattern.includes("?");
}

/** False only when no text matches both. */
export function patternsMeet(a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [openVariables(a), openVariables(b)];
  // Nearly all part here, before a pattern is taken apart.
  if (partAtStart(left, right)) return false;
  if (!hasWildcard(left)) return hasWildcard(right) && matchesPattern(right, left);
  if (!hasWildcard(right)) return matchesPattern(left, right);
  if (partAtEnd(left, right)) return false;
  return globsMeet(left, right);
}

/** Up to the first star of either each character has its place: most patterns part there. */
function partAtStart(a: string, b: string): boolean {
  for (let at = 0; at < a.length && at < b.length; at += 1) {
    if (a[at] === "*" || b[at] === "*") return false;
    if (a[at] !== b[at] && a[at] !== "?" && b[at] !== "?") return true;
  }
  return false;
}

/** And so after the last one, from the end. */
function partAtEnd(a: string, b: string): boolean {
  for (let fromEnd = 1; fromEnd <= a.length && fromEnd <= b.length; fromEnd += 1) {
    const [left, right] = [a[a.length - fromEnd], b[b.length - fromEnd]];
    if (left === "*" || right === "*") return false;
    if (left !== right && left !== "?" && right !== "?") return true;
  }
  return false;
}

/** A policy variable may have any value; plain text of a document of 2008 matches itself. */
function openVariables(text: string): string {
  const opened = text.includes("${") ? replaceVariables(text, () => "*") : text;
  return opened.includes(PLAIN_DOLLAR) ? opened.replaceAll(PLAIN_DOLLAR, "${") : opened;
}

/** The same for resource patterns, with short ARNs completed; a wildcard may reach over a colon. */
export function resourcesMeet(a: string, b: string): boolean {
  return patternsMeet(completeArn(a), completeArn(b));
}

/** With variables opened first: the colons in their names are none of the ARN's. */
function completeArn(pattern: string): string {
  const opened = openVariables(pattern);
  return opened === "*" || !isShortArn(opened) ? opened : completedFields(opened).join(":");
}

/**
 * Of patterns whose ends do not part. Where both have a star, a text that holds the pieces of the one and then those
 * of the other matches both; a pattern without one fixes the length.
 */
function globsMeet(a: string, b: string): boolean {
  if (!a.includes("*")) return b.includes("*") ? meetsFixed(b, a) : a.length === b.length;
  return b.includes("*") || meetsFixed(a, b);
}

/** Finds the pieces between the stars one after the other, each at its first place. */
function meetsFixed(starred: string, fixed: string): boolean {
  if (starred.length * fixed.length > MAX_CELLS) return true;
  const pieces = starred.split("*");
  const end = fixed.length - (pieces.at(-1) ?? "").length;
  let from = (pieces[0] ?? "").length;
  for (const piece of pieces.slice(1, -1)) {
    while (from + piece.length <= end && !isAlikeAt(piece, fixed, from)) from += 1;
    from += piece.length;
  }
  return from <= end;
}

function isAlikeAt(piece: string, fixed: string, from: number): boolean {
  for (let at = 0; at < piece.length; at += 1) {
    const [letter, other] = [piece[at], fixed[from + at]];
    if (letter !== other && letter !== "?" && other !== "?") return false;
  }
  return true;
}

/** Each policy variable as one mark, the same in both texts; undefined when there are too many. */
function markVariables(a: string, b: string): readonly [string, string] | undefined {
  if (!a.includes("${") && !b.includes("${")) return [a, b];
  const marks = new Map<string, string>();
  const marked = [markText(a, marks), markText(b, marks)] as const;
  return marks.size > MAX_MARKS ? undefined : marked;
}

function markText(text: string, marks: Map<string, string>): string {
  return replaceVariables(text, (name) => {
    const mark = marks.get(name) ?? String.fromCharCode(FIRST_MARK.charCodeAt(0) + 1 + marks.size);
    marks.set(name, mark);
    return mark;
  });
}

/** One that is not closed reaches to the end. */
function replaceVariables(text: string, replacement: (name: string) => string): string {
  let replaced = "";
  let from = 0;
  for (let at = text.indexOf("${"); at !== -1; at = text.indexOf("${", from)) {
    const end = text.indexOf("}", at);
    const name = end === -1 ? text.slice(at) : text.slice(at, end + 1);
    replaced += text.slice(from, at) + replacement(name);
    from = at + name.length;
  }
  return replaced + text.slice(from);
}

/** `*`, `s3:*`, `s3*:Get`: an action that means an entire service or more. */
export function isEntireService(action: string): boolean {
  if (!hasWildcard(action)) return false;
  const at = action.indexOf(":");
  if (at === -1 || /[*?]/.test(action.slice(0, at))) return /[*?]/.test(action);
  return /^[*?]*\*[*?]*$/.test(action.slice(at + 1));
}
