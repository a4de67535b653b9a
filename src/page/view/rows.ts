import {
  readBlockedCell,
  readDriftCell,
  readReadyReason,
  readReasonCell,
  readSyncCell,
  readTargetCell,
  UNKNOWN,
  type DriftCell,
} from "../../api/kubernetes/binding-cells.ts";
import type { TableObject } from "../../api/kubernetes/table.ts";
import type { ObjectMeta } from "../../api/object.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { waitText } from "../../wording/words.ts";
import { keyOfObject } from "./object-names.ts";

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
  /** `forMs` is of the time when the row was read. */
  readonly drift: DriftCell;
  /** Of the condition Ready; null: it is as declared. */
  readonly reason: string | null;
  /** What a change from Git waits for, in words; null: the reason is none of a wait. */
  readonly wait: string | null;
  readonly message: string;
  readonly mode: string;
  /** Refused, broken or awaiting approval, as the accounts count it; null: not known. */
  readonly isBlocked: boolean | null;
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
    const cell = (name: string): string => String(row.cells[places.get(name) ?? -1] ?? UNKNOWN);
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
  const reason = readReasonCell(cell("Reason"));
  const message = cell("Message");
  const target = readTargetCell(cell("Target")) ?? { place: UNKNOWN, account: UNKNOWN };
  return {
    key,
    kind: parts.kind,
    name,
    namespace: parts.namespace,
    owner: parts.name,
    ...target,
    sync: SYNC[readSyncCell(cell("Sync"))],
    drift: readDriftCell(cell("Drift")),
    reason,
    wait: reason === null ? null : waitText({ reason: readReadyReason(reason), message }),
    message,
    mode: cell("Mode"),
    isBlocked: readBlockedCell(cell("Blocked")),
    receivedMs,
  };
}

const SYNC = { Synced: "synced", OutOfSync: "out of sync", Unknown: "unknown" } as const;
