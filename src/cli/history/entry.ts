import { parsedJson } from "../../text/json-values.ts";
import type { AuditEvent } from "../../api/events.ts";
import { historyRows } from "../../wording/history/history-rows.ts";
import type { HistoryContext } from "../../wording/history/history-texts.ts";
import type { Layout } from "../screen/layout.ts";
import { grid } from "../screen/table.ts";
import { ago } from "../../wording/time.ts";
import { wrapped } from "../../text/layout/wrap.ts";

/** An entry of the record with the other half of a write. */
export interface AuditEntryAnswer {
  readonly entry: AuditEvent;
  /** The result of a write, or the write of a result; null for other entries, and while there is no result. */
  readonly related: AuditEvent | null;
  /** `false`: the controller could not verify the entry, so that it may not be what was written. */
  readonly verified?: false;
}

/** An entry whole: what happened, then every member that the record has, documents readable. */
export function entryLines(
  { entry, related, verified }: AuditEntryAnswer,
  context: HistoryContext,
  { width }: Layout,
): readonly string[] {
  const events = related === null ? [entry] : [entry, related].toSorted((a, b) => b.seq - a.seq);
  const [row] = historyRows(events, context);
  const head = `Entry ${entry.seq}: ${row?.kind ?? entry.kind}, ${entry.at} (${ago(entry.at, context.nowMs)})`;
  const by = row === undefined || row.by === "-" ? [] : [`by ${row.by}`];
  return [
    head,
    ...(verified === false ? [`not verified: grantkeeper audit verify shows the reason`] : []),
    ...by,
    ...(row === undefined || row.message === "" ? [] : wrapped(row.message, width)),
    ...memberLines(entry),
    ...(related === null
      ? []
      : ["", `Entry ${related.seq}: ${related.kind}, ${related.at}`, ...memberLines(related)]),
  ];
}

const SHOWN_ABOVE: ReadonlySet<string> = new Set(["seq", "at"]);

function memberLines(event: AuditEvent): readonly string[] {
  const members = Object.entries(event).filter(([name]) => !SHOWN_ABOVE.has(name));
  const short = members.filter(([, value]) => !isLong(value));
  const long = members.filter(([, value]) => isLong(value));
  return [
    "",
    ...grid(short.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)])),
    ...long.flatMap(([name, value]) => ["", name, ...indented(value)]),
  ];
}

const LONGEST_IN_LINE = 60;

function isLong(value: unknown): boolean {
  if (typeof value === "string") return documentOf(value) !== undefined;
  return typeof value === "object" && value !== null && JSON.stringify(value).length > LONGEST_IN_LINE;
}

/** Policies are in the record as the text that AWS gets. */
function indented(value: unknown): readonly string[] {
  const shown = typeof value === "string" ? documentOf(value) : withDocuments(value);
  return JSON.stringify(shown, null, 2)
    .split("\n")
    .map((line) => `  ${line}`);
}

function withDocuments(value: unknown): unknown {
  if (typeof value === "string") return documentOf(value) ?? value;
  if (Array.isArray(value)) return value.map(withDocuments);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withDocuments(member)]));
}

/** A text that begins with a brace and is no document is shown as it is. */
function documentOf(text: string): unknown {
  return text.startsWith("{") ? parsedJson(text) : undefined;
}
