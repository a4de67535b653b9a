import { API_VERSION } from "../../api/group.ts";
import type { AuditEvent, EventObject } from "../../api/events.ts";
import type { Control } from "../../controller/ports/control.ts";
import { keyParts, type Key } from "../../model/key.ts";
import { seesEverything, seesKey, type Access } from "../access.ts";

type Entry = Awaited<ReturnType<Control["history"]>>[number];

export interface EventFilter {
  readonly key: Key | null;
  readonly namespace: string | null;
  readonly limit: number;
}

/** So many of the newest entries are looked at for those of a namespace. */
const SCANNED = 5_000;

/** Newest first. */
export async function events(
  control: Control,
  access: Access,
  filter: EventFilter,
): Promise<readonly EventObject[]> {
  const entries = await control.history(historyFilter(access, filter));
  return [...entries]
    .sort((a, b) => b.seq - a.seq)
    .filter((entry) => isShown(access, filter, keyOf(entry)))
    .slice(0, filter.limit)
    .map(eventObject);
}

function historyFilter(access: Access, { key, namespace, limit }: EventFilter): { key?: Key; limit: number } {
  if (key !== null) return { key, limit };
  return { limit: namespace === null && seesEverything(access) ? limit : SCANNED };
}

/** An entry without a key (a revision, an approval, a start) speaks of all namespaces. */
function isShown(access: Access, { namespace }: EventFilter, key: Key | null): boolean {
  if (key === null) return namespace === null && seesEverything(access);
  return seesKey(access, key) && (namespace === null || keyParts(key).namespace === namespace);
}

function keyOf(entry: Entry): Key | null {
  return "key" in entry ? entry.key : null;
}

function eventObject(entry: Entry): EventObject {
  const key = keyOf(entry);
  return {
    apiVersion: API_VERSION,
    kind: "Event",
    metadata: {
      name: String(entry.seq),
      ...(key === null ? {} : { namespace: keyParts(key).namespace }),
      creationTimestamp: entry.at,
    },
    // Entries are plain data: their hash is over their JSON.
    event: entry as unknown as AuditEvent,
  };
}
