import type { ManifestObject } from "../../manifest/compile/objects.ts";
import { createHash } from "node:crypto";
import type { Key } from "../../model/keys/key.ts";
import type { Steps } from "../../model/values/steps.ts";
import { byKey } from "../../text/order.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";

interface ObjectId {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

interface RecordedObjects {
  readonly records: readonly ObjectRecord[];
  /** Whether the document was last seen in a file that cannot be read now. */
  readonly isUnread: (object: ObjectRecord) => boolean;
  /** Of the document of an object, as the record has it. */
  readonly textOf: (object: ManifestObject) => string;
}

/**
 * The documents of a revision that differ from their records, as the API shows them, and the documents that are gone. Documents last seen in an unread
 * file are not gone. `generation` counts changes of the canonical spec.
 */
export function* objectRecords(
  objects: readonly ManifestObject[],
  { records: before, isUnread, textOf }: RecordedObjects,
  nowIso: string,
): Steps<{ readonly objects: readonly ObjectRecord[]; readonly removed: readonly ObjectId[] }> {
  const known = new Map(before.map((record) => [idOf(record), record]));
  const named = new Map(objects.map((object) => [idOf(object), object]));
  const sorted = [...named].sort(byKey);
  yield;
  const records: ObjectRecord[] = [];
  for (const [id, object] of sorted) {
    const text = textOf(object);
    const recorded = known.get(id);
    if (recorded === undefined || !isRecorded(object, text, recorded))
      records.push(recordOf(object, text, { before: recorded, nowIso }));
    yield;
  }
  const removed = before
    .filter((record) => !named.has(idOf(record)) && !isUnread(record))
    .map(({ kind, namespace, name }) => ({ kind, namespace, name }));
  return { objects: records, removed };
}

function idOf(object: ObjectId): string {
  return `${object.kind}/${object.namespace}/${object.name}`;
}

function isRecorded({ file, line, keys }: ManifestObject, text: string, record: ObjectRecord): boolean {
  const isInPlace = record.file === file && record.line === line;
  const hasKeys = record.keys.length === keys.length && record.keys.every((key, at) => key === keys[at]);
  return isInPlace && hasKeys && record.document === text;
}

interface Recording {
  readonly before: ObjectRecord | undefined;
  readonly nowIso: string;
}

function recordOf(object: ManifestObject, document: string, { before, nowIso }: Recording): ObjectRecord {
  const generation =
    before === undefined ? 1 : before.document === document ? before.generation : before.generation + 1;
  return {
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    uid: uuidOf(idOf(object)),
    generation,
    observedGeneration: before?.observedGeneration ?? 0,
    resourceVersion: before?.resourceVersion ?? 0,
    createdAt: before?.createdAt ?? nowIso,
    document,
    file: object.file,
    line: object.line,
    keys: object.keys,
  };
}

/** The namespace of our UUIDs (RFC 9562 name-based, version 5). */
const UID_NAMESPACE = Buffer.from("5c8b1f0e4d2a4b7f9e61a3d07c42e895", "hex");

/** The same document has the same uid in every installation. */
function uuidOf(id: string): string {
  const bytes = createHash("sha1").update(UID_NAMESPACE).update(id, "utf8").digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Objects whose keys have all had a pass since the change: their generation was observed. */
export function observedObjects(
  objects: readonly ObjectRecord[],
  pending: ReadonlySet<Key>,
): readonly ObjectRecord[] {
  return objects
    .filter(
      (object) =>
        object.observedGeneration !== object.generation && !object.keys.some((key) => pending.has(key)),
    )
    .map((object) => ({ ...object, observedGeneration: object.generation }));
}
