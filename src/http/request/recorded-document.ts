import { getOrAdd } from "../../model/values/lists.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";

/** The parts of a document as people wrote it. A part of an unexpected shape is empty. */
export interface RecordedDocument {
  readonly spec: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Each document is parsed when it is first needed, and once while the reader lives. */
export function documentReader(): (record: ObjectRecord) => RecordedDocument {
  const parsed = new Map<ObjectRecord, RecordedDocument>();
  return (record) => getOrAdd(parsed, record, () => parseDocument(record));
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
