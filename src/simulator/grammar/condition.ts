import { isDate } from "./date.ts";
import { isParsedObject, type ParsedObject, strings } from "./json.ts";

const OPERATORS: ReadonlySet<string> = new Set(
  [
    "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike",
    "NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals",
    "NumericGreaterThan NumericGreaterThanEquals",
    "DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals",
    "Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null",
  ].flatMap((line) => line.split(" ")),
);

/** The operator without its quantifier and `IfExists`; IAM is case-sensitive here. */
function bareOperator(name: string): string {
  return name.replace(/^(?:ForAnyValue|ForAllValues):/, "").replace(/IfExists$/, "");
}

/** An unknown operator is accepted if it compares nothing: IAM accepts `{"x": {}}`. */
export function isConditionSyntax(condition: unknown): boolean {
  if (condition === undefined) return true;
  if (!isParsedObject(condition)) return false;
  return Object.entries(condition).every(
    ([operator, block]) =>
      isParsedObject(block) &&
      Object.values(block).every(isConditionValue) &&
      (OPERATORS.has(bareOperator(operator)) || Object.keys(block).length === 0),
  );
}

/** The first unknown operator that compares something. */
export function unknownOperator(condition: unknown): string | undefined {
  if (!isParsedObject(condition)) return undefined;
  const found = Object.entries(condition).find(
    ([operator, block]) =>
      isParsedObject(block) && Object.keys(block).length > 0 && !OPERATORS.has(bareOperator(operator)),
  );
  return found?.[0];
}

function isConditionValue(value: unknown): boolean {
  return Array.isArray(value) ? value.every(isScalar) : isScalar(value);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number";
}

/** Expects a condition for which `isConditionSyntax` is true. */
export function hasOnlyParsableDates(condition: unknown): boolean {
  if (!isParsedObject(condition)) return true;
  return Object.entries(condition)
    .filter(([operator]) => bareOperator(operator).startsWith("Date"))
    .flatMap(([, block]) => valuesOf(block))
    .every(isDate);
}

function valuesOf(block: unknown): readonly string[] {
  const values = Object.values(isParsedObject(block) ? block : ({} satisfies ParsedObject));
  return values.flatMap((value) => strings(value));
}
