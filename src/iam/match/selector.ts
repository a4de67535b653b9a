import type { Selector } from "../document.ts";
import { patternCovers, patternsMeet, resourceCovers, resourcesMeet } from "./wildcard.ts";

export interface PatternRules {
  readonly covers: (outer: string, inner: string) => boolean;
  readonly meet: (a: string, b: string) => boolean;
}

export const ACTIONS: PatternRules = { covers: patternCovers, meet: patternsMeet };
export const RESOURCES: PatternRules = { covers: resourceCovers, meet: resourcesMeet };

/** True only when everything that `inner` selects is selected by `outer`. */
export function selectorCovers(outer: Selector, inner: Selector, rules: PatternRules): boolean {
  // It is not documented what "all but" selects where a variable has no value.
  if (outer.negated && outer.values.some((value) => value.includes("${"))) return sameValues(outer, inner);
  if (inner.negated && outer.negated) return coveredBy(outer.values, inner.values, rules);
  if (inner.negated) return outer.values.includes("*");
  if (!outer.negated) return coveredBy(inner.values, outer.values, rules);
  return !inner.values.some((value) => outer.values.some((except) => rules.meet(value, except)));
}

/** False only when nothing is selected by both. */
export function selectorsMeet(a: Selector, b: Selector, rules: PatternRules): boolean {
  if (a.negated && b.negated) return true;
  if (a.negated) return selectorsMeet(b, a, rules);
  if (b.negated) return !coveredBy(a.values, b.values, rules);
  return a.values.some((value) => b.values.some((other) => rules.meet(value, other)));
}

function sameValues(a: Selector, b: Selector): boolean {
  return a.negated === b.negated && JSON.stringify(a.values) === JSON.stringify(b.values);
}

function coveredBy(inner: readonly string[], outer: readonly string[], rules: PatternRules): boolean {
  return inner.every((value) => outer.some((wide) => rules.covers(wide, value)));
}
