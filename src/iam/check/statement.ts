import type { ValuePath } from "../../text/located/value-path.ts";
import type { UncheckedDocument } from "./grammar/unchecked.ts";
import { isObject } from "../../text/json-values.ts";

/** One text of an element, and its place in the document. */
export interface LocatedString {
  readonly text: string;
  readonly steps: ValuePath;
}

/** One key under one operator. */
export interface LocatedTest {
  /** As written, with its modifiers. */
  readonly operator: string;
  readonly key: string;
  readonly steps: ValuePath;
  readonly values: readonly LocatedString[];
}

/** A statement in parts that the checks look at; what breaks the grammar is left out, since it has its own finding. */
export interface CheckedStatement {
  readonly steps: ValuePath;
  /** What reasons call it: `this statement`, or the grant that it is made of. */
  readonly name: string;
  readonly effect: "Allow" | "Deny";
  /** Members of Action, or of NotAction (`isNotAction`). */
  readonly actions: readonly LocatedString[];
  readonly isNotAction: boolean;
  /** Members of Resource; empty where it is NotResource, or none. */
  readonly resources: readonly LocatedString[];
  readonly tests: readonly LocatedTest[];
}

export function checkedStatements({
  statements,
}: Pick<UncheckedDocument, "statements">): readonly CheckedStatement[] {
  return statements.flatMap(({ steps, value }) => (isObject(value) ? [checkedStatement(steps, value)] : []));
}

function checkedStatement(steps: ValuePath, value: Readonly<Record<string, unknown>>): CheckedStatement {
  const isNotAction = !("Action" in value) && "NotAction" in value;
  const actionName = isNotAction ? "NotAction" : "Action";
  return {
    steps,
    name: "this statement",
    effect: value["Effect"] === "Deny" ? "Deny" : "Allow",
    actions: textsOf(value[actionName], [...steps, actionName]),
    isNotAction,
    resources: textsOf(value["Resource"], [...steps, "Resource"]),
    tests: testsOf(value["Condition"], [...steps, "Condition"]),
  };
}

/** IAM reads booleans and numbers as text. */
function textsOf(value: unknown, steps: ValuePath): readonly LocatedString[] {
  if (Array.isArray(value))
    return value.flatMap((member: unknown, at) =>
      Array.isArray(member) ? [] : textsOf(member, [...steps, at]),
    );
  const isText = typeof value === "string" || typeof value === "boolean" || typeof value === "number";
  return isText ? [{ text: String(value), steps }] : [];
}

function testsOf(condition: unknown, steps: ValuePath): readonly LocatedTest[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(isObject(keys) ? keys : {}).map(([key, value]) => {
      const place = [...steps, operator, key];
      return { operator, key, steps: place, values: textsOf(value, place) };
    }),
  );
}
