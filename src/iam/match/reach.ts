import { arnParts } from "../../model/aws/arn.ts";
import { compileGlob, globMatches } from "./glob.ts";

/** Begins the action, resource or principal of a row that means everything but a list (NotAction …). */
export const EXCEPT = "all but ";
/** Begins the action or resource of a row that means a whole list: the statement is too large for one row per member. */
export const ANY = "any of ";
const BETWEEN = ", ";

/** The text of a list in a row, sorted. No name of AWS's has a comma with a space: what looks like two stays one. */
export function listText(begin: typeof EXCEPT | typeof ANY, values: readonly string[]): string {
  return `${begin}${values
    .map((value) => value.replaceAll(BETWEEN, ","))
    .toSorted()
    .join(BETWEEN)}`;
}

/** The members of a row's action or resource; of `all but …` the members that it leaves out. */
export function membersOf(text: string): readonly string[] {
  const begin = [EXCEPT, ANY].find((each) => text.startsWith(each));
  return begin === undefined ? [text] : text.slice(begin.length).split(BETWEEN);
}

/** `any of a, b, c and 597 more`: for people. */
export function shortList(text: string): string {
  const members = membersOf(text);
  if (members.length <= MAX_SHOWN) return text;
  const begin = text.startsWith(EXCEPT) ? EXCEPT : ANY;
  return `${begin}${members.slice(0, MAX_SHOWN - 1).join(BETWEEN)} and ${members.length - MAX_SHOWN + 1} more`;
}

const MAX_SHOWN = 6;

/** True when the action of a row (a pattern, one of a list, or all but a list) speaks of the action `listed`; case is ignored. */
export function actionReaches(rowAction: string, listed: string): boolean {
  return reaches(rowAction.toLowerCase(), listed.toLowerCase());
}

/** The same for its resource, case-sensitive, of an ARN. */
export function resourceReaches(rowResource: string, arn: string): boolean {
  return reaches(rowResource, arn);
}

function reaches(text: string, wanted: string): boolean {
  return matcherOf(text)(wanted);
}

/** The same for many names, case-sensitive. */
export function matcherOf(text: string): (wanted: string) => boolean {
  const globs = membersOf(text).map(compileGlob);
  const isNegated = text.startsWith(EXCEPT);
  return (wanted) => globs.some((glob) => globMatches(glob, wanted)) !== isNegated;
}

/** `*`, all but a list, or an ARN that names no single thing: `arn:aws:s3:::*`, `…:table/*`; one of a list is enough. */
export function isOpenResource(resource: string): boolean {
  return resource.startsWith(EXCEPT) || membersOf(resource).some(isOpenPattern);
}

function isOpenPattern(resource: string): boolean {
  if (/^[*?]*$/.test(resource)) return true;
  const { service, resource: name } = arnParts(resource);
  const [first = "", second] = name.split(/[:/]/);
  const startsOpen = (part: string | undefined): boolean => part !== undefined && /^[*?]/.test(part);
  return first === "" || startsOpen(first) || (service !== "s3" && startsOpen(second));
}
