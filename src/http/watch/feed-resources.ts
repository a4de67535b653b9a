import { API_VERSION } from "../../api/group.ts";
import type { ApiObject } from "../../api/object.ts";
import { RESOURCES } from "../../api/resources.ts";
import { columnsOf } from "../kubernetes/columns/columns.ts";
import type { TableColumn } from "../kubernetes/columns/column.ts";
import { NAMESPACE } from "../kubernetes/columns/core.ts";
import { namespaces } from "../kubernetes/namespaces.ts";
import { METADATA_FIELDS, type SelectableField } from "../request/field-selector.ts";
import { sees } from "../access/access.ts";
import { binding } from "../present/bindings.ts";
import { owner } from "../present/manifests.ts";
import { visibleKeys, type Reader } from "../request/reader.ts";
import { watchedId } from "./object-log.ts";
import { versionStamp, type FeedEntry, type LookParts } from "./stamps.ts";
import { selectorFields, objectsOf } from "../resources/resources.ts";

/** A resource whose changes can be watched. */
export interface FeedResource {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly fields: readonly SelectableField<ApiObject<string>>[];
  readonly columns: readonly TableColumn<ApiObject<string>>[];
  readonly objects: (reader: Reader) => Iterable<ApiObject<string>>;
  /** The same objects; they are computed only where it is needed. */
  readonly entries: (look: LookParts) => Iterable<FeedEntry>;
}

const WATCHED = [
  "awsaccounts",
  "bindings",
  "drifts",
  "functionpermissions",
  "holds",
  "managedpolicies",
] as const;

/** Of resources that may have many thousand objects. */
const ENTRIES: { readonly [R in (typeof WATCHED)[number]]?: FeedResource["entries"] } = {
  bindings: bindingEntries,
  functionpermissions: (look) => ownerEntries(look, "FunctionPermission"),
  managedpolicies: (look) => ownerEntries(look, "ManagedPolicy"),
};

function* bindingEntries({ reader, stamps, ...rest }: LookParts): Generator<FeedEntry, void> {
  const stampOf = stamps.ofKeys({ reader, ...rest });
  for (const key of visibleKeys(reader)) {
    const { namespace = "", name = "" } = reader.world.places.get(key) ?? {};
    yield { id: `${namespace}/${name}`, stampOf: () => stampOf(key), item: () => binding(reader, key) };
  }
}

function* ownerEntries(
  { reader, stamps, requestedReconciles }: LookParts,
  kind: "FunctionPermission" | "ManagedPolicy",
): Generator<FeedEntry, void> {
  const stampOf = stamps.ofKeys({ reader, requestedReconciles });
  for (const record of reader.world.objects) {
    if (record.kind !== kind || !sees(reader.access, record.namespace)) continue;
    const { namespace, name, uid, keys } = record;
    const stampOfRecord = (): string =>
      [versionStamp(record), requestedReconciles.handled(uid) ?? "", ...keys.map(stampOf)].join(" ");
    yield { id: `${namespace}/${name}`, stampOf: stampOfRecord, item: () => owner(reader, record, kind) };
  }
}

const OWN = WATCHED.map((name): FeedResource => ({
  name,
  apiVersion: API_VERSION,
  kind: RESOURCES[name].kind,
  fields: selectorFields(name),
  columns: columnsOf(name),
  objects: (reader) => objectsOf(reader, name, null),
  entries: ENTRIES[name] ?? ((look) => entriesOf(objectsOf(look.reader, name, null))),
}));

function* entriesOf(items: Iterable<ApiObject<string>>): Generator<FeedEntry, void> {
  for (const item of items) yield { id: watchedId(item), stampOf: null, item: () => item };
}

/** The objects of a cluster have another version, and are else as the others. */
export const NAMESPACES: FeedResource = {
  name: "namespaces",
  apiVersion: "v1",
  kind: "Namespace",
  fields: METADATA_FIELDS,
  columns: NAMESPACE as readonly object[] as FeedResource["columns"],
  objects: namespaceObjects,
  entries: ({ reader }) => entriesOf(namespaceObjects(reader)),
};

function namespaceObjects(reader: Reader): readonly ApiObject<string>[] {
  return namespaces(reader) as readonly object[] as readonly ApiObject<string>[];
}

const BY_NAME: ReadonlyMap<string, FeedResource> = new Map(
  [...OWN, NAMESPACES].map((resource) => [resource.name, resource]),
);

/** null: its changes cannot be watched. */
export function feedResource(name: string): FeedResource | null {
  return BY_NAME.get(name) ?? null;
}
