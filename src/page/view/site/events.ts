import type { AuditEvent } from "../../../api/events.ts";
import { concerns, concernsNamespace } from "../../../audit/concerns.ts";
import { isSelected } from "../../../model/entries/entry-filter.ts";
import type { AuditEntry } from "../../../audit/entry.ts";
import { parseKey } from "../../../model/keys/key.ts";
import type { EventSelection } from "./question.ts";

/** Decisions of 0.1 name no keys: the export lists the file that has them, and the page cannot know which of its entries it is. */
const NONE: ReadonlySet<string> = new Set();

/** The entries that a list asks for, as a controller selects them. */
export function selectEvents(
  events: readonly AuditEvent[],
  { namespace, key, filter, before }: EventSelection,
): readonly AuditEvent[] {
  const wanted = key === null ? null : parseKey(key);
  return events.filter((event) => {
    const entry = event as unknown as AuditEntry;
    if (before !== null && event.seq >= before) return false;
    if (!isSelected(entry, filter)) return false;
    if (namespace !== null && !concernsNamespace(entry, namespace, NONE)) return false;
    return wanted === null || (wanted !== undefined && concerns(entry, wanted, NONE));
  });
}
