import type { AuditEvent } from "../../api/events.ts";
import { isUnverifiedEntry } from "../../model/records/record-verification.ts";
import { authorText, foundEntryText, knownAuthors } from "../../wording/history/event-authors.ts";
import { openedText, text, texts } from "../../wording/history/history-texts.ts";
import { writesText } from "../../wording/history/event-delta.ts";
import { NOT_VERIFIED } from "../../wording/history/unverified.ts";
import { ago, clockTime } from "../../wording/time.ts";
import { shortHash, shortSubject, groupsText, overrideText } from "../../wording/words.ts";
import { counted } from "../../text/phrases.ts";
import { wrapped } from "../../text/layout/wrap.ts";

const AT_MOST = 5;
const WIDTH = 80;

interface SectionContext {
  /** By short revision: the authors of its commits, which nothing has verified. */
  readonly authors: ReadonlyMap<string, string>;
  /** As commands take it. */
  readonly target: string;
  /** The first entry of the record that may not be what was written; null: there is none. */
  readonly unverifiedFrom: number | null;
  readonly nowMs: number;
}

interface HistoryEntry {
  readonly seq: number;
  /** The newest entry that it shows: of writes their last result. */
  readonly last: number;
  readonly at: string;
  readonly text: string;
  readonly below: readonly string[];
  /** False: a decision, or a write that changed nothing. */
  readonly isChange: boolean;
}

/** Changes in AWS and decisions of operators, newest first. `events` are those of one function, newest first. */
export function historyBlock(events: readonly AuditEvent[], context: SectionContext): readonly string[] {
  const entries = [
    ...foundEntries(events, context),
    ...revertedEntries(events, context),
    ...writeEntries(events, context),
    ...decisionEntries(events, context),
  ].toSorted((a, b) => b.seq - a.seq);
  if (entries.length === 0) return emptyHistory(events, context);
  const folded = foldRepeats(entries, context);
  const shown = folded.slice(0, AT_MOST);
  return [
    shown.every(({ isChange }) => isChange) ? "HISTORY, changed in AWS" : "HISTORY",
    ...entryLines(shown, context),
    ...(folded.length > shown.length ? [`earlier: grantkeeper history ${context.target}`] : []),
  ];
}

/** Other entries, such as those of differences that were only seen, are what `history` lists. */
function emptyHistory(events: readonly AuditEvent[], { target }: SectionContext): readonly string[] {
  if (events.length === 0) return ["HISTORY none"];
  const entries = counted(events.length, "entry", "entries");
  return [`HISTORY no write and no decision in ${entries}:`, `  grantkeeper history ${target}`];
}

function entryLines(
  entries: readonly HistoryEntry[],
  { nowMs, unverifiedFrom }: SectionContext,
): readonly string[] {
  const rows = entries.map((entry) => ({
    ...entry,
    text: isUnverifiedEntry(entry.last, unverifiedFrom) ? `${NOT_VERIFIED} ${entry.text}` : entry.text,
    age: ago(entry.at, nowMs),
    number: String(entry.seq),
  }));
  const ageWidth = Math.max(...rows.map(({ age }) => age.length));
  const numberWidth = Math.max(...rows.map(({ number }) => number.length));
  const indent = ageWidth + numberWidth + 4;
  return rows.flatMap(({ age, number, text, below }) => {
    const [first = "", ...rest] = wrapped(text, WIDTH - indent, { first: "", next: "  " });
    return [
      `${age.padEnd(ageWidth)}  ${number.padEnd(numberWidth)}  ${first}`,
      ...rest.map((line) => `${" ".repeat(indent)}${line}`),
      ...below.flatMap((line) => wrapped(line, WIDTH, { first: "  ", next: "    " })),
    ];
  });
}

/** Repeated entries are one line, such as a write that fails several times. */
function foldRepeats(entries: readonly HistoryEntry[], { nowMs }: SectionContext): readonly HistoryEntry[] {
  const runs = entries.reduce<HistoryEntry[][]>((found, entry) => {
    const last = found.at(-1);
    const isSame = last?.[0]?.text === entry.text && entry.below.length === 0 && last[0].below.length === 0;
    if (isSame) last.push(entry);
    else found.push([entry]);
    return found;
  }, []);
  return runs.flatMap(([newest, ...others]): readonly HistoryEntry[] => {
    if (newest === undefined) return [];
    const oldest = others.at(-1);
    if (oldest === undefined) return [newest];
    const repeats = `${others.length + 1} times, first ${ago(oldest.at, nowMs)}`;
    return [{ ...newest, text: `${newest.text} (${repeats})` }];
  });
}

/** Changes in AWS whose caller, or candidates, are known. An author that became known later is no further change. */
function foundEntries(events: readonly AuditEvent[], { nowMs }: SectionContext): readonly HistoryEntry[] {
  return events.flatMap((found) => {
    const isChange = found.kind === "drift-found";
    const head = isChange ? "drift" : `author of the drift in ${foundEntryText(found)}`;
    return knownAuthors(found).map(({ difference, attribution }) => ({
      seq: found.seq,
      last: found.seq,
      at: found.at,
      text: `${head}: ${difference}`,
      below: [authorText(attribution, { nowMs })],
      isChange,
    }));
  });
}

