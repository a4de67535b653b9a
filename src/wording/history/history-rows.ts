import type { AuditEvent } from "../../api/events.ts";
import { entryText, eventTarget, writeText, type EntryText, type HistoryContext } from "./history-texts.ts";

/** One line of the history: an entry, a write with its result, or a revert with its writes. */
export interface HistoryRow {
  readonly entry: number;
  /** The newest entry that is in the line: of a write its result. */
  readonly last: number;
  readonly at: string;
  /** `applied`, `reverted`, `approved` … */
  readonly kind: string;
  /** Who did it; `-` where the record does not name anyone. */
  readonly by: string;
  readonly message: string;
  /** In a line of its own; "" for none. */
  readonly below: string;
  /** Newest first. */
  readonly events: readonly AuditEvent[];
}

/** The entries of the record that belong together. */
interface RelatedEvents {
  /** By the number of the write. */
  readonly results: ReadonlyMap<number, AuditEvent>;
  readonly intents: ReadonlySet<number>;
  /** By the number of a revert: its writes, newest first. */
  readonly reverting: ReadonlyMap<number, readonly AuditEvent[]>;
}

/** Newest first, as the events are. The result of a write is in the line of the write, and the writes of a revert in that of the revert. */
export function historyRows(events: readonly AuditEvent[], context: HistoryContext): readonly HistoryRow[] {
  const related = relatedOf(events);
  const folded = new Set([...related.reverting.values()].flat().map(({ seq }) => seq));
  return events
    .filter((event) => !folded.has(event.seq) && !(isResult(event) && related.intents.has(intentOf(event))))
    .map((event) => rowOf(event, related, context));
}

/** Whether it is the result of a write that is not among the events. */
export function lacksItsWrite({ entry, events }: HistoryRow): boolean {
  return events.some((event) => event.seq === entry && isResult(event));
}

function rowOf(
  event: AuditEvent,
  { results, reverting }: RelatedEvents,
  context: HistoryContext,
): HistoryRow {
  const result = results.get(event.seq);
  const all = [event, ...(reverting.get(event.seq) ?? [])].flatMap((one) => {
    const its = results.get(one.seq);
    return its === undefined ? [one] : [its, one];
  });
  const text: EntryText =
    event.kind === "write-intended" ? writeText(event, result) : entryText(event, context);
  const parts = [eventTarget(event, context), text.message].filter((part) => part !== "");
  return {
    entry: event.seq,
    last: result?.seq ?? event.seq,
    at: event.at,
    kind: text.kind ?? event.kind,
    by: text.by,
    message: parts.join(text.joint ?? ": "),
    below: text.below ?? "",
    events: all.toSorted((a, b) => b.seq - a.seq),
  };
}

function relatedOf(events: readonly AuditEvent[]): RelatedEvents {
  const intents = new Set(events.filter(({ kind }) => kind === "write-intended").map(({ seq }) => seq));
  const results = new Map(events.filter(isResult).map((event) => [intentOf(event), event]));
  return { intents, results, reverting: revertingWrites(events, results) };
}

const SUCCEEDED: ReadonlySet<unknown> = new Set(["applied", "found-applied"]);

/** Of each revert the writes of its function that reverted something since then, and of no revert before it. */
function revertingWrites(
  events: readonly AuditEvent[],
  results: ReadonlyMap<number, AuditEvent>,
): ReadonlyMap<number, readonly AuditEvent[]> {
  const found = new Map<number, readonly AuditEvent[]>();
  const waiting = new Map<unknown, readonly AuditEvent[]>();
  for (const event of events.toReversed()) {
    const { kind, cause, how, since, seq } = event;
    const key = event["key"];
    const before = waiting.get(key) ?? [];
    if (kind === "write-intended" && cause === "out-of-band" && SUCCEEDED.has(results.get(seq)?.["outcome"]))
      waiting.set(key, [event, ...before]);
    if (kind !== "drift-ended" || how !== "reverted" || typeof since !== "string") continue;
    found.set(
      seq,
      before.filter(({ at }) => at >= since),
    );
    waiting.delete(key);
  }
  return found;
}

function isResult({ kind }: AuditEvent): boolean {
  return kind === "write-finished";
}

function intentOf(result: AuditEvent): number {
  return Number(result["intent"]);
}
