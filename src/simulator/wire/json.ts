import type { Input, Output, SimulatedError } from "../contract.ts";
import { parseJson, toJson, type RestResponse } from "./rest-json.ts";
import { type ApiOperation, conform } from "./schema.ts";

/**
 * awsJson1_1: the operation is named by `X-Amz-Target`, input and output are JSON.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 * @throws SchemaMismatch if a member is unknown or does not have the published type
 */
export function decodeJson(operation: ApiOperation, body: string): Input {
  return conform(operation.input, body === "" ? {} : parseJson(body), operation.name) as Input;
}

/** @throws SchemaMismatch if the output does not match the published schema: a bug in the simulator */
export function encodeJson(operation: ApiOperation, output: Output): RestResponse {
  const checked = conform(operation.output, output, `${operation.name} output`);
  return json(200, toJson(operation.output, checked));
}

export function encodeJsonError({ code, status, message }: SimulatedError): RestResponse {
  return json(status, { __type: code, Message: message });
}

function json(status: number, value: unknown): RestResponse {
  return { status, headers: { "content-type": "application/x-amz-json-1.1" }, body: JSON.stringify(value) };
}