/** Grantkeeper made these changes itself, independent of the accepted revision. */
function revertedEntries(events: readonly AuditEvent[], { nowMs }: SectionContext): readonly HistoryEntry[] {
  return events
    .filter(({ kind, how }) => kind === "drift-ended" && how === "reverted")
    .map((ended) => {
      const change = texts(ended, "changes").join("  ");
      return {
        seq: ended.seq,
        last: ended.seq,
        at: ended.at,
        text: `reverted by Grantkeeper: ${change === "" ? texts(ended, "fields").join(", ") : change}`,
        below: [openedText(ended, { nowMs })].filter(Boolean),
        isChange: true,
      };
    });
}

const DECISIONS: Readonly<Record<string, (event: AuditEvent, nowMs: number) => string>> = {
  approved: (event) => `approved ${shortSubject(text(event, "subject"))}${overrideText(event)}`,
  rejected: (event) => `rejected ${shortSubject(text(event, "subject"))}`,
  suspended: (event, nowMs) => `suspended until ${clockTime(text(event, "until"), nowMs)}`,
  resumed: () => "resumed",
};

/** Decisions of operators about this function, or about several functions. */
function decisionEntries(events: readonly AuditEvent[], { nowMs }: SectionContext): readonly HistoryEntry[] {
  return events.flatMap((event): readonly HistoryEntry[] => {
    const what = DECISIONS[event.kind]?.(event, nowMs);
    if (what === undefined) return [];
    const by = `${text(event, "actor")}${groupsText(event["groups"])}`;
    const decision = `${what} by ${by}: "${text(event, "reason")}"`;
    return [{ seq: event.seq, last: event.seq, at: event.at, text: decision, below: [], isChange: false }];
  });
}

type CallOutcome = "written" | "failed" | "no-result";

/** One entry for each pass that wrote; a pass that only reverted has an entry of its own kind. */
function writeEntries(events: readonly AuditEvent[], context: SectionContext): readonly HistoryEntry[] {
  const writes = events.filter(({ kind }) => kind === "write-intended");
  const finished = events.filter(({ kind }) => kind === "write-finished");
  const results = new Map(finished.map((result) => [result["intent"], result]));
  const outcomeOf = ({ seq }: AuditEvent): CallOutcome => {
    const result = results.get(seq);
    if (result === undefined) return "no-result";
    const { outcome } = result;
    return outcome === "failed" || outcome === "found-not-applied" ? "failed" : "written";
  };
  return [...Map.groupBy(writes, ({ pass }) => pass).values()].flatMap((group): readonly HistoryEntry[] => {
    const [newest] = group;
    if (newest === undefined) return [];
    const counts = (outcome: CallOutcome): number =>
      group.filter((write) => outcomeOf(write) === outcome).length;
    const [failed, open] = [counts("failed"), counts("no-result")];
    const change = writesText(group.toReversed());
    const tail = change === "" ? "" : `: ${change}`;
    const last = Math.max(...group.map(({ seq }) => results.get(seq)?.seq ?? seq));
    const entry = { seq: newest.seq, last, at: newest.at, below: [] };
    if (failed === group.length)
      return [{ ...entry, text: `not written, ${counted(failed, "call")} failed${tail}`, isChange: false }];
    const purpose = purposeOf(newest, events);
    if (purpose === "revert") return [];
    const calls = [
      counted(group.length, "call"),
      ...(failed === 0 ? [] : [`${failed} failed`]),
      ...(open === 0 ? [] : [`${open} without a result yet`]),
    ];
    const head = headOf(newest, purpose, context);
    return [{ ...entry, text: `${head}, ${calls.join(", ")}${tail}`, isChange: true }];
  });
}

function headOf(write: AuditEvent, purpose: "apply" | "undo" | "unknown", context: SectionContext): string {
  if (purpose === "undo") return "undoes the adoption";
  return purpose === "apply" ? appliedText(write, context) : "written by Grantkeeper";
}

function appliedText(write: AuditEvent, { authors }: SectionContext): string {
  const revision = shortHash(text(write, "revision"));
  const author = authors.get(revision);
  return `applied ${revision}${author === undefined ? "" : `, author ${author} (unverified)`}`;
}

/**
 * The purpose of a pass that wrote. It is unknown while a drift is open: the author of a commit is named only for
 * changes that Git declared.
 */
function purposeOf(
  write: AuditEvent,
  events: readonly AuditEvent[],
): "apply" | "revert" | "undo" | "unknown" {
  // An operator ordered it: no author of a commit made this change.
  if (write["cause"] === "operator") return "undo";
  const lastDrift = events.find(
    ({ kind, seq }) => seq < write.seq && (kind === "drift-found" || kind === "drift-ended"),
  );
  if (lastDrift?.kind !== "drift-found") return "apply";
  const later = events.filter(({ seq }) => seq > write.seq).toReversed();
  const ended = later.slice(0, endOf(later, write["pass"])).filter(({ kind }) => kind === "drift-ended");
  if (ended.length === 0) return "unknown";
  return ended.every(({ how }) => how === "reverted") ? "revert" : "apply";
}

/** Where the next pass that wrote begins. */
function endOf(later: readonly AuditEvent[], pass: unknown): number {
  const next = later.findIndex((event) => event.kind === "write-intended" && event["pass"] !== pass);
  return next === -1 ? later.length : next;
}
