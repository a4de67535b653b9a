import type { BindingRow } from "../rows.ts";
import { isLater, type RowEvent } from "./watch-events.ts";

/** Rows at one version, by key. */
export interface RowSet {
  readonly rows: ReadonlyMap<string, BindingRow>;
  readonly version: string;
}

/** With the changes that are later than the rows. Changes that the list has already are left out. */
export function withEvents({ rows, version }: RowSet, events: readonly RowEvent[]): RowSet {
  const changed = new Map(rows);
  let reached = version;
  for (const event of events) {
    if (event.kind === "ended" || !isLater(event.version, reached)) continue;
    reached = event.version;
    if (event.kind === "version") continue;
    if (event.kind === "removed") changed.delete(event.key);
    else changed.set(event.row.key, event.row);
  }
  return { rows: changed, version: reached };
}
