import { bindingSummary, type BindingSummaryObject } from "../../api/browser/binding-summary.ts";
import type { BindingObject } from "../../api/bindings.ts";
import type { PartialObjectMetadata, TableObject, TableRow } from "../../api/kubernetes/table.ts";
import type { ObjectMeta } from "../../api/object.ts";
import { mediaTypes } from "./discovery.ts";
import type { TableColumn } from "./columns/column.ts";

/** Which object a row of a table has: its metadata, of a binding its state in fields too, all of it, or none. */
export type IncludedObject = "Metadata" | "Summary" | "Object" | "None";

export function wantsTable(accept: string | undefined): boolean {
  return mediaTypes(accept).some(
    (parameters) =>
      parameters.get("as") === "Table" &&
      parameters.get("g") === "meta.k8s.io" &&
      parameters.get("v") === "v1",
  );
}

interface Rows<Item> {
  readonly items: readonly Item[];
  /** Of the list; of one object its own. */
  readonly metadata: TableObject["metadata"];
  readonly include: IncludedObject;
  readonly nowMs: number;
}

export function tableOf<Item extends { readonly metadata: ObjectMeta }>(
  columns: readonly TableColumn<Item>[],
  { items, metadata, include, nowMs }: Rows<Item>,
): TableObject {
  return {
    apiVersion: "meta.k8s.io/v1",
    kind: "Table",
    metadata,
    columnDefinitions: columnDefinitions(columns),
    // Computed when it is read: a long table is computed row by row while it is sent.
    rows: items.map((item) => tableRowOf(columns, item, { include, nowMs })),
  };
}

export function columnDefinitions<Item>(
  columns: readonly TableColumn<Item>[],
): TableObject["columnDefinitions"] {
  return columns.map(({ name, type = "string", description, isWide = false }) => ({
    name,
    type,
    format: name === "Name" ? "name" : "",
    description,
    priority: isWide ? 1 : 0,
  }));
}

export function tableRowOf<Item extends { readonly metadata: ObjectMeta }>(
  columns: readonly TableColumn<Item>[],
  item: Item,
  { include, nowMs }: Pick<Rows<Item>, "include" | "nowMs">,
): TableRow {
  return {
    get cells() {
      // The status is computed at each reading: once for all columns.
      const read = { ...item };
      return columns.map((column) => column.cell(read, nowMs));
    },
    object: includedObject(item, include, nowMs),
  };
}

/** null: the client asked for rows without objects. */
function includedObject(
  item: { readonly metadata: ObjectMeta },
  include: IncludedObject,
  nowMs: number,
): object | null {
  if (include === "Object") return item;
  if (include === "None") return null;
  if (include === "Summary" && isBinding(item)) return summaryObject(item, nowMs);
  const { metadata } = item;
  const partial: PartialObjectMetadata = {
    apiVersion: "meta.k8s.io/v1",
    kind: "PartialObjectMetadata",
    metadata,
  };
  return partial;
}

function isBinding(item: object): item is BindingObject {
  return "kind" in item && item.kind === "Binding";
}

function summaryObject(binding: BindingObject, nowMs: number): BindingSummaryObject {
  const { apiVersion, metadata } = binding;
  const asOf = new Date(nowMs).toISOString();
  return { apiVersion, kind: "BindingSummary", metadata, summary: bindingSummary(binding), asOf };
}
