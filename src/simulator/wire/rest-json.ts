import type { NormalizedSchema } from "@smithy/core/schema";
import type { Input, Output, SimulatedError } from "../contract.ts";
import type { RawRequest, Reply } from "./http.ts";
import { type ApiOperation, conform, schemaMembers, scalarType, SchemaMismatch } from "./schema.ts";

/** The operation of a method and path. If several match, the one with the longest literal text. */
export function routeRest(
  operations: Iterable<ApiOperation>,
  method: string,
  path: string,
): ApiOperation | undefined {
  const fitting = [...operations].filter(
    ({ http }) => http?.method === method && labelsOf(http.path, path) !== undefined,
  );
  const literal = (operation: ApiOperation): number =>
    (operation.http?.path ?? "").replace(/\{[^}]*\}/g, "").length;
  return fitting.sort(
    (left, right) => literal(right) - literal(left) || (left.name < right.name ? -1 : 1),
  )[0];
}

/** @throws SchemaMismatch if a parameter or body member is unknown or does not have the published type */
export function decodeRest(operation: ApiOperation, request: RawRequest): Input {
  const labels = labelsOf(operation.http?.path ?? "", request.path) ?? {};
  const members = schemaMembers(operation.input);
  const input: Record<string, unknown> = {};
  const queries = new Set<string>();
  for (const [name, member] of members) {
    const traits = member.getMergedTraits();
    if (typeof traits.httpQuery === "string") queries.add(traits.httpQuery);
    const text = outsideBody(name, member, { labels, request });
    if (text !== undefined) input[name] = readText(member, text, `${operation.name}.${name}`);
  }
  for (const key of request.query.keys()) {
    if (!queries.has(key)) throw new SchemaMismatch(`${operation.name} has no query parameter "${key}"`);
  }
  return { ...input, ...readBody(operation, members, request.body) };
}

/** The values of the labels in a published path; undefined if the path does not match. */
function labelsOf(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = trim(template).split("/");
  const given = trim(path).split("/");
  if (wanted.length !== given.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, step] of wanted.entries()) {
    const text = given[index] ?? "";
    const label = /^\{([^}+]+)\}$/.exec(step)?.[1];
    if (label === undefined && step !== text) return undefined;
    if (label !== undefined && text === "") return undefined;
    if (label !== undefined) labels[label] = decodeURIComponent(text);
  }
  return labels;
}

/** The service ignores a slash at the end. */
function trim(path: string): string {
  return path.replace(/\/+$/, "");
}

function outsideBody(
  name: string,
  member: NormalizedSchema,
  { labels, request }: { readonly labels: Readonly<Record<string, string>>; readonly request: RawRequest },
): string | undefined {
  const traits = member.getMergedTraits();
  if (traits.httpLabel) return labels[name];
  if (typeof traits.httpQuery !== "string") {
    return typeof traits.httpHeader === "string"
      ? request.headers[traits.httpHeader.toLowerCase()]
      : undefined;
  }
  const values = request.query.getAll(traits.httpQuery);
  return values.length === 0 ? undefined : values.join("\u0000");
}

/** A list in the query is a repeated parameter. */
function readText(member: NormalizedSchema, text: string, where: string): unknown {
  if (member.isListSchema()) return text.split("\u0000");
  if (scalarType(member) === "number")
    return conform(member, /^-?\d+$/.test(text) ? Number(text) : text, where);
  if (scalarType(member) === "boolean")
    return conform(member, text === "true" ? true : text === "false" ? false : text, where);
  return text;
}

function readBody(
  operation: ApiOperation,
  members: ReadonlyMap<string, NormalizedSchema>,
  body: string,
): Record<string, unknown> {
  const payload = [...members].find(([, member]) => member.getMergedTraits().httpPayload);
  if (payload !== undefined) return { [payload[0]]: body };
  if (body === "") return {};
  const value: unknown = parseJson(body);
  if (typeof value === "object" && value !== null) {
    for (const name of Object.keys(value)) {
      const member = members.get(name);
      if (member !== undefined && isOutsideBody(member))
        throw new SchemaMismatch(`${operation.name}.${name} does not belong into the body`);
    }
  }
  return conform(operation.input, value, operation.name) as Record<string, unknown>;
}

/** @throws SchemaMismatch */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new SchemaMismatch("the body is not JSON");
  }
}

function isOutsideBody(member: NormalizedSchema): boolean {
  const { httpLabel, httpQuery, httpHeader, httpPayload, httpResponseCode } = member.getMergedTraits();
  return [httpLabel, httpQuery, httpHeader, httpPayload, httpResponseCode].some(
    (trait) => trait !== undefined,
  );
}

export type RestResponse = Omit<Reply, "ending">;

/** @throws SchemaMismatch if the output does not match the published schema: a bug in the simulator */
export function encodeRest(operation: ApiOperation, output: Output): RestResponse {
  const checked = conform(operation.output, output, `${operation.name} output`) as Output;
  const headers: Record<string, string> = {};
  const body: Output = {};
  let status = operation.http?.status ?? 200;
  for (const [name, member] of schemaMembers(operation.output)) {
    const value = checked[name];
    if (value === undefined) continue;
    const { httpHeader, httpResponseCode } = member.getMergedTraits();
    if (httpResponseCode) status = Number(value);
    else if (typeof httpHeader === "string") headers[httpHeader.toLowerCase()] = headerText(value);
    else body[name] = toJson(member, value);
  }
  return { status, headers, body: status === 204 ? "" : JSON.stringify(body) };
}

function headerText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * The JSON protocols send timestamps as seconds since 1970. Lambda's ISO times are strings in its model, so they stay unchanged.
 */
export function toJson(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isTimestampSchema()) return new Date(value as string | number).getTime() / 1_000;
  if (schema.isListSchema()) return (value as unknown[]).map((each) => toJson(schema.getValueSchema(), each));
  if (typeof value !== "object" || value === null) return value;
  if (schema.isDocumentSchema()) return value;
  const memberOf = (name: string): NormalizedSchema =>
    schema.isMapSchema() ? schema.getValueSchema() : schema.getMemberSchema(name);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, toJson(memberOf(name), each)]),
  );
}

/** @param messageMember `Message` or `message`, which differs between the published errors */
export function encodeRestError(error: SimulatedError, messageMember: string): RestResponse {
  const type = error.status < 500 ? "User" : "Service";
  return {
    status: error.status,
    headers: { "x-amzn-errortype": error.code },
    body: JSON.stringify({ Type: type, [messageMember]: error.message }),
  };
}
