import type { Input } from "../contract.ts";

/** @throws Error if the member is missing, although the codec has checked the input against the schema */
export function requiredText(input: Input, member: string): string {
  const value = optionalJsonText(input, member);
  if (value === undefined) throw new Error(`input member ${member} is required`);
  return value;
}

export function optionalJsonText(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || typeof value === "string") return value;
  throw new Error(`input member ${member} is not a string`);
}

export function optionalJsonNumber(input: Input, member: string): number | undefined {
  const value = input[member];
  if (value === undefined || typeof value === "number") return value;
  throw new Error(`input member ${member} is not a number`);
}

/** A structure or a map. */
export function optionalObject(input: Input, member: string): Input | undefined {
  const value = input[member];
  if (value === undefined || isInput(value)) return value;
  throw new Error(`input member ${member} is not a structure`);
}

function isInput(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Empty if absent. */
export function textList(input: Input, member: string): readonly string[] {
  const value: unknown = input[member] ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new Error(`input member ${member} is not a list of strings`);
}

/** A map of strings; empty if absent. */
export function textMap(input: Input, member: string): Readonly<Record<string, string>> {
  const entries = Object.entries(optionalObject(input, member) ?? {});
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}
