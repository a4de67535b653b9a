import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { TransparencyLogEntry } from "@sigstore/protobuf-specs";
import { err, ok, type Result } from "../../model/values/result.ts";
import { refusal, WITH_FIRST_REKOR, type GitsignRefusal } from "./refusal.ts";

/** An entry of the log with all parts that prove it, read and not verified. The body is empty: gitsign leaves it out. */
export interface LogEntry extends TransparencyLogEntry {
  readonly logId: NonNullable<TransparencyLogEntry["logId"]>;
  readonly kindVersion: NonNullable<TransparencyLogEntry["kindVersion"]>;
}

/** How gitsign names the entry that it computes again (canonicalHashedRekordBody in internal/rekor/oid/oid.go). */
export const ENTRY_KIND = { kind: "hashedrekord", version: "0.0.1" } as const;

const HASH_BYTES = 32;
const MAX_CHECKPOINT = 8_192;
/**
 * The verifier takes the name of a signature in a checkpoint for a regular expression, and compares it with the address of
 * the log before it checks the signature: a name with operators could occupy the process for hours.
 */
const CHECKPOINT_NAME = /^[A-Za-z0-9._:/-]+$/;

type Value = bigint | Uint8Array;
type MessageFields = ReadonlyMap<number, readonly Value[]>;

/**
 * Reads a TransparencyLogEntry (sigstore_rekor.proto of sigstore/protobuf-specs). Entries of Rekor version 2 have no signed
 * time; entries without a proof of inclusion are refused, although the signed time alone would be a promise of the log.
 */
export function readLogEntry(bytes: Buffer): Result<LogEntry, GitsignRefusal> {
  try {
    return entryOf(fieldsOf(bytes));
  } catch {
    // The bytes are those of the author of the commit: the reader throws if they are no Protobuf, or have other types.
    return err(refusal("InvalidSignature", "has a log entry that cannot be read"));
  }
}

function entryOf(fields: MessageFields): Result<LogEntry, GitsignRefusal> {
  const promise = message(fields, 5);
  const proof = message(fields, 6);
  const { kind, version } = { kind: text(message(fields, 3), 1), version: text(message(fields, 3), 2) };
  if (kind !== ENTRY_KIND.kind || version !== ENTRY_KIND.version)
    return err(
      refusal("UnsupportedFormat", "has a log entry that is not a hashedrekord 0.0.1", WITH_FIRST_REKOR),
    );
  const signedEntryTimestamp = data(promise, 1);
  if (signedEntryTimestamp.length === 0)
    return err(
      refusal(
        "UnsupportedFormat",
        "has a log entry without a signed time, as of Rekor version 2",
        WITH_FIRST_REKOR,
      ),
    );
  const envelope = text(message(proof, 5), 1);
  const hashes = (proof.get(4) ?? []).map(bytesOf);
  if (envelope === "")
    return err(refusal("InvalidSignature", "has a log entry without a proof that it is in the log"));
  if (!isPlainCheckpoint(envelope) || hashes.some(({ length }) => length !== HASH_BYTES))
    return err(refusal("InvalidSignature", "has a log entry with a malformed proof"));
  return ok({
    logIndex: integer(fields, 1),
    logId: { keyId: data(message(fields, 2), 1) },
    kindVersion: ENTRY_KIND,
    integratedTime: integer(fields, 4),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: integer(proof, 1),
      rootHash: data(proof, 2),
      treeSize: integer(proof, 3),
      hashes,
      checkpoint: { envelope },
    },
    canonicalizedBody: Buffer.alloc(0),
  });
}

function isPlainCheckpoint(envelope: string): boolean {
  if (envelope.length > MAX_CHECKPOINT) return false;
  const signatures = envelope.slice(envelope.indexOf("\n\n")).match(/\u2014 \S+/g) ?? [];
  return signatures.every((line) => CHECKPOINT_NAME.test(line.slice(2)));
}

function fieldsOf(bytes: Uint8Array): MessageFields {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, Value[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const values = fields.get(number) ?? [];
    if (type === WireType.Varint) values.push(BigInt(reader.int64()));
    else if (type === WireType.LengthDelimited) values.push(reader.bytes());
    else reader.skip(type, number);
    fields.set(number, values);
  }
  return fields;
}

/** A second value would replace the first one for some readers. */
function single(fields: MessageFields, number: number): Value | undefined {
  const values = fields.get(number) ?? [];
  if (values.length > 1) throw new TypeError(`field ${number} is repeated`);
  return values[0];
}

function bytesOf(value: Value | undefined): Buffer {
  if (typeof value === "bigint") throw new TypeError("expected bytes");
  return Buffer.from(value ?? []);
}

function data(fields: MessageFields, number: number): Buffer {
  return bytesOf(single(fields, number));
}

function message(fields: MessageFields, number: number): MessageFields {
  return fieldsOf(data(fields, number));
}

function text(fields: MessageFields, number: number): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(data(fields, number));
}

/** As the library expects it. The verifier computes with numbers, so a larger one could mean another entry. */
function integer(fields: MessageFields, number: number): string {
  const value = single(fields, number) ?? 0n;
  if (typeof value !== "bigint" || value < 0n || value > Number.MAX_SAFE_INTEGER)
    throw new TypeError("expected a number");
  return String(value);
}
