import type { AuditEvent } from "../../api/events.ts";
import type { API_VERSION } from "../../api/group.ts";
import { filterParameters, type EntryFilter } from "../../model/entries/entry-filter.ts";
import type { OverviewObject } from "../../api/overview.ts";
import { accountNamesOf, type ApiClient } from "../client/client.ts";
import { knownBindings, type KnownBinding } from "../client/known-bindings.ts";
import { newestRows } from "./newest-rows.ts";
import { unverifiedFrom } from "../../model/records/record-verification.ts";
import { keyParts } from "../../model/keys/key.ts";
import { eventPages } from "../client/recent-events.ts";
import { historyRows, type HistoryRow } from "../../wording/history/history-rows.ts";
import type { HistoryContext } from "../../wording/history/history-texts.ts";

const LARGEST_PAGE = 500;

export interface HistorySelection {
  readonly target: string | undefined;
  readonly namespace: string | null;
  readonly filter: EntryFilter;
  /** Lines, not entries. */
  readonly limit: number;
  /** Older entries are not read, however few lines there are. */
  readonly from: number;
}

/** The answer of `history -o json`. */
export interface HistoryList {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: "EventList";
  /** The first entry of the record that may not be what was written. Missing: nothing is known against it. */
  readonly unverifiedFrom?: number;
  /** Newest first. */
  readonly items: readonly AuditEvent[];
}

/** The lines that `history` shows. */
export interface History {
  /** Newest first. */
  readonly rows: readonly HistoryRow[];
  readonly context: HistoryContext;
  /** The first entry of the record that may not be what was written; null: nothing is known against it. */
  readonly unverifiedFrom: number | null;
  /** The sources that declare its targets now; null: an export, which does not show what is in force. */
  readonly declaredBy: {
    readonly overview: OverviewObject["status"];
    /** null: every one that the token sees. */
    readonly namespaces: readonly string[] | null;
  } | null;
}

/** The newest lines of the history. Reads until the last write has its result and the last result its write. */
export async function readHistory(
  { target, namespace, limit, from, filter }: HistorySelection,
  client: ApiClient,
  nowMs: number,
): Promise<History> {
  const { status: overview } = await client.overview();
  const context = { accounts: accountNamesOf(overview.accounts), nowMs };
  const size = Math.min(LARGEST_PAGE, 2 * limit);
  const keys = target === undefined ? null : await knownBindings(target, client, namespace);
  const firstUnverified = overview.record === undefined ? null : unverifiedFrom(overview.record);
  const declaredBy = { overview, namespaces: namespacesOf(namespace, keys) };
  const facts = { context, unverifiedFrom: firstUnverified, declaredBy };
  const requests = keys === null ? [{ namespace }] : keys.map(({ key }) => ({ key }));
  const parts = requests.map((request): HistorySoFar => ({
    pages: eventPages(client, { ...request, size, filter: filterParameters(filter) }),
    events: [],
    readTo: Infinity,
  }));
  await Promise.all(parts.map(readPage));
  for (;;) {
    const events = eventsOf(parts);
    const rows = newestRows(events, limit, context);
    if (rows !== null) return { rows, ...facts };
    const behind = parts.find(({ readTo }) => readTo === readToOf(parts) && readTo > from);
    if (behind === undefined) return { rows: historyRows(events, context).slice(0, limit), ...facts };
    await readPage(behind);
  }
}

function namespacesOf(
  namespace: string | null,
  keys: readonly KnownBinding[] | null,
): readonly string[] | null {
  if (keys !== null) return keys.map(({ key }) => keyParts(key).namespace);
  return namespace === null ? null : [namespace];
}

/** Newest first, as far back as every part was read. A decision that covers several keys is listed once. */
function eventsOf(parts: readonly HistorySoFar[]): readonly AuditEvent[] {
  const readTo = readToOf(parts);
  const bySeq = new Map(parts.flatMap(({ events }) => events).map((event) => [event.seq, event]));
  return [...bySeq.values()].filter(({ seq }) => seq >= readTo).sort((a, b) => b.seq - a.seq);
}

/** All parts were read as far back as this. */
function readToOf(parts: readonly HistorySoFar[]): number {
  return Math.max(1, ...parts.map(({ readTo }) => readTo));
}

/** The history of one key, or of all, as far as it was read. */
interface HistorySoFar {
  readonly pages: ReturnType<typeof eventPages>;
  readonly events: AuditEvent[];
  readTo: number;
}

async function readPage(part: HistorySoFar): Promise<void> {
  const { value, done } = await part.pages.next();
  if (done !== true) part.events.push(...value.events);
  part.readTo = done === true ? 1 : value.readTo;
}
