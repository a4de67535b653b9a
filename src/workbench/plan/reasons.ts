import type { Delta } from "../../model/delta.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import { counted } from "../../text/phrases.ts";

/** A reviewer opens the file for the others. */
const SHOWN = 5;

/** Why the author wants what is new, in the author's words: `reason (line 14): ORD-77: no grant for textract yet`. */
export function reasonNotes(state: DesiredBinding | DesiredPolicy, { allowed }: Delta): readonly string[] {
  const sids = new Set(allowed.flatMap(({ sid }) => sid ?? []));
  const parts = partsOf(state).toSorted((a, b) => a.line - b.line);
  const found = parts.flatMap(({ sid, line, reason }) =>
    reason !== null && sids.has(sid) ? [`reason (line ${line}): ${reason}`] : [],
  );
  const notes = [...new Set(found)];
  const more = notes.length - SHOWN;
  return more <= 0 ? notes : [...notes.slice(0, SHOWN), `and ${counted(more, "more reason")}`];
}

interface ReasonedPart {
  readonly sid: string;
  readonly line: number;
  readonly reason: string | null;
}

function partsOf(state: DesiredBinding | DesiredPolicy): readonly ReasonedPart[] {
  const document = isBinding(state) ? state.role.inline : state.document;
  const callers = isBinding(state) ? state.callers : [];
  return [
    ...document.statements.map(({ statement, origin, reason }) => ({
      sid: statement.Sid ?? "",
      line: origin.line,
      reason,
    })),
    ...callers.map(({ sid, origin, reason = null }) => ({ sid, line: origin.line, reason })),
  ];
}
