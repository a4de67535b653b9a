import type { AuditEvent } from "../../api/events.ts";
import type { ApiClient } from "../client/client.ts";
import { knownBindings } from "../client/known-bindings.ts";
import { newestRows } from "./newest-rows.ts";
import { eventPages, type EventPage } from "../client/recent-events.ts";
import { historyRows, type HistoryRow } from "./history-rows.ts";
import type { HistoryContext } from "./history-texts.ts";

const LARGEST_PAGE = 500;

export interface HistoryRequest {
  readonly target: string | undefined;
  readonly namespace: string | null;
  /** Lines, not entries. */
  readonly limit: number;
  /** Older entries are not read, however few lines there are. */
  readonly from: number;
}

/** What `history` shows. */
export interface History {
  /** Newest first. */
  readonly rows: readonly HistoryRow[];
  readonly context: HistoryContext;
}

/** The newest lines of the history. Reads on until a write at the end has its result and a result its write. */
export async function readHistory(
  { target, namespace, limit, from }: HistoryRequest,
  client: ApiClient,
  nowMs: number,
): Promise<History> {
  const context = { accounts: await client.accountNames(), nowMs };
  const size = Math.min(LARGEST_PAGE, 2 * limit);
  const keys = target === undefined ? null : await knownBindings(target, client, namespace);
  const requests = keys === null ? [{ namespace }] : keys.map(({ key }) => ({ key }));
  const parts = await Promise.all(
    requests.map((request) => Part.begin(eventPages(client, { ...request, size }))),
  );
  for (;;) {
    const events = eventsOf(parts);
    const rows = newestRows(events, limit, context);
    if (rows !== null) return { rows, context };
    const behind = parts.find(({ readTo }) => readTo === readToOf(parts) && readTo > from);
    if (behind === undefined) return { rows: historyRows(events, context).slice(0, limit), context };
    await behind.read();
  }
}

/** Newest first, as far back as every part was read. A decision may cover several keys: it is there once. */
function eventsOf(parts: readonly Part[]): readonly AuditEvent[] {
  const readTo = readToOf(parts);
  const bySeq = new Map(parts.flatMap(({ events }) => events).map((event) => [event.seq, event]));
  return [...bySeq.values()].filter(({ seq }) => seq >= readTo).sort((a, b) => b.seq - a.seq);
}

/** All parts were read as far back as this. */
function readToOf(parts: readonly Part[]): number {
  return Math.max(1, ...parts.map(({ readTo }) => readTo));
}

/** What was read of one key's history, or of all. */
class Part {
  readonly events: AuditEvent[] = [];
  readTo = Infinity;
  readonly #pages: AsyncGenerator<EventPage>;

  private constructor(pages: AsyncGenerator<EventPage>) {
    this.#pages = pages;
  }

  static async begin(pages: AsyncGenerator<EventPage>): Promise<Part> {
    const part = new Part(pages);
    await part.read();
    return part;
  }

  async read(): Promise<void> {
    const { value, done } = await this.#pages.next();
    if (done === true) {
      this.readTo = 1;
      return;
    }
    this.events.push(...value.events);
    this.readTo = value.readTo;
  }
}
