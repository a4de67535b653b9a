import { useEffect, useState } from "react";
import type { AuditEvent, EventObject } from "../../api/events.ts";
import { BASE_PATH } from "../../api/group.ts";
import type { ApiList } from "../../api/object.ts";
import { NO_EVENTS, withNewest, withOlder, type EventList } from "../view/history/event-list.ts";
import { useResource, type WatchedResource } from "./resources.ts";
import { send, type Failed } from "./transport.ts";

const PAGE = 200;

interface ReadEntries {
  /** Another path is another list. */
  readonly path: string;
  readonly list: EventList;
  readonly failed: Failed | null;
}

/** The record, newest first: the newest page is kept current, older ones are read on request. */
export function useEvents(
  namespace: string | null,
  key: string | null,
): {
  readonly newest: WatchedResource<ApiList<EventObject>> & { readonly readAgain: () => void };
  readonly events: readonly AuditEvent[];
  /** null: all entries are there. */
  readonly readOlder: (() => void) | null;
  readonly failed: Failed | null;
} {
  const path = pathOf(namespace, key);
  const newest = useResource<ApiList<EventObject>>(path);
  const [stored, store] = useState<ReadEntries>({ path, list: NO_EVENTS, failed: null });
  const { value } = newest;
  useEffect(() => {
    if (value !== null)
      store((before) => ({
        path,
        list: withNewest(before.path === path ? before.list : NO_EVENTS, listOf(value)),
        failed: null,
      }));
  }, [path, value]);
  const { list, failed } = stored.path === path ? stored : { list: NO_EVENTS, failed: null };
  const readOlder = async (from: string): Promise<void> => {
    const answer = await send<ApiList<EventObject>>(`${path}&continue=${encodeURIComponent(from)}`);
    store((before) => {
      if (before.path !== path) return before;
      if (answer.kind === "failed") return { ...before, failed: answer };
      // The list may have begun again meanwhile.
      if (before.list.next !== from) return before;
      return { path, list: withOlder(before.list, listOf(answer.value)), failed: null };
    });
  };
  const { next } = list;
  return {
    newest,
    events: list.events,
    readOlder: next === null ? null : () => void readOlder(next),
    failed,
  };
}

function listOf({ items, metadata }: ApiList<EventObject>): EventList {
  return { events: items.map(({ event }) => event), next: metadata.continue ?? null };
}

function pathOf(namespace: string | null, key: string | null): string {
  const place = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams({ limit: String(PAGE), ...(key === null ? {} : { key }) });
  return `${BASE_PATH}${place}/events?${query.toString()}`;
}
