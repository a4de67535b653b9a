import type { NormalizedSchema } from "@smithy/core/schema";
import type { Output, SimulatedError } from "../contract.ts";
import { wireName } from "./query.ts";
import { type ApiOperation, conform, schemaMembers } from "./schema.ts";

/**
 * Members that IAM sends percent-encoded. @see
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html
 */
const ENCODED_DOCUMENTS = new Set(["AssumeRolePolicyDocument", "PolicyDocument", "Document"]);

/** @throws SchemaMismatch if the output does not match the published schema: a bug in the simulator */
export function encodeXml(
  operation: ApiOperation,
  output: Output,
  { namespace, requestId }: { readonly namespace: string; readonly requestId: string },
): string {
  const { name } = operation;
  const checked = conform(operation.output, output, `${name} output`) as Output;
  const result = operation.output.isUnitSchema()
    ? ""
    : `<${name}Result>${encodeMembers(operation.output, checked)}</${name}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${name}Response xmlns="${namespace}">${result}${metadata}</${name}Response>`;
}

export function encodeXmlError(error: SimulatedError, namespace: string, requestId: string): string {
  const type = error.status < 500 ? "Sender" : "Receiver";
  const detail = `<Type>${type}</Type><Code>${escape(error.code)}</Code><Message>${escape(error.message)}</Message>`;
  return `<ErrorResponse xmlns="${namespace}"><Error>${detail}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function encodeMembers(schema: NormalizedSchema, value: Output): string {
  let text = "";
  for (const [name, member] of schemaMembers(schema)) {
    const each = value[name];
    if (each === undefined) continue;
    const tag = wireName(name, member);
    text += `<${tag}>${encode(member, each, name)}</${tag}>`;
  }
  return text;
}

function encode(schema: NormalizedSchema, value: unknown, memberName: string): string {
  if (schema.isStructSchema()) return encodeMembers(schema, value as Output);
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    return (value as unknown[]).map((each) => `<member>${encode(member, each, "")}</member>`).join("");
  }
  if (schema.isMapSchema()) return encodeMap(schema, value as Output);
  if (schema.isTimestampSchema())
    return new Date(value as string | number).toISOString().replace(/\.\d{3}Z$/, "Z");
  const text = String(value);
  return escape(ENCODED_DOCUMENTS.has(memberName) ? percentEncode(text) : text);
}

function encodeMap(schema: NormalizedSchema, value: Output): string {
  const member = schema.getValueSchema();
  return Object.entries(value)
    .map(
      ([key, each]) => `<entry><key>${escape(key)}</key><value>${encode(member, each, "")}</value></entry>`,
    )
    .join("");
}

/** RFC 3986: all characters except unreserved ones are encoded. */
function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"\r]/g, (each) => `&#x${each.charCodeAt(0).toString(16).toUpperCase()};`);
}
