import type { Json, JsonObject } from "../../model/values/json.ts";
import { flowText } from "./flow-text.ts";

/** How a value is written in lines. */
export interface BlockStyle {
  /** Objects and lists up to this depth are in lines; deeper ones only if they do not fit. */
  readonly depth: number;
  readonly width: number;
}

/** A value in YAML as people write manifests: lines outside, braces and brackets inside. */
export function blockText(value: JsonObject, style: BlockStyle): string {
  return objectLines(value, { ...style, indent: 0 })
    .map((line) => `${line}\n`)
    .join("");
}

interface IndentedBlock extends BlockStyle {
  readonly indent: number;
}

function objectLines(value: JsonObject, block: IndentedBlock): readonly string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const pair = flowText({ [name]: member }).slice(2, -2);
    if (isShort(member, pair, block)) return [pair];
    const key = flowText({ [name]: 0 }).slice(2, -5);
    return [`${key}:`, ...below(member, block).map((line) => `  ${line}`)];
  });
}

function listLines(members: readonly Json[], block: IndentedBlock): readonly string[] {
  return members.flatMap((member) => {
    const text = flowText(member);
    if (isShort(member, `- ${text}`, block)) return [`- ${text}`];
    const [first = "", ...rest] = below(member, block);
    return [`- ${first}`, ...rest.map((line) => `  ${line}`)];
  });
}

function below(value: Json, { depth, width, indent }: IndentedBlock): readonly string[] {
  const block = { depth: depth - 1, width, indent: indent + 2 };
  if (Array.isArray(value)) return listLines(value, block);
  return objectLines(value as JsonObject, block);
}

function isShort(value: Json, text: string, { depth, width, indent }: IndentedBlock): boolean {
  if (!isObject(value) || Object.keys(value).length === 0) return true;
  const isFlat = Array.isArray(value) && !(value as readonly Json[]).some(isObject);
  return (isFlat || depth <= 0) && indent + text.length <= width;
}

function isObject(value: Json): value is JsonObject | readonly Json[] {
  return typeof value === "object" && value !== null;
}
