import type { AccountId, Region } from "../../../model/aws/ids.ts";
import type { ChangeRecord } from "../../../model/changes/change-event.ts";
import type { EventSearch } from "../../../model/changes/event-search.ts";
import { byText } from "../../../text/order.ts";
import type { Key } from "../../../model/keys/key.ts";

/** An object with differences whose author is not known for certain. */
export interface SoughtObject {
  readonly accountId: AccountId;
  /** The ARN of the object. */
  readonly subject: string;
  readonly region: Region;
  readonly names: readonly string[];
  /** The keys with these differences. */
  readonly keys: ReadonlySet<Key>;
  /** Since the last read without the first of them. */
  readonly fromMs: number;
  /** Until the end of the read that first saw the last of them. */
  readonly toMs: number;
  /** No event explains one of them. The others keep what was found, so that a later event is not taken for the only one. */
  readonly isUnexplained: boolean;
}

interface OpenSearch {
  readonly object: SoughtObject;
  readonly search: EventSearch;
  readonly records: readonly ChangeRecord[];
  /** null: it is not searched again. */
  readonly dueMs: number | null;
}

/** The objects that are searched at a time in one account; the others wait. */
const MOST_OBJECTS = 200;

/** What LookupEvents showed of the objects with differences whose author is not known. Lost at a stop, and then searched again. */
export class EventSearches {
  readonly #accounts = new Map<AccountId, ReadonlyMap<string, OpenSearch>>();
  /** Account and region that are being searched. */
  readonly #busy = new Set<string>();
  readonly #running = new Set<Promise<void>>();

  /**
   * Replaces the objects of an account. The events that were found for one stay, unless its differences need another
   * time.
   */
  seek(accountId: AccountId, objects: readonly SoughtObject[], nowMs: number): void {
    const before = this.#accounts.get(accountId);
    const sought = objects.slice(0, MOST_OBJECTS).map((object) => {
      const known = before?.get(object.subject);
      const isKnown = known !== undefined && covers(known.object, object);
      const next = isKnown
        ? { ...known, object }
        : { ...firstOf(object, nowMs), records: known?.records ?? [] };
      return [object.subject, next] as const;
    });
    if (sought.length === 0) this.#accounts.delete(accountId);
    else this.#accounts.set(accountId, new Map(sought));
  }

  /** What is due, at most one object for each account and region that is not being searched; the longest due first. */
  due(nowMs: number): readonly SoughtObject[] {
    const all = [...this.#accounts.values()].flatMap((objects) => [...objects.values()]);
    const waiting = all.filter(
      ({ dueMs, object }) => dueMs !== null && dueMs <= nowMs && !this.#busy.has(placeOf(object)),
    );
    const byPlace = Map.groupBy(
      waiting.toSorted((a, b) => (a.dueMs ?? 0) - (b.dueMs ?? 0)),
      ({ object }) => placeOf(object),
    );
    return [...byPlace.values()].flatMap(([first]) => (first === undefined ? [] : [first.object]));
  }

  began(object: SoughtObject, searching: Promise<void>): void {
    const place = placeOf(object);
    this.#busy.add(place);
    const running: Promise<void> = searching.finally(() => {
      this.#busy.delete(place);
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  /**
   * True: a record is new, or a call is certain now that the search is the last one. A difference that was found meanwhile
   * needs another search.
   */
  answered(object: SoughtObject, answer: Omit<OpenSearch, "object">): boolean {
    const objects = this.#accounts.get(object.accountId);
    const known = objects?.get(object.subject);
    if (objects === undefined || known === undefined || !covers(object, known.object)) return false;
    const records = mergedRecords([answer.records, known.records]);
    const after = { ...answer, records, object: known.object };
    this.#accounts.set(object.accountId, new Map([...objects, [object.subject, after]]));
    const isLast = answer.search.kind === "searched" && answer.records.length > 0;
    return isLast || records.length > known.records.length;
  }

  /** The found calls, the oldest first, and by ARN of an object what its search found. */
  of(accountId: AccountId): {
    readonly records: readonly ChangeRecord[];
    readonly searches: ReadonlyMap<string, EventSearch>;
  } {
    const sought = [...(this.#accounts.get(accountId)?.values() ?? [])];
    return {
      records: mergedRecords(sought.map(({ records }) => records)),
      searches: new Map(sought.map(({ object, search }) => [object.subject, search])),
    };
  }

  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

function firstOf(object: SoughtObject, nowMs: number): OpenSearch {
  return { object, search: { kind: "due" }, records: [], dueMs: object.isUnexplained ? nowMs : null };
}

/** A search of the first object is one of the second, too. */
function covers(searched: SoughtObject, wanted: SoughtObject): boolean {
  const isWithin = searched.fromMs <= wanted.fromMs && searched.toMs >= wanted.toMs;
  return isWithin && (searched.isUnexplained || !wanted.isUnexplained);
}

function placeOf({ accountId, region }: SoughtObject): string {
  return `${accountId} ${region}`;
}

/** Each event once, the oldest first. The earlier lists count before the later ones. */
export function mergedRecords(lists: readonly (readonly ChangeRecord[])[]): readonly ChangeRecord[] {
  const byId = new Map<string, ChangeRecord>();
  for (const record of lists.flat()) if (!byId.has(record.event.id)) byId.set(record.event.id, record);
  return [...byId.values()].toSorted((a, b) => a.event.atMs - b.event.atMs || byText(a.event.id, b.event.id));
}
