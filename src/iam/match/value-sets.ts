import { compileArn } from "./arn-pattern.ts";
import {
  compareNumbers,
  exactNetwork,
  instantOf,
  isPlainDate,
  isPlainNumber,
  networkHolds,
  type Compare,
} from "./values.ts";
import { arnCovers, patternCovers, patternsMeet } from "./wildcard.ts";

/** What the values of a test match, before "not": all texts that one of them matches. */
export interface ValueSet {
  readonly type: "string" | "numeric" | "date" | "bool" | "binary" | "ip" | "arn";
  /** The operator without modifiers and without its "not": `StringLike`, `DateLessThan`. */
  readonly base: string;
  readonly values: readonly string[];
}

/** True only when every text that `inner` matches `outer` matches too, for any values of the policy variables. */
export function valuesWithin(inner: ValueSet, outer: ValueSet): boolean {
  if (inner.type !== outer.type) return false;
  const holds = WITHIN[inner.type];
  const bases: Bases = { ofA: inner.base, ofB: outer.base };
  return inner.values.every((value) => outer.values.some((wide) => holds(value, wide, bases)));
}

/** True only when no text is matched by both. */
export function valuesApart(a: ValueSet, b: ValueSet): boolean {
  if (a.type !== b.type) return false;
  const apart = APART[a.type];
  const bases: Bases = { ofA: a.base, ofB: b.base };
  return a.values.every((value) => b.values.every((other) => apart(value, other, bases)));
}

/** True only when the empty text is not matched. */
export function lacksEmptyText({ type, values }: ValueSet): boolean {
  if (type === "binary") return false;
  if (type !== "string") return !values.includes("");
  return values.every((value) => value !== "" && !hasVariable(value) && !/^\*+$/.test(value));
}

/** True only when some text is matched. */
export function matchesSomething({ type, values }: ValueSet): boolean {
  return values.some((value) => !hasVariable(value) && IS_MATCHED[type](value));
}

const IS_MATCHED: Readonly<Record<ValueSet["type"], (value: string) => boolean>> = {
  string: () => true,
  arn: (value) => compileArn(value) !== undefined,
  bool: (value) => /^(true|false)$/i.test(value),
  binary: () => false,
  ip: (value) => exactNetwork(value) !== undefined,
  numeric: isPlainNumber,
  date: isPlainDate,
};

/** The operators of both sides. */
interface Bases {
  readonly ofA: string;
  readonly ofB: string;
}

type ValueRelation = (a: string, b: string, bases: Bases) => boolean;

const WITHIN: Readonly<Record<ValueSet["type"], ValueRelation>> = {
  string: stringWithin,
  arn: (inner, outer) => arnCovers(outer, inner),
  bool: (inner, outer) =>
    inner === outer || (IS_MATCHED.bool(inner) && inner.toLowerCase() === outer.toLowerCase()),
  binary: (inner, outer) => inner === outer,
  ip: networkWithin,
  numeric: sizeWithin(compareClearNumbers),
  date: sizeWithin(compareInstants),
};

const APART: Readonly<Record<ValueSet["type"], ValueRelation>> = {
  string: stringsApart,
  arn: (a, b) => !patternsMeet(a, b),
  bool: (a, b) => IS_MATCHED.bool(a) && IS_MATCHED.bool(b) && a.toLowerCase() !== b.toLowerCase(),
  binary: () => false,
  ip: networksApart,
  numeric: differ(compareClearNumbers),
  date: differ(compareInstants),
};

function hasVariable(text: string): boolean {
  return text.includes("${");
}

function stringWithin(inner: string, outer: string, { ofA: baseOfInner, ofB: baseOfOuter }: Bases): boolean {
  const isLike = baseOfOuter === "StringLike";
  if (baseOfInner === "StringEquals")
    return isLike ? patternCovers(outer, inner) : sameText(inner, outer, baseOfOuter);
  if (baseOfInner === baseOfOuter)
    return isLike ? patternCovers(outer, inner) : sameText(inner, outer, baseOfOuter);
  // A pattern without wildcards is a text.
  return baseOfInner === "StringLike" && !/[*?]/.test(inner) && sameText(inner, outer, baseOfOuter);
}

function sameText(a: string, b: string, base: string): boolean {
  return a === b || (base === "StringEqualsIgnoreCase" && a.toLowerCase() === b.toLowerCase());
}

/** Texts are taken as patterns too, which match at least themselves. */
function stringsApart(a: string, b: string, { ofA, ofB }: Bases): boolean {
  const ignoresCase = [ofA, ofB].includes("StringEqualsIgnoreCase");
  return ignoresCase ? !patternsMeet(a.toLowerCase(), b.toLowerCase()) : !patternsMeet(a, b);
}

/** A value that is no exact network lies only within itself. */
function networkWithin(inner: string, outer: string): boolean {
  const [narrow, wide] = [exactNetwork(inner), exactNetwork(outer)];
  if (narrow === undefined || wide === undefined) return inner === outer;
  return networkHolds(wide, narrow);
}

function networksApart(a: string, b: string): boolean {
  const [left, right] = [exactNetwork(a), exactNetwork(b)];
  if (left === undefined || right === undefined) return false;
  return !networkHolds(left, right) && !networkHolds(right, left);
}

/** Each value with its operator is a ray or a point: `inner` lies within `outer` by its end and its direction. */
function sizeWithin(compare: Compare): ValueRelation {
  return (inner, outer, { ofA: baseOfInner, ofB: baseOfOuter }) => {
    const order = compare(inner, outer);
    if (order === undefined) return inner === outer && baseOfInner === baseOfOuter;
    const [narrow, wide] = [rayOf(baseOfInner), rayOf(baseOfOuter)];
    if (narrow.direction === 0) return order === 0 ? wide.holdsEnd : order === wide.direction;
    if (narrow.direction !== wide.direction) return false;
    return order === narrow.direction || (order === 0 && (wide.holdsEnd || !narrow.holdsEnd));
  };
}

/** The zone of a day is not documented: a day and an instant compare only where they are more than a day apart. */
function compareInstants(a: string, b: string): number | undefined {
  const [left, right] = [a, b].map((text) => (isPlainDate(text) ? instantOf(text) : undefined));
  if (left === undefined || right === undefined) return undefined;
  const isSure = hasTime(a) === hasTime(b) || Math.abs(left - right) > DAY_MS;
  return isSure ? Math.sign(left - right) : undefined;
}

const DAY_MS = 86_400_000;

function hasTime(text: string): boolean {
  return text.includes("T") || /^\d{5,}$/.test(text);
}

function compareClearNumbers(a: string, b: string): number | undefined {
  return isPlainNumber(a) && isPlainNumber(b) ? compareNumbers(a, b) : undefined;
}

interface Ray {
  /** -1: all that is less; 1: all that is greater; 0: the end alone. */
  readonly direction: -1 | 0 | 1;
  readonly holdsEnd: boolean;
}

function rayOf(base: string): Ray {
  const direction = base.includes("LessThan") ? -1 : base.includes("GreaterThan") ? 1 : 0;
  return { direction, holdsEnd: base.endsWith("Equals") };
}

/** Points that are not the same; rays are taken to meet. */
function differ(compare: Compare): ValueRelation {
  return (a, b, { ofA, ofB }) =>
    rayOf(ofA).direction === 0 && rayOf(ofB).direction === 0 && Math.abs(compare(a, b) ?? 0) === 1;
}
