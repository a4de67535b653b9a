import type { ManifestObject } from "../../manifest/compile/objects.ts";
import type { Key } from "../../model/keys/key.ts";
import type { RecordedObjectName } from "../ports/store.ts";
import { canonicalText } from "../../model/values/digest.ts";
import { ScopedNames } from "../../manifest/scoped-names.ts";
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
  const parts = differentParts(objects, recorded);
  const before = objectsById(parts.recorded);
  const now = objectsById(parts.objects);
  const changed = [...now].filter(([id, object]) => !isSameObject(object, before.get(id)));
  const gone = [...before].filter(([id]) => !now.has(id));
  return {
    objects: changed.map(([, object]) => object),
    ids: [...changed, ...gone].map(([, { kind, namespace, name }]) => ({ kind, namespace, name })),
  };
}

interface ObjectLists {
  readonly objects: readonly ManifestObject[];
  readonly recorded: readonly ManifestObject[];
}

/**
 * The lists without the objects at their starts and ends that are the same: a push changes few of thousands, and each id is a
 * new text. All of them, if an object in between may have the name of one outside: of several with one name, the last one counts.
 */
function differentParts(
  objects: readonly ManifestObject[],
  recorded: readonly ManifestObject[],
): ObjectLists {
  const most = Math.min(objects.length, recorded.length);
  const isSameAt = (at: number, other: number): boolean => isUnchanged(objects.at(at), recorded.at(other));
  let start = 0;
  while (start < most && isSameAt(start, start)) start += 1;
  let end = 0;
  while (end < most - start && isSameAt(objects.length - 1 - end, recorded.length - 1 - end)) end += 1;
  const between = objects.slice(start, objects.length - end);
  const names = new Set(between.map(({ name }) => name));
  const hasName = ({ name }: ManifestObject): boolean => names.has(name);
  if (objects.slice(0, start).some(hasName) || objects.slice(objects.length - end).some(hasName))
    return { objects, recorded };
  return { objects: between, recorded: recorded.slice(start, recorded.length - end) };
}

function isUnchanged(object: ManifestObject | undefined, before: ManifestObject | undefined): boolean {
  if (object === undefined || before === undefined || !isSameObject(object, before)) return false;
  return object.name === before.name && object.namespace === before.namespace && object.kind === before.kind;
}

/** The objects of the record after a revision: of several documents with one name, it has the last one. */
export function distinctObjects(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  const names = new ScopedNames();
  const areDistinct = objects.every(({ kind, namespace, name }) => names.add(kind, namespace, name));
  return areDistinct ? objects : [...objectsById(objects).values()];
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
