import type { NormalizedSchema } from "@smithy/core/schema";
import type { Input } from "../contract.ts";
import { type ApiOperation, schemaMembers, scalarType, SchemaMismatch } from "./schema.ts";

/**
 * awsQuery: a form in which a dot selects a member of a structure, `member.N` an element of a list and `entry.N` an
 * entry of a map.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
interface Node {
  text: string | undefined;
  readonly children: Map<string, Node>;
}

/** @throws SchemaMismatch if a parameter is unknown or does not have the published type */
export function decodeQuery(operation: ApiOperation, form: URLSearchParams): Input {
  const root = emptyNode();
  for (const [key, value] of form) {
    if (key !== "Action" && key !== "Version") plant(root, key.split("."), value);
  }
  return decodeStruct(operation.input, root, operation.name);
}

function emptyNode(): Node {
  return { text: undefined, children: new Map() };
}

function plant(root: Node, path: readonly string[], value: string): void {
  let node = root;
  for (const step of path) {
    const next = node.children.get(step) ?? emptyNode();
    node.children.set(step, next);
    node = next;
  }
  node.text = value;
}

function decode(schema: NormalizedSchema, node: Node, where: string): unknown {
  if (schema.isStructSchema()) return decodeStruct(schema, node, where);
  if (schema.isListSchema()) return decodeList(schema, node, where);
  if (schema.isMapSchema()) throw new SchemaMismatch(`${where}: maps are in no simulated request`);
  if (node.text === undefined)
    throw new SchemaMismatch(`${where} has members, expected ${scalarType(schema)}`);
  return decodeScalar(schema, node.text, where);
}

function decodeStruct(schema: NormalizedSchema, node: Node, where: string): Record<string, unknown> {
  const members = new Map(
    [...schemaMembers(schema)].map(([name, each]) => [wireName(name, each), { name, each }]),
  );
  const result: Record<string, unknown> = {};
  for (const [key, child] of node.children) {
    const member = members.get(key);
    if (member === undefined) throw new SchemaMismatch(`${where} has no member "${key}"`);
    result[member.name] = decode(member.each, child, `${where}.${key}`);
  }
  return result;
}

export function wireName(name: string, member: NormalizedSchema): string {
  return member.getMergedTraits().xmlName ?? name;
}

function decodeList(schema: NormalizedSchema, node: Node, where: string): unknown[] {
  const items = node.children.get("member");
  if (items === undefined) {
    if (node.text === "" && node.children.size === 0) return [];
    throw new SchemaMismatch(`${where} is not a list of "member.N"`);
  }
  const numbered = [...items.children].sort(([left], [right]) => Number(left) - Number(right));
  return numbered.map(([index, child]) => decode(schema.getValueSchema(), child, `${where}[${index}]`));
}

function decodeScalar(schema: NormalizedSchema, text: string, where: string): unknown {
  const type = scalarType(schema);
  if (type === "number" && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (type === "string" || type === "timestamp") return text;
  throw new SchemaMismatch(`${where} is "${text}", expected ${type}`);
}
