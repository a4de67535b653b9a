import { API_VERSION } from "../../api/group.ts";
import type { AuditEvent, EventObject } from "../../api/events.ts";
import type { Control } from "../../controller/ports/control.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { parseScope } from "../../model/keys/suspension-scope.ts";
import { seesEverything, seesKey, type Access } from "../access/access.ts";
import { seesScope } from "./suspensions.ts";

type Entry = Awaited<ReturnType<Control["history"]>>["entries"][number];
type CoveredKey = Extract<Entry, { readonly kind: "approved" }>["covers"][number];

type EventRequest = Parameters<Control["history"]>[0];

export interface EventPage {
  readonly items: readonly EventObject[];
  /** What to ask for `before` next; null: that was all. */
  readonly next: number | null;
}

/** So many entries are looked at for those of a token with namespaces. */
const LOOKED_AT = 5_000;

/** Newest first. Of a key or a namespace also the decisions that cover it, as far as the token may see them. */
export async function events(control: Control, access: Access, request: EventRequest): Promise<EventPage> {
  const { key, namespace, limit } = request;
  const isFiltered = key === null && namespace === null && !seesEverything(access);
  const page = await control.history({ ...request, limit: isFiltered ? LOOKED_AT : limit });
  // What covers a key that the token may see is for the token.
  const shown = page.entries.filter(
    (entry) => isVisible(access, entry) || (key !== null && keyOf(entry) === null),
  );
  const items = shown.slice(0, limit).map((entry) => eventObject(access, entry));
  const last = shown[limit - 1];
  return { items, next: shown.length > limit && last !== undefined ? last.seq : page.next };
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
