import type { AuditEvent } from "../../api/events.ts";
import { historyRows, lacksItsWrite, type HistoryRow } from "../../wording/history/history-rows.ts";
import type { HistoryContext } from "../../wording/history/history-texts.ts";

/** Kept beyond what the rows need, so that few entries cost a look at all of them. */
const SLACK = 200;
const WITHOUT_NAMES: HistoryContext = { accounts: new Map(), nowMs: 0 };

/** The rows of the newest events, whole; null where the events are too few for so many. */
export function newestRows(
  events: readonly AuditEvent[],
  limit: number,
  context: HistoryContext,
): readonly HistoryRow[] | null {
  const completeRows = historyRows(events, context).filter((row) => !lacksItsWrite(row));
  return completeRows.length < limit ? null : completeRows.slice(0, limit);
}

/** Keeps what the newest rows need of a record that is read from its beginning. */
export class NewestRows {
  readonly #limit: number;
  /** Oldest first. */
  #events: AuditEvent[] = [];
  #lookAt: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#lookAt = 2 * limit + SLACK;
  }

  get kept(): number {
    return this.#events.length;
  }

  add(event: AuditEvent): void {
    this.#events.push(event);
    if (this.#events.length < this.#lookAt) return;
    const rows = newestRows(this.#events.toReversed(), this.#limit, WITHOUT_NAMES);
    if (rows !== null) this.#events = rows.flatMap(({ events }) => events).toSorted((a, b) => a.seq - b.seq);
    this.#lookAt = Math.max(2 * this.#limit, 2 * this.#events.length) + SLACK;
  }

  rows(context: HistoryContext): readonly HistoryRow[] {
    const events = this.#events.toReversed();
    return newestRows(events, this.#limit, context) ?? historyRows(events, context).slice(0, this.#limit);
  }
}
