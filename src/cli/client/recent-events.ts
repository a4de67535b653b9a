import type { AuditEvent } from "../../api/events.ts";
import type { ApiClient } from "./client.ts";

const MOST = 500;

interface RecentRequest {
  readonly limit: number;
  readonly key?: string;
  /** Kinds or groups of kinds, separated by commas. */
  readonly kind?: string;
}

/** The newest entries of the record, newest first; at most 500. */
export async function recentEvents(
  client: ApiClient,
  { limit, ...query }: RecentRequest,
): Promise<readonly AuditEvent[]> {
  const { items } = await client.page("events", { most: Math.min(MOST, limit), query });
  return items.map(({ event }) => event);
}

/** The number of the newest entry of the record, 0 if there is none. */
export async function newestEntry(client: ApiClient): Promise<number> {
  const [newest] = await recentEvents(client, { limit: 1 });
  return newest?.seq ?? 0;
}

interface RecordPage {
  readonly events: readonly AuditEvent[];
  /** All entries asked for from this number on are read: 1 after the last page. */
  readonly readTo: number;
}

interface EventRequest {
  readonly key?: string | undefined;
  readonly namespace?: string | null;
  /** How many entries a page has at most. */
  readonly size?: number;
  /** More query parameters. */
  readonly filter?: Readonly<Record<string, string>>;
}

/** The record from the newest entry back, page by page; a page may be empty. */
export async function* eventPages(
  client: ApiClient,
  { key, namespace, size = MOST, filter }: EventRequest,
): AsyncGenerator<RecordPage> {
  const query = { ...filter, ...(key !== undefined && { key }) };
  let next: string | undefined;
  do {
    const page = await client.page("events", { namespace: namespace ?? undefined, query, most: size, next });
    next = page.metadata.continue;
    yield { events: page.items.map(({ event }) => event), readTo: next === undefined ? 1 : Number(next) };
  } while (next !== undefined);
}
