import { envelope } from "./metadata.ts";
import type { AuditEvent, EventObject } from "../../api/events.ts";
import { EVERY_ENTRY, isSelected, kindsOf } from "../../model/entries/entry-filter.ts";
import type { HistoryRequest } from "../../controller/ports/audit-log.ts";
import type { Control } from "../../controller/ports/control.ts";
import { NO_DELTA } from "../../model/delta.ts";
import type { DriftChange } from "../../model/drift.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { scopeOfEntry } from "../../model/keys/suspended-scope.ts";
import { sees, seesEverything, seesKey, type Access } from "../access/access.ts";
import { hidesRoles } from "../request/reader.ts";
import { seesScope } from "./suspensions.ts";

interface Viewer {
  readonly control: Pick<Control, "keyView">;
  readonly access: Access;
}

export type Entry = Awaited<ReturnType<Control["history"]>>["entries"][number];
type ApprovedKey = Extract<Entry, { readonly kind: "approved" }>["covers"][number];

interface EventPage<Item> {
  readonly items: readonly Item[];
  /** The value of `before` for the next page; null: there are no more. */
  readonly next: number | null;
}

/** The number of entries that are searched for those of a token with namespaces. */
const LOOKED_AT = 5_000;

/** Newest first. For a key or a namespace also its waves and the decisions that cover it, as far as the token may see them. */
export async function events(
  control: Control,
  access: Access,
  request: HistoryRequest,
): Promise<EventPage<EventObject>> {
  const { items, next } = await visibleEntries(control, access, request);
  return { items: items.map(eventObject), next };
}

/** The same entries as they are in the record, without what the token may not see of them. */
export async function visibleEntries(
  control: Control,
  access: Access,
  request: HistoryRequest,
): Promise<EventPage<Entry>> {
  const { key, limit, filter = EVERY_ENTRY } = request;
  const page = await control.history(requestFor(access, request));
  // A decision that covers a key of the token is visible to it.
  const visible = page.entries.filter(
    (entry) => isVisible(access, entry) || (key !== null && keyOf(entry) === null),
  );
  const shown = visible
    .map((entry) => shownEntry({ control, access }, entry))
    .filter((entry) => isSelected(entry, filter));
  const last = shown[limit - 1];
  return {
    items: shown.slice(0, limit),
    next: shown.length > limit && last !== undefined ? last.seq : page.next,
  };
}

/**
 * What a token with namespaces asks the record for. Names are selected from what it is shown: otherwise an empty page with a
 * next one would show that a name is in what it is not shown.
 */
function requestFor(access: Access, request: HistoryRequest): HistoryRequest {
  const { key, namespace, filter = EVERY_ENTRY } = request;
  if (seesEverything(access)) return request;
  if (filter.by !== null)
    return { ...request, limit: LOOKED_AT, filter: { ...filter, by: null, kinds: kindsOf(filter) } };
  return key === null && namespace === null ? { ...request, limit: LOOKED_AT } : request;
}

/** The entry without what the token may not see of it; null: it may not see the entry. */
export function visibleEntry(viewer: Viewer, entry: Entry): Entry | null {
  return isVisible(viewer.access, entry) ? shownEntry(viewer, entry) : null;
}

/** The entry with that number; null if there is none, or the token may not see it. */
export async function event(control: Control, access: Access, seq: number): Promise<EventObject | null> {
  const entry = await control.entry(seq);
  if (entry === null || !isVisible(access, entry)) return null;
  return eventObject(shownEntry({ control, access }, entry));
}

/** Every token that may see a covered key sees the decision: the history of the key names it. */
function isVisible(access: Access, entry: Entry): boolean {
  const key = keyOf(entry);
  if (key !== null) return seesKey(access, key);
  if (entry.kind === "suspended" || entry.kind === "resumed") {
    const scope = scopeOfEntry(entry);
    return seesEverything(access) || (scope !== undefined && seesScope(access, scope));
  }
  if (entry.kind === "wave-changed") return sees(access, entry.namespace);
  if (entry.kind === "reconcile-requested")
    return seesEverything(access) || visibleRequest(access, entry).namespaces?.length !== 0;
  return seesEverything(access) || coveredBy(access, entry).length > 0;
}

function coveredBy(access: Access, entry: Entry): readonly ApprovedKey[] {
  const covered: readonly ApprovedKey[] | undefined = "covers" in entry ? entry.covers : [];
  return (covered ?? []).filter(({ key }) => seesKey(access, key));
}

type ReconcileEntry = Extract<Entry, { readonly kind: "reconcile-requested" }>;

/** Everyone may know that someone asked for every key; of a request for some namespaces a token sees its own part. */
function visibleRequest(access: Access, entry: ReconcileEntry): ReconcileEntry {
  const { keys, namespaces } = entry;
  return {
    ...entry,
    keys: keys?.filter((key) => seesKey(access, key)) ?? null,
    namespaces: namespaces?.filter((namespace) => sees(access, namespace)) ?? null,
  };
}

function keyOf(entry: Entry): Key | null {
  return "key" in entry ? entry.key : null;
}

function eventObject(entry: Entry): EventObject {
  const key = keyOf(entry);
  return {
    ...envelope("Event", {
      name: String(entry.seq),
      ...(key === null ? {} : { namespace: keyParts(key).namespace }),
      creationTimestamp: entry.at,
    }),
    // Entries are plain data: their hash is over their JSON.
    event: entry as unknown as AuditEvent,
  };
}

/**
 * Of the keys that a decision covers, a token with namespaces sees its own. Of a difference in a role that may be another
 * owner's it sees which fields differ. Before a pass of this process, each role may be.
 */
function shownEntry({ control, access }: Viewer, entry: Entry): Entry {
  if (seesEverything(access)) return entry;
  if ("covers" in entry) return { ...entry, covers: coveredBy(access, entry) };
  if (entry.kind === "reconcile-requested") return visibleRequest(access, entry);
  if (!isOfDifferences(entry)) return entry;
  const view = control.keyView(entry.key);
  const isOfOther = entry.fields.some((field) => OTHER_ROLES.has(field));
  if (!isOfOther && view !== null && !hidesRoles({ access }, view)) return entry;
  // Authors have the text of each difference, and name policies.
  if (entry.kind === "drift-author-found") return { ...entry, authors: [] };
  if (entry.kind === "drift-ended") return { ...entry, changes: entry.fields };
  const { declaredOnly: _, comparedBefore: __, ...rest } = entry;
  return { ...rest, changes: entry.fields, delta: NO_DELTA, authors: [] };
}

type OfDifferences = Extract<Entry, { readonly kind: "drift-found" | "drift-ended" | "drift-author-found" }>;

function isOfDifferences(entry: Entry): entry is OfDifferences {
  return ["drift-found", "drift-ended", "drift-author-found"].includes(entry.kind);
}

/** Differences whose permissions are those of other roles than the declared one. */
const OTHER_ROLES: ReadonlySet<string> = new Set<DriftChange["kind"]>([
  "function-role",
  "role-not-published",
]);
