import type { StringOrList } from "../../../model/aws/policy-document.ts";
import type { NameSet } from "../../../model/delta.ts";
import { toList } from "../../../text/json-values.ts";
import { sortedSet } from "../../../text/order.ts";
import type { Selector } from "../../document.ts";

/** A part of a statement that becomes one side of a row: its names as they are shown, and as they are compared. */
export interface StatementPart {
  readonly names: NameSet;
  readonly selector: Selector;
  /** Equal for equal selectors. */
  readonly key: string;
}

export interface Splitting {
  /** Gives names of the same meaning the same spelling. */
  readonly fold: (name: string) => string;
  /** True: a list is one part. False: each of its members is one. */
  readonly isUnsplit: boolean;
}

/** The parts of Action and NotAction, or of Resource and NotResource. A negated list is always one part. */
export function partsOf(
  positive: StringOrList | undefined,
  negative: StringOrList | undefined,
  { fold, isUnsplit }: Splitting,
): readonly StatementPart[] {
  const names = toList(positive ?? negative ?? []);
  if (positive === undefined) return [listPart("all-but", names, fold)];
  const byValue = new Map(names.map((name) => [fold(name), name]));
  return isUnsplit && byValue.size > 1
    ? [listPart("any-of", [...byValue.values()], fold)]
    : [...byValue].map(([value, name]) => onePart(name, value));
}

/** Each principal is a part, and a negated list is one. */
export function principalParts({ negated, values }: Selector): readonly StatementPart[] {
  return partsOf(negated ? undefined : values, values, { fold: (value) => value, isUnsplit: false });
}

function onePart(name: string, value: string): StatementPart {
  const names: NameSet = name === "*" ? { kind: "any" } : { kind: "one", name };
  return { names, selector: { negated: false, values: [value] }, key: JSON.stringify(value) };
}

function listPart(
  kind: "any-of" | "all-but",
  names: readonly string[],
  fold: Splitting["fold"],
): StatementPart {
  const values = sortedSet(names.map(fold));
  return {
    names: { kind, names: names.toSorted() },
    selector: { negated: kind === "all-but", values },
    key: `${kind} ${JSON.stringify(values)}`,
  };
}
