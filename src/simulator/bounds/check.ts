import type { Input } from "../contract.ts";
import type { Bounds, Shape } from "./shape.ts";

export type ValueShape = Extract<Shape, { readonly kind: "value" }>;

/** All violations in the input of an operation, with AWS's messages. */
export function violations(bounds: Bounds, operation: string, input: Input): readonly string[] {
  return violationsAt(bounds, bounds.inputs[operation] ?? "", { value: input, field: "" });
}

export function violationsMessage(found: readonly string[]): string {
  const count = found.length === 1 ? "1 validation error" : `${found.length} validation errors`;
  return `${count} detected: ${found.join("; ")}`;
}

export function violatedConstraints(shape: ValueShape, value: unknown): readonly string[] {
  const isText = typeof value === "string";
  const size = isText ? value.length : Number(value);
  const { min, max, pattern, oneOf } = shape;
  return [
    ...(max !== undefined && size > max ? [sizeText("less", max, isText)] : []),
    ...(min !== undefined && size < min ? [sizeText("greater", min, isText)] : []),
    ...(pattern !== undefined && !matches(pattern, String(value)) ? [patternText(pattern)] : []),
    ...(oneOf !== undefined && !oneOf.includes(String(value)) ? [oneOfText(oneOf)] : []),
  ];
}

export function violation(shown: string, field: string, constraint: string): string {
  return `Value '${shown}' at '${field}' failed to satisfy constraint: ${constraint}`;
}

/** The name of a member in AWS's messages. */
export function fieldName(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}

/** A value of the input with its path. */
interface Located<Value> {
  readonly value: Value;
  readonly field: string;
}

function violationsAt(bounds: Bounds, name: string, { value, field }: Located<unknown>): readonly string[] {
  const shape = bounds.shapes[name];
  if (shape === undefined || value === undefined || value === null) return [];
  if (shape.kind === "value")
    return violatedConstraints(shape, value).map((constraint) =>
      violation(shownBound(value), field, constraint),
    );
  if (shape.kind === "list" && Array.isArray(value)) return listViolations(bounds, shape, { value, field });
  if (typeof value !== "object") return [];
  if (shape.kind === "map") return mapViolations(bounds, shape, { value, field });
  if (shape.kind !== "structure") return [];
  const members = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape.members).flatMap(([member, of]) =>
    violationsAt(bounds, of, {
      value: members[member],
      field: field === "" ? fieldName(member) : `${field}.${fieldName(member)}`,
    }),
  );
}

/** A message names a list of texts without an index, and a structure in a list with its index. */
function listViolations(
  bounds: Bounds,
  shape: Extract<Shape, { readonly kind: "list" }>,
  { value, field }: Located<readonly unknown[]>,
): readonly string[] {
  const size = violatedConstraints({ kind: "value", ...sizeOf(shape) }, "x".repeat(value.length));
  const member = bounds.shapes[shape.member];
  const ofSize = size.map((constraint) => violation(shownBound(value), field, constraint));
  if (member?.kind !== "value") {
    const inside = value.flatMap((each, index) =>
      violationsAt(bounds, shape.member, { value: each, field: `${field}.${index + 1}.member` }),
    );
    return [...ofSize, ...inside];
  }
  const isBroken = value.some((each) => violatedConstraints(member, each).length > 0);
  const constraint = `Member must satisfy constraint: [${demandsOf(member).join(", ")}]`;
  return isBroken ? [...ofSize, violation(shownBound(value), field, constraint)] : ofSize;
}

function mapViolations(
  bounds: Bounds,
  shape: Extract<Shape, { readonly kind: "map" }>,
  { value, field }: Located<object>,
): readonly string[] {
  const sides = [
    { name: "keys", of: bounds.shapes[shape.key], values: Object.keys(value) },
    { name: "value", of: bounds.shapes[shape.value], values: Object.values(value) as unknown[] },
  ];
  return sides.flatMap(({ name, of, values }) => {
    if (of?.kind !== "value" || values.every((each) => violatedConstraints(of, each).length === 0)) return [];
    const constraint = `Map ${name} must satisfy constraint: [${demandsOf(of).join(", ")}]`;
    return [violation(shownBound(value), field, constraint)];
  });
}

function sizeOf({ min, max }: { readonly min?: number; readonly max?: number }) {
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

/** For an element of a list or map, AWS names all constraints, even those that are satisfied (recorded). */
function demandsOf({ min, max, pattern, oneOf }: ValueShape): readonly string[] {
  return [
    ...(max === undefined ? [] : [sizeText("less", max, true)]),
    ...(min === undefined ? [] : [sizeText("greater", min, true)]),
    ...(pattern === undefined ? [] : [patternText(pattern)]),
    ...(oneOf === undefined ? [] : [oneOfText(oneOf)]),
    "Member must not be null",
  ];
}

function sizeText(than: "less" | "greater", limit: number, isText: boolean): string {
  return `Member must have ${isText ? "length" : "value"} ${than} than or equal to ${limit}`;
}

function patternText(pattern: string): string {
  return `Member must satisfy regular expression pattern: ${pattern}`;
}

function oneOfText(oneOf: readonly string[]): string {
  return `Member must satisfy enum value set: [${oneOf.join(", ")}]`;
}

/** The value as Java prints it. */
export function shownBound(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shownBound).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, each]) => `${fieldName(key)}=${shownBound(each)}`)
    .join(", ")}}`;
}

/** For AWS's patterns, Java and JavaScript differ only in the flag that `\p{L}` needs. */
function matches(pattern: string, value: string): boolean {
  const flags = pattern.includes("\\p{") ? "u" : "";
  return new RegExp(`^(?:${pattern})$`, flags).test(value);
}
