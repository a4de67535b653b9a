import { ApiFailure } from "../request/failure.ts";

/** The fields of a message by their number: bytes only, since the reviews have no others that count. */
type BytesByNumber = ReadonlyMap<number, Uint8Array>;

const MAGIC = Buffer.from("k8s\0", "latin1");

/**
 * The object in Kubernetes' protobuf envelope: its kind, and the fields of its message.
 * @throws ApiFailure BadRequest
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding
 */
export function readEnvelope(body: Uint8Array): { readonly kind: string; readonly fields: BytesByNumber } {
  if (!MAGIC.equals(body.subarray(0, MAGIC.length))) throw damaged();
  const unknown = fieldsOf(body.subarray(MAGIC.length));
  const type = message(unknown, 1);
  return { kind: protobufText(type, 2), fields: message(unknown, 2) };
}

/** An absent message has no fields. */
export function message(fields: BytesByNumber, number: number): BytesByNumber {
  return fieldsOf(fields.get(number) ?? new Uint8Array());
}

export function hasField(fields: BytesByNumber, number: number): boolean {
  return fields.has(number);
}

export function protobufText(fields: BytesByNumber, number: number): string {
  return Buffer.from(fields.get(number) ?? new Uint8Array()).toString("utf8");
}

/** Of a field that occurs twice the last value counts, as the encoding defines. */
function fieldsOf(bytes: Uint8Array): BytesByNumber {
  const fields = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 42; factor *= 128) {
      const byte = bytes[at];
      if (byte === undefined) throw damaged();
      at += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw damaged();
  };
  while (at < bytes.length) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) {
      varint();
      continue;
    }
    const length = wireType === 2 ? varint() : wireType === 1 ? 8 : wireType === 5 ? 4 : Number.NaN;
    if (!(at + length <= bytes.length)) throw damaged();
    if (wireType === 2) fields.set(Math.floor(tag / 8), bytes.subarray(at, at + length));
    at += length;
  }
  return fields;
}

function damaged(): ApiFailure {
  return new ApiFailure("BadRequest", "the body is not an object in Kubernetes' protobuf encoding");
}
