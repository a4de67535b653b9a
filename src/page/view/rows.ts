import type { TableObject } from "../../api/kubernetes/table.ts";
import type { ObjectMeta } from "../../api/object.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { parseDurationMs } from "../../model/values/duration.ts";
import { keyOfObject } from "./object-names.ts";

/** How long AWS differs from Git, by the table. `forMs` is of the time when the row was read. */
type RowDrift =
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }
  | { readonly kind: "drifted"; readonly forMs: number };

/** A binding as the list of functions shows it. */
export interface BindingRow {
  readonly key: Key;
  readonly kind: "function" | "policy";
  /** The name of the object in the API. */
  readonly name: string;
  readonly namespace: string;
  /** Of the manifest. */
  readonly owner: string;
  /** `prod/eu-west-1`, for a policy `prod`. */
  readonly place: string;
  readonly account: string;
  readonly sync: "synced" | "out of sync" | "unknown";
  readonly drift: RowDrift;
  /** The reason of the condition Ready. */
  readonly reason: string;
  readonly message: string;
  readonly mode: string;
  /** By the clock of the page: when the row was received. */
  readonly receivedMs: number;
}

/** The rows of a table of bindings. A row that cannot be understood is left out and counted, so that none is missing unseen. */
export function rowsOfTable(
  table: Pick<TableObject, "columnDefinitions" | "rows">,
  receivedMs: number,
): { readonly rows: readonly BindingRow[]; readonly notUnderstood: number } {
  const places = new Map(table.columnDefinitions.map(({ name }, at) => [name, at]));
  const rows = table.rows.flatMap((row) => {
    const cell = (name: string): string => String(row.cells[places.get(name) ?? -1] ?? "unknown");
    const found = rowOf(metadataOf(row.object), cell, receivedMs);
    return found === null ? [] : [found];
  });
  return { rows, notUnderstood: table.rows.length - rows.length };
}

function metadataOf(object: object | null): ObjectMeta | null {
  return object !== null && "metadata" in object ? (object.metadata as ObjectMeta) : null;
}

function rowOf(
  metadata: ObjectMeta | null,
  cell: (name: string) => string,
  receivedMs: number,
): BindingRow | null {
  const { namespace, name } = metadata ?? {};
  const key = namespace === undefined || name === undefined ? undefined : keyOfObject(namespace, name);
  if (key === undefined || name === undefined) return null;
  const parts = keyParts(key);
  const place = cell("Target").split("@").at(-1) ?? parts.accountId;
  return {
    key,
    kind: parts.kind,
    name,
    namespace: parts.namespace,
    owner: parts.name,
    place,
    account: place.split("/")[0] ?? place,
    sync: syncOf(cell("Sync")),
    drift: driftOf(cell("Drift")),
    reason: cell("Reason"),
    message: cell("Message"),
    mode: cell("Mode"),
    receivedMs,
  };
}

/** A value that this page does not know is not taken for a good one. */
function syncOf(text: string): BindingRow["sync"] {
  if (text === "Synced") return "synced";
  return text === "OutOfSync" ? "out of sync" : "unknown";
}

function driftOf(text: string): RowDrift {
  if (text === "none") return { kind: "none" };
  const forMs = parseDurationMs(text);
  return forMs === undefined ? { kind: "unknown" } : { kind: "drifted", forMs };
}
