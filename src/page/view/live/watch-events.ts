import type { TableObject } from "../../../api/kubernetes/table.ts";
import type { FailureStatus } from "../../../api/failure.ts";
import { rowsOfTable, type BindingRow } from "../rows.ts";

/** One line of a watch of bindings as tables. */
export type RowEvent =
  | {
      readonly kind: "row";
      readonly version: string;
      readonly type: "set" | "removed";
      readonly row: BindingRow;
    }
  /** Everything up to this version was sent. Also of an object that this page does not understand. */
  | { readonly kind: "version"; readonly version: string }
  /** The watch cannot go on: list again. */
  | { readonly kind: "ended"; readonly message: string };

interface WatchLine {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: object;
}

type Columns = TableObject["columnDefinitions"];

/** Reads the lines of one stream: only its first table names the columns. */
export class RowEventReader {
  #columns: Columns = [];
  #rest = "";

  /** @param chunk of the stream, which may end within a line @throws SyntaxError for a line that is not JSON */
  read(chunk: string, receivedMs: number): readonly RowEvent[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines
      .filter((line) => line !== "")
      .map((line) => this.#event(JSON.parse(line) as WatchLine, receivedMs));
  }

  #event({ type, object }: WatchLine, receivedMs: number): RowEvent {
    if (type === "ERROR") return { kind: "ended", message: (object as FailureStatus).message };
    const table = object as Partial<TableObject>;
    this.#columns = table.columnDefinitions ?? this.#columns;
    const version = table.metadata?.resourceVersion ?? "";
    if (type === "BOOKMARK") return { kind: "version", version };
    const [row] = rowsOfTable({ columnDefinitions: this.#columns, rows: table.rows ?? [] }, receivedMs).rows;
    if (row === undefined) return { kind: "version", version };
    return { kind: "row", version, type: type === "DELETED" ? "removed" : "set", row };
  }
}

/** Whether a version is later than another one. Both are whole numbers, longer than those that JavaScript counts exactly. */
export function isLater(version: string, than: string): boolean {
  return /^\d+$/.test(version) && (!/^\d+$/.test(than) || BigInt(version) > BigInt(than));
}
