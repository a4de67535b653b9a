import { arnParts } from "../../model/aws/arn.ts";
import type { NameSet } from "../../model/delta.ts";
import { compileGlob, globMatches } from "./glob.ts";

/** The names that a row lists; of `all-but` those that it leaves out. */
export function namesOf(set: NameSet): readonly string[] {
  if (set.kind === "any-of" || set.kind === "all-but") return set.names;
  if (set.kind === "one") return [set.name];
  return set.kind === "any" ? ["*"] : [];
}

/** True if the actions of a row include the action `listed`; case is ignored. */
export function actionReaches(actions: NameSet, listed: string): boolean {
  return actionMatcher(actions)(listed.toLowerCase());
}

/** The same for many actions, in lower case. */
export function actionMatcher(actions: NameSet): (listed: string) => boolean {
  return matcherOf(actions, (name) => name.toLowerCase());
}

/** True if the resources of a row include this ARN. */
export function resourceReaches(resources: NameSet, arn: string): boolean {
  return matcherOf(resources, (name) => name)(arn);
}

function matcherOf(set: NameSet, fold: (name: string) => string): (wanted: string) => boolean {
  if (set.kind === "one") {
    const only = compileGlob(fold(set.name));
    return (wanted) => globMatches(only, wanted);
  }
  const globs = namesOf(set).map((name) => compileGlob(fold(name)));
  const isNegated = set.kind === "all-but";
  return (wanted) => globs.some((glob) => globMatches(glob, wanted)) !== isNegated;
}

/** Everything, all but a list, or an ARN of no single object: `arn:aws:s3:::*`, `…:table/*`; one of a list is enough. */
export function isOpenResource(resources: NameSet): boolean {
  return resources.kind === "all-but" || namesOf(resources).some(isOpenPattern);
}

/** A wildcard, or a variable with any value: the name has no letter of its own before it. */
const OPEN_START = /^([*?]|\$\{)/;

function isOpenPattern(resource: string): boolean {
  if (/^[*?]*$/.test(resource)) return true;
  const { service, resource: name } = arnParts(resource);
  const [first = "", second] = name.split(/[:/]/);
  const startsOpen = (part: string | undefined): boolean => part !== undefined && OPEN_START.test(part);
  return first === "" || startsOpen(first) || (service !== "s3" && startsOpen(second));
}
