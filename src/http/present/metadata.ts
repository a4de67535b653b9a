import type { ObjectMeta } from "../../api/object.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Reader } from "../request/reader.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";

/** The parts of a document as people wrote it; what has another shape than it should is empty. */
export interface WrittenDocument {
  readonly spec: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Records stay the same objects while the store does not move on. */
const parsed = new WeakMap<ObjectRecord, WrittenDocument>();

export function writtenDocument(record: ObjectRecord): WrittenDocument {
  const known = parsed.get(record);
  if (known !== undefined) return known;
  const written = parseDocument(record);
  parsed.set(record, written);
  return written;
}

function parseDocument(record: ObjectRecord): WrittenDocument {
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

/** Of what stands for a key: its name is `suffix` after the binding's, its labels are the document's. */
export function keyMetadata({ world }: Reader, key: Key, suffix = ""): ObjectMeta {
  const object = world.objectOf.get(key);
  const place = world.places.get(key);
  if (place === undefined) throw new Error(`a key that the record does not have: ${key}`);
  const labels = object === undefined ? {} : writtenDocument(object).labels;
  return {
    name: `${place.name}${suffix}`,
    namespace: place.namespace,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
