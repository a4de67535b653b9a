import { matchesPattern } from "./wildcard.ts";

/** Begins the action, resource or principal of a row that stands for everything but a list (NotAction …). */
export const EXCEPT = "all but ";

/** True when the action of a row (a pattern, or all but a list) speaks of the action `listed`; case is ignored. */
export function actionReaches(rowAction: string, listed: string): boolean {
  const [action, wanted] = [rowAction.toLowerCase(), listed.toLowerCase()];
  if (!action.startsWith(EXCEPT)) return matchesPattern(action, wanted);
  return !action
    .slice(EXCEPT.length)
    .split(", ")
    .some((pattern) => matchesPattern(pattern, wanted));
}

/** `*`, all but a list, or an ARN that names no single thing: `arn:aws:s3:::*`, `…:table/*`. */
export function isOpenResource(resource: string): boolean {
  if (resource.startsWith(EXCEPT) || /^[*?]*$/.test(resource)) return true;
  const [, , service = "", , , ...rest] = resource.split(":");
  const [first = "", second] = rest.join(":").split(/[:/]/);
  const startsOpen = (part: string | undefined): boolean => part !== undefined && /^[*?]/.test(part);
  return first === "" || startsOpen(first) || (service !== "s3" && startsOpen(second));
}
