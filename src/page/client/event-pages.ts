import { filterParameters } from "../../model/entries/entry-filter.ts";
import { useEffect, useState } from "react";
import type { AuditEvent, EventObject } from "../../api/events.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import { NO_EVENTS, withNewest, withOlder, type EventList } from "../view/history/event-list.ts";
import { entryFilter, type HistoryFilter } from "../view/history/history-filter.ts";
import { useResource, type WatchedResource } from "./resources.ts";
import { send, type RequestFailure } from "./transport.ts";

const PAGE = 200;

interface ReadEntries {
  /** Another path is another list. */
  readonly path: string;
  readonly isRead: boolean;
  readonly list: EventList;
  readonly failed: RequestFailure | null;
}

const NOTHING = { isRead: false, list: NO_EVENTS, failed: null } as const;

/** The record, newest first: the newest page is kept current, older ones are read on request. */
export function useEvents(filter: HistoryFilter): {
  readonly newest: WatchedResource<ApiList<EventObject>> & { readonly readAgain: () => void };
  readonly events: readonly AuditEvent[];
  /** null: all entries are there. */
  readonly readOlder: (() => void) | null;
  /** Nothing was found yet, and older entries are being looked through. */
  readonly isSearching: boolean;
  readonly failed: RequestFailure | null;
} {
  const path = pathOf(filter);
  const newest = useResource<ApiList<EventObject>>(path);
  const [stored, store] = useState<ReadEntries>({ path, ...NOTHING });
  const { value } = newest;
  useEffect(() => {
    if (value !== null)
      store((before) => ({
        path,
        isRead: true,
        list: withNewest(before.path === path && before.isRead ? before.list : null, listOf(value)),
        failed: null,
      }));
  }, [path, value]);
  const { list, failed } = stored.path === path ? stored : NOTHING;
  const { next } = list;
  const readOlder = async (from: string): Promise<void> => {
    const answer = await send<ApiList<EventObject>>(`${path}&continue=${encodeURIComponent(from)}`);
    store((before) => {
      if (before.path !== path) return before;
      if (answer.kind === "failed") return { ...before, failed: answer };
      // The list may have begun again meanwhile.
      if (before.list.next !== from) return before;
      return { path, isRead: true, list: withOlder(before.list, listOf(answer.value)), failed: null };
    });
  };
  const isEmptyPart = list.events.length === 0 && failed === null;
  useEffect(() => {
    if (isEmptyPart && next !== null) void readOlder(next);
  }, [path, isEmptyPart, next]);
  return {
    newest,
    events: list.events,
    readOlder: next === null ? null : () => void readOlder(next),
    isSearching: isEmptyPart && next !== null,
    failed,
  };
}

function listOf({ items, metadata }: ApiList<EventObject>): EventList {
  return { events: items.map(({ event }) => event), next: metadata.continue ?? null };
}

function pathOf(filter: HistoryFilter): string {
  const { namespace, key } = filter;
  const place = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams({
    limit: String(PAGE),
    ...(key === null ? {} : { key }),
    ...filterParameters(entryFilter(filter)),
  });
  return `${BASE_PATH}${place}/events?${query.toString()}`;
}
