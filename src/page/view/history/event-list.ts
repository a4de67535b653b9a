import type { AuditEvent } from "../../../api/events.ts";

/** Entries without a gap, newest first. */
export interface EventList {
  readonly events: readonly AuditEvent[];
  /** The page that follows the oldest; null: there is none. */
  readonly next: string | null;
}

export const NO_EVENTS: EventList = { events: [], next: null };

/**
 * With the newest page as it is now. So much may have happened that the page does not reach the known entries: then only the page is
 * left, so that the list never has a gap. @param known null: nothing was read yet
 */
export function withNewest(known: EventList | null, page: EventList): EventList {
  if (known === null) return page;
  const newest = known.events[0];
  // Entries that were looked through in vain are not looked through again.
  if (newest === undefined) return page.events.length === 0 ? known : page;
  const reaches = page.next === null || page.events.some(({ seq }) => seq <= newest.seq);
  return reaches ? { events: joined(page.events, known.events), next: known.next } : page;
}

/** With the page that `next` names. */
export function withOlder(known: EventList, page: EventList): EventList {
  return { events: joined(known.events, page.events), next: page.next };
}

function joined(a: readonly AuditEvent[], b: readonly AuditEvent[]): readonly AuditEvent[] {
  const bySeq = new Map([...a, ...b].map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((one, other) => other.seq - one.seq);
}
