import type { ManifestObject } from "../../manifest/compile/objects.ts";
import type { Key } from "../../model/keys/key.ts";
import type { RecordedObjectName } from "../ports/store.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Steps } from "../../model/values/steps.ts";
import { byKey } from "../../text/order.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import { nameUuid } from "../../text/name-uuid.ts";

interface ObjectRecords {
  readonly records: readonly ObjectRecord[];
  /** Whether the document was last seen in a file that cannot be read now. */
  readonly isUnread: (object: ObjectRecord) => boolean;
}

export interface ComparedObjects {
  readonly objects: readonly ObjectRecord[];
  readonly removed: readonly RecordedObjectName[];
  /** The number of records that no document of the revision has, and that stay. */
  readonly kept: number;
}

/**
 * The documents of a revision that differ from their records, as the API shows them, and the documents that are gone. Documents last seen in an unread
 * file are not gone. `generation` counts changes of the canonical spec.
 */
export function* objectRecords(
  objects: readonly ManifestObject[],
  { records: before, isUnread }: ObjectRecords,
  nowIso: string,
): Steps<ComparedObjects> {
  const known = new Map(before.map((record) => [idOf(record), record]));
  const named = objectsById(objects);
  const sorted = [...named].sort(byKey);
  yield;
  const records: ObjectRecord[] = [];
  for (const [id, object] of sorted) {
    const text = canonicalText(object.document);
    const recorded = known.get(id);
    if (recorded === undefined || !isAt(object, recorded) || recorded.document !== text)
      records.push(recordOf(object, text, { before: recorded, nowIso }));
    yield;
  }
  const gone = before.filter((record) => !named.has(idOf(record)));
  const removed = gone
    .filter((record) => !isUnread(record))
    .map(({ kind, namespace, name }) => ({ kind, namespace, name }));
  return { objects: records, removed, kept: gone.length - removed.length };
}

/** What a revision changes of the objects that are in the record. */
export interface ChangedObjects {
  readonly objects: readonly ManifestObject[];
  /** Of these objects, and of those that it does not have: the records that are needed to compare them. */
  readonly ids: readonly RecordedObjectName[];
}

/**
 * The objects of a revision without those that are in the record as they are. Nothing is compared by its text: a document
 * is the same value until its file changes.
 * @param recorded the objects of the record: all of them, as this process has written or compared them
 */
export function changedObjects(
  objects: readonly ManifestObject[],
  recorded: readonly ManifestObject[],
): ChangedObjects {
  const before = objectsById(recorded);
  const now = objectsById(objects);
  const changed = [...now].filter(([id, object]) => !isSameObject(object, before.get(id)));
  const gone = [...before].filter(([id]) => !now.has(id));
  return {
    objects: changed.map(([, object]) => object),
    ids: [...changed, ...gone].map(([, { kind, namespace, name }]) => ({ kind, namespace, name })),
  };
}

/** The objects of the record after a revision: of several documents with one name, it has the last one. */
export function distinctObjects(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  return [...objectsById(objects).values()];
}

function objectsById(objects: readonly ManifestObject[]): ReadonlyMap<string, ManifestObject> {
  return new Map(objects.map((object) => [idOf(object), object]));
}

function isSameObject(object: ManifestObject, before: ManifestObject | undefined): boolean {
  if (before === undefined || object.document !== before.document) return false;
  return isAt(object, before);
}

function isAt(
  { file, line, keys }: Pick<ManifestObject, "file" | "line" | "keys">,
  other: Pick<ManifestObject, "file" | "line" | "keys">,
): boolean {
  const hasKeys = other.keys.length === keys.length && other.keys.every((key, at) => key === keys[at]);
  return other.file === file && other.line === line && hasKeys;
}

function idOf(object: RecordedObjectName): string {
  return `${object.kind}/${object.namespace}/${object.name}`;
}

interface ObjectRecording {
  readonly before: ObjectRecord | undefined;
  readonly nowIso: string;
}

function recordOf(
  object: ManifestObject,
  document: string,
  { before, nowIso }: ObjectRecording,
): ObjectRecord {
  const generation =
    before === undefined ? 1 : before.document === document ? before.generation : before.generation + 1;
  return {
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    uid: nameUuid(idOf(object)),
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
