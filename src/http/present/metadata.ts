import { API_VERSION } from "../../api/group.ts";
import type { ApiObject, ObjectMeta } from "../../api/object.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Reader } from "../request/reader.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";

/** The parts of a document as people wrote it. A part of an unexpected shape is empty. */
export interface RecordedDocument {
  readonly spec: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Parsed once for each record: records stay the same objects until the next commit of the store. */
const parsed = new WeakMap<ObjectRecord, RecordedDocument>();

export function recordedDocument(record: ObjectRecord): RecordedDocument {
  const known = parsed.get(record);
  if (known !== undefined) return known;
  const written = parseDocument(record);
  parsed.set(record, written);
  return written;
}

function parseDocument(record: ObjectRecord): RecordedDocument {
  const document = asObject(JSON.parse(record.document) as Json);
  const metadata = asObject(document["metadata"]);
  return {
    spec: asObject(document["spec"]),
    labels: strings(metadata["labels"]),
    annotations: strings(metadata["annotations"]),
  };
}

function asObject(value: Json | undefined): JsonObject {
  if (typeof value !== "object" || value === null || isList(value)) return {};
  return value;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}

function strings(value: Json | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(value));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** For an object of a key: the name of the binding with a suffix, and the labels of its document. */
export function keyMetadata({ world }: Reader, key: Key, suffix = ""): ObjectMeta {
  const object = world.objectOf.get(key);
  const place = world.places.get(key);
  if (place === undefined) throw new Error(`the record has no key ${key}`);
  const labels = object === undefined ? {} : recordedDocument(object).labels;
  return {
    name: `${place.name}${suffix}`,
    namespace: place.namespace,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

export function envelope<Kind extends string>(kind: Kind, metadata: ObjectMeta): ApiObject<Kind> {
  return { apiVersion: API_VERSION, kind, metadata };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
