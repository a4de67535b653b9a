import { API_VERSION } from "../../api/group.ts";
import type { AuditEvent, EventObject } from "../../api/events.ts";
import type { Control } from "../../controller/ports/control.ts";
import { keyParts, type Key } from "../../model/key.ts";
import { parseScope } from "../../model/suspension-scope.ts";
import { seesEverything, seesKey, type Access } from "../access.ts";
import { seesScope } from "./suspensions.ts";

type Entry = Awaited<ReturnType<Control["history"]>>[number];
type CoveredKey = Extract<Entry, { readonly kind: "approved" }>["covers"][number];

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
    .map((entry) => eventObject(access, entry));
}

/** The entry of that number; null when there is none, or it is not for this token. */
export async function event(control: Control, access: Access, seq: number): Promise<EventObject | null> {
  const entry = await control.entry(seq);
  if (entry === null || !isVisible(access, entry)) return null;
  return eventObject(access, entry);
}

/** A decision is for everyone whose keys it covers: the history of such a key names it. */
function isVisible(access: Access, entry: Entry): boolean {
  const key = keyOf(entry);
  if (key !== null) return seesKey(access, key);
  if (entry.kind === "suspended" || entry.kind === "resumed") {
    const scope = parseScope(entry.scope);
    return seesEverything(access) || (scope !== undefined && seesScope(access, scope));
  }
  return seesEverything(access) || coveredBy(access, entry).length > 0;
}

function coveredBy(access: Access, entry: Entry): readonly CoveredKey[] {
  const covered: readonly CoveredKey[] | undefined = "covers" in entry ? entry.covers : [];
  return (covered ?? []).filter(({ key }) => seesKey(access, key));
}

function historyFilter(access: Access, { key, namespace, limit }: EventFilter): { key?: Key; limit: number } {
  if (key !== null) return { key, limit };
  return { limit: namespace === null && seesEverything(access) ? limit : SCANNED };
}

/** An entry without a key (a revision, an approval, a start) is about all namespaces, unless it was found by a key. */
function isShown(access: Access, { namespace, key: wanted }: EventFilter, key: Key | null): boolean {
  if (key === null) return wanted !== null || (namespace === null && seesEverything(access));
  return seesKey(access, key) && (namespace === null || keyParts(key).namespace === namespace);
}

function keyOf(entry: Entry): Key | null {
  return "key" in entry ? entry.key : null;
}

function eventObject(access: Access, entry: Entry): EventObject {
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
    event: shownEntry(access, entry) as unknown as AuditEvent,
  };
}

/** Of a decision about several keys, a token with namespaces sees its own. */
function shownEntry(access: Access, entry: Entry): Entry {
  if (seesEverything(access) || !("covers" in entry)) return entry;
  return { ...entry, covers: coveredBy(access, entry) };
}
