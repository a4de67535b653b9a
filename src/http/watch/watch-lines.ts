import type { ApiObject } from "../../api/object.ts";
import { columnDefinitions, tableRowOf, type IncludedObject } from "../kubernetes/table.ts";
import type { TableColumn } from "../kubernetes/columns/column.ts";
import type { ApiFailure } from "../request/failure.ts";
import { httpStatusOf } from "../request/failure.ts";
import type { ChangeType } from "./object-log.ts";

/** How a client reads the objects of a watch. */
export interface WatchForm {
  /** Whether it reads tables of one row in place of objects. */
  readonly isTable: boolean;
  readonly include: IncludedObject;
}

/** The content of an event: JSON of an object, and whether the object is only named. */
export interface EventObjectText {
  readonly text: string;
  readonly isRemoved: boolean;
  readonly resourceVersion: string;
  /** Rows made from it before, by the objects that they include. */
  readonly rows: Map<string, string>;
}

interface LineDescription {
  readonly apiVersion: string;
  readonly kind: string;
  readonly columns: readonly TableColumn<ApiObject<string>>[];
}

const REMOVED = "removed";
const TABLE = `"apiVersion":"meta.k8s.io/v1","kind":"Table"`;

/** The events of one watch as lines of JSON. */
export class WatchLines {
  readonly #form: WatchForm;
  readonly #of: LineDescription;
  readonly #nowMs: () => number;
  #hasColumns = false;

  constructor(form: WatchForm, of: LineDescription, nowMs: () => number) {
    this.#form = form;
    this.#of = of;
    this.#nowMs = nowMs;
  }

  /** Its client sees nothing of an object but its row and its metadata. */
  get isRowOnly(): boolean {
    return this.#form.isTable && this.#form.include !== "Object";
  }

  /** The next ones are as those of any watch in this form: the first table was sent. */
  get areShared(): boolean {
    return !this.#form.isTable || this.#hasColumns;
  }

  event(type: ChangeType, event: EventObjectText): string {
    const { text, resourceVersion } = event;
    if (!this.#form.isTable) return `{"type":"${type}","object":${text}}\n`;
    const { include } = this.#form;
    const row = event.rows.get(include) ?? this.#row(event);
    // One with the object is as long as the object, which the log counts and keeps once.
    if (include !== "Object") event.rows.set(include, row);
    return this.#table(type, resourceVersion, row);
  }

  /** @param isInitialEnd it ends the events of the objects that existed when the watch began */
  bookmark(resourceVersion: string, isInitialEnd: boolean): string {
    const annotations = isInitialEnd ? { annotations: { "k8s.io/initial-events-end": "true" } } : {};
    const metadata = { resourceVersion, creationTimestamp: null, ...annotations };
    const { apiVersion, kind } = this.#of;
    if (!this.#form.isTable)
      return `{"type":"BOOKMARK","object":${JSON.stringify({ apiVersion, kind, metadata })}}\n`;
    const object = { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata };
    return this.#table("BOOKMARK", resourceVersion, JSON.stringify({ cells: [], object }));
  }

  #table(type: ChangeType | "BOOKMARK", resourceVersion: string, row: string): string {
    const metadata = JSON.stringify({ resourceVersion });
    // Of a stream only the first table has them.
    const columns = this.#hasColumns
      ? ""
      : `"columnDefinitions":${JSON.stringify(columnDefinitions(this.#of.columns))},`;
    this.#hasColumns = true;
    return `{"type":"${type}","object":{${TABLE},"metadata":${metadata},${columns}"rows":[${row}]}}\n`;
  }

  #row({ text, isRemoved }: EventObjectText): string {
    const item = JSON.parse(text) as ApiObject<string>;
    const at = { include: this.#form.include, nowMs: this.#nowMs() };
    const { columns } = this.#of;
    if (!isRemoved) return JSON.stringify(tableRowOf(columns, item, at));
    // Its last state is not kept.
    const cells = columns.map((column) =>
      column.name === "Name" || column.name === "Age" ? column.cell(item, at.nowMs) : REMOVED,
    );
    const include = at.include === "None" ? "None" : "Metadata";
    return JSON.stringify({ ...tableRowOf([], item, { ...at, include }), cells });
  }
}

/** The last line of a watch that cannot go on. */
export function errorLine(failure: ApiFailure): string {
  return `${JSON.stringify({ type: "ERROR", object: httpStatusOf(failure) })}\n`;
}
