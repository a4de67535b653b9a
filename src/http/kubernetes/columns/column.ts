import { NONE, reasonCell, UNKNOWN } from "./cells.ts";
import type { ObjectMeta } from "../../../api/object.ts";
import type { Condition } from "../../../model/status.ts";
import { formatDuration } from "../../../model/values/duration.ts";

/**
 * A column of a table. With `-A`, a name and namespaces of usual lengths, the columns that are not wide fit 80 columns: kubectl cuts
 * nothing, and a terminal breaks what is longer. Its cell has a word for each state: what was not read is `unknown`, never empty and never 0. */
export interface TableColumn<Item> {
  /** kubectl prints it in capitals. */
  readonly name: string;
  readonly type?: "string" | "integer" | "date";
  readonly description: string;
  /** Only with `-o wide`. */
  readonly isWide?: true;
  // A method, so that the columns of one kind are columns of a list of any kind.
  cell(item: Item, nowMs: number): string | number;
  /** What of the object its cell shows; missing: the cell. For cells that change with the time, or whenever AWS is read. */
  shows?(item: Item): string;
}

interface NamedObject {
  readonly metadata: ObjectMeta;
}

export const NAME: TableColumn<NamedObject> = {
  name: "Name",
  description: "The name of the object in its namespace",
  cell: ({ metadata }) => metadata.name,
};

export const AGE: TableColumn<NamedObject> = {
  name: "Age",
  description: "How long the object exists, as far as it is known",
  cell: ({ metadata }, nowMs) => ageText(metadata.creationTimestamp ?? null, nowMs),
  shows: ({ metadata }) => metadata.creationTimestamp ?? UNKNOWN,
};

/** A cell about the time of a read, for comparing rows: that AWS was read again is no change. */
export function readOnce(at: string | null): string {
  return at === null ? UNKNOWN : "read";
}

/** Equal for two states of an object that have the same row, also if it was read again. */
export function shownText<Item>(columns: readonly TableColumn<Item>[], item: Item): string {
  return JSON.stringify(columns.map((column) => column.shows?.(item) ?? column.cell(item, 0)));
}

/** `12m`; null: not known. A clock that is a little ahead counts as now. */
export function ageText(at: string | null, nowMs: number): string {
  return at === null ? UNKNOWN : formatDuration(Math.max(0, nowMs - Date.parse(at)));
}

export function conditionOfType(
  conditions: readonly Condition[],
  type: Condition["type"],
): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** Why it is ready or not. A suspension is shown also of what is as declared. */
export function conditionReasonText(conditions: readonly Condition[]): string {
  const ready = conditionOfType(conditions, "Ready");
  if (ready === undefined) return UNKNOWN;
  if (conditionOfType(conditions, "Suspended")?.status !== "True") return ready.reason;
  return ready.status === "True" ? "Suspended" : `${ready.reason},Suspended`;
}

export function exceptionText(conditions: readonly Condition[]): string {
  return reasonCell(conditionReasonText(conditions));
}

/** A condition may have nothing to add to its reason. */
export function messageText(conditions: readonly Condition[]): string {
  const ready = conditionOfType(conditions, "Ready");
  if (ready === undefined) return UNKNOWN;
  return ready.message === "" ? NONE : ready.message;
}

/** `a,b +2 more`. */
export function listText(names: readonly string[]): string {
  const all = [...new Set(names)].sort();
  if (all.length === 0) return NONE;
  const shown = all.slice(0, 3).join(",");
  return all.length > 3 ? `${shown} +${all.length - 3} more` : shown;
}
