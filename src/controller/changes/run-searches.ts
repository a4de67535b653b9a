import type { ChangeEvent, ChangeRecord } from "../../model/changes/change-event.ts";
import { HISTORY_MS, type EventSearch } from "../../model/changes/event-search.ts";
import type { EventHistory, HistoryAnswer } from "../ports/estate/event-history.ts";
import type { ControllerContext } from "../settings.ts";
import type { SoughtObject } from "../state/changes/event-searches.ts";
import { isOwnWrite } from "./own-writes.ts";

/** When an object is searched, after the read that saw its differences: CloudTrail may show an event 15 minutes late. */
const SEARCHED_AFTER_MS = [0, 300_000, 1_200_000] as const;
const AFTER_A_FAILURE_MS = 300_000;
/** Each try of a denied call is an event of the account itself. */
const AFTER_A_DENIAL_MS = 3_600_000;

interface SearchAnswer {
  readonly search: EventSearch;
  readonly records: readonly ChangeRecord[];
  readonly dueMs: number | null;
}

/** Starts the searches that are due, next to everything else: a slow answer delays no pass. */
export function startDueSearches(context: ControllerContext, inbox: SearchInbox, signal: AbortSignal): void {
  const { state, ports } = context;
  const { eventHistory } = ports;
  if (eventHistory === null) return;
  for (const object of state.eventSearches.due(ports.clock.nowMs()))
    state.eventSearches.began(object, searchOne(object, { context, eventHistory, inbox }, signal));
}

/** What becomes of the events that a search finds. */
interface SearchInbox {
  readonly wake: () => void;
  /** Records the writes by roles of Grantkeeper that are not in its record. */
  readonly judge: (events: readonly ChangeEvent[]) => Promise<ReadonlySet<string>>;
}

interface Searching {
  readonly context: ControllerContext;
  readonly eventHistory: EventHistory;
  readonly inbox: SearchInbox;
}

/** Never rejects. What it finds makes the keys due: their next pass compares it as it compares the events of a queue. */
async function searchOne(
  object: SoughtObject,
  { context, eventHistory, inbox }: Searching,
  signal: AbortSignal,
): Promise<void> {
  const { state, ports } = context;
  try {
    const found = await foundOf(object, { context, eventHistory, inbox }, signal);
    ports.telemetry.count("event_searches_total", { outcome: found.search.kind });
    if (!state.eventSearches.answered(object, found)) return;
    for (const key of object.keys) state.queue.addKey(key, ports.clock.nowMs());
    inbox.wake();
  } catch (error) {
    if (signal.aborted) return;
    ports.telemetry.error("a search of events failed", { subject: object.subject, reason: String(error) });
    const dueMs = ports.clock.nowMs() + AFTER_A_FAILURE_MS;
    const search = { kind: "failed", code: "InternalError", isDenied: false } as const;
    state.eventSearches.answered(object, { search, records: [], dueMs });
  }
}

async function foundOf(
  object: SoughtObject,
  { context, eventHistory, inbox }: Searching,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  const { state, ports } = context;
  const beganMs = ports.clock.nowMs();
  const fromMs = Math.max(object.fromMs, beganMs - HISTORY_MS);
  if (object.toMs < fromMs) return { search: { kind: "too-old" }, records: [], dueMs: null };
  const account = state.enforced?.accounts.get(object.accountId);
  // It left Git: its differences are no longer sought.
  if (account === undefined) return { search: { kind: "due" }, records: [], dueMs: null };
  const { region, names, toMs } = object;
  const answer = await eventHistory.find({ account, region, names, fromMs, toMs }, signal);
  if (answer.kind !== "events") return withoutEvents(answer, beganMs);
  const receivedMs = ports.clock.nowMs();
  const next = SEARCHED_AFTER_MS.map((afterMs) => toMs + afterMs).find((dueMs) => dueMs > beganMs);
  const early = next === undefined ? null : ({ isEarly: true } as const);
  const records: ChangeRecord[] = [];
  const unrecorded = await inbox.judge(answer.events);
  for (const event of answer.events)
    if (unrecorded.has(event.id) || !(await isOwnWrite(event, ports.audit)))
      records.push({ event, receivedMs, ...early });
  return {
    search: { kind: next === undefined ? "searched" : "searched-early" },
    records,
    dueMs: next ?? null,
  };
}

function withoutEvents(
  answer: Exclude<HistoryAnswer, { readonly kind: "events" }>,
  nowMs: number,
): SearchAnswer {
  if (answer.kind === "too-many") return { search: answer, records: [], dueMs: null };
  const waitMs = answer.isDenied ? AFTER_A_DENIAL_MS : AFTER_A_FAILURE_MS;
  return { search: answer, records: [], dueMs: nowMs + waitMs };
}
