import type { TableObject } from "../../../api/kubernetes/table.ts";
import type { FailureStatus } from "../../../api/failure.ts";
import type { Key } from "../../../model/keys/key.ts";
import { keyOfRow, rowsOfTable, type BindingRow } from "../rows.ts";

/** One line of a watch of bindings as tables. */
export type RowEvent =
  | { readonly kind: "row"; readonly version: string; readonly row: BindingRow }
  | { readonly kind: "removed"; readonly version: string; readonly key: Key }
  /** Everything up to this version was sent. Also of an object that this page does not understand. */
  | { readonly kind: "version"; readonly version: string }
  /** The watch cannot go on: list again. */
  | { readonly kind: "ended"; readonly message: string };

interface WatchLine {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: object;
}

/** Reads the lines of one stream. */
export class RowEventReader {
  #rest = "";

  /** @param chunk of the stream, which may end within a line @throws SyntaxError for a line that is not JSON */
  read(chunk: string): readonly RowEvent[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.filter((line) => line !== "").map((line) => this.#event(JSON.parse(line) as WatchLine));
  }

  #event({ type, object }: WatchLine): RowEvent {
    if (type === "ERROR") return { kind: "ended", message: (object as FailureStatus).message };
    const table = object as Partial<TableObject>;
    const version = table.metadata?.resourceVersion ?? "";
    if (type === "BOOKMARK") return { kind: "version", version };
    const rows = table.rows ?? [];
    if (type === "DELETED") {
      const key = keyOfRow(rows[0]?.object ?? null);
      return key === undefined ? { kind: "version", version } : { kind: "removed", version, key };
    }
    const [row] = rowsOfTable({ rows }).rows;
    return row === undefined ? { kind: "version", version } : { kind: "row", version, row };
  }
}

/** Whether a version is later than another one. Both are whole numbers, longer than those that JavaScript counts exactly. */
export function isLater(version: string, than: string): boolean {
  return /^\d+$/.test(version) && (!/^\d+$/.test(than) || BigInt(version) > BigInt(than));
}
