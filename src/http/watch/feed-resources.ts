import { API_VERSION } from "../../api/group.ts";
import type { ApiObject } from "../../api/object.ts";
import { RESOURCES } from "../../api/resources.ts";
import { columnsOf } from "../kubernetes/columns/columns.ts";
import type { TableColumn } from "../kubernetes/columns/column.ts";
import { NAMESPACE } from "../kubernetes/columns/core.ts";
import { namespaces } from "../kubernetes/namespaces.ts";
import { METADATA_FIELDS, type SelectableField } from "../request/field-selector.ts";
import type { Reader } from "../request/reader.ts";
import { fieldsOf, objectsOf } from "../resources/resources.ts";

/** A resource whose changes can be watched. */
export interface FeedResource {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly fields: readonly SelectableField<ApiObject<string>>[];
  readonly columns: readonly TableColumn<ApiObject<string>>[];
  readonly objects: (reader: Reader) => Iterable<ApiObject<string>>;
}

const WATCHED = [
  "awsaccounts",
  "bindings",
  "drifts",
  "functionpermissions",
  "holds",
  "managedpolicies",
] as const;

const OWN = WATCHED.map((name): FeedResource => ({
  name,
  apiVersion: API_VERSION,
  kind: RESOURCES[name].kind,
  fields: fieldsOf(name),
  columns: columnsOf(name),
  objects: (reader) => objectsOf(reader, name, null),
}));

/** The objects of a cluster have another version, and are else as the others. */
export const NAMESPACES: FeedResource = {
  name: "namespaces",
  apiVersion: "v1",
  kind: "Namespace",
  fields: METADATA_FIELDS,
  columns: NAMESPACE as readonly object[] as FeedResource["columns"],
  objects: (reader) => namespaces(reader) as readonly object[] as readonly ApiObject<string>[],
};

const BY_NAME: ReadonlyMap<string, FeedResource> = new Map(
  [...OWN, NAMESPACES].map((resource) => [resource.name, resource]),
);

/** null: its changes cannot be watched. */
export function feedResource(name: string): FeedResource | null {
  return BY_NAME.get(name) ?? null;
}
