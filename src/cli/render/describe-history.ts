import type { AuditEvent } from "../../api/events.ts";
import { formatSpan } from "../../model/duration.ts";
import { hanging } from "../../plan/render/columns.ts";
import { writesText } from "./event-delta.ts";
import { ago, clockTime } from "./time.ts";
import { counted, shortHash } from "./words.ts";

const AT_MOST = 5;

export interface HistoryContext {
  /** By short revision: the authors of its commits, which nothing has verified. */
  readonly authors: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly text: string;
  readonly below: readonly string[];
}

/** What was changed in AWS last, newest first. `events` are about one function, newest first. */
export function historyBlock(events: readonly AuditEvent[], context: HistoryContext): readonly string[] {
  const entries = [...revertedEntries(events, context), ...appliedEntries(events, context)]
    .toSorted((a, b) => b.seq - a.seq)
    .slice(0, AT_MOST);
  if (entries.length === 0) return ["HISTORY none"];
  const width = Math.max(...entries.map(({ at }) => ago(at, context.nowMs).length));
  return [
    "HISTORY, changed in AWS",
    ...entries.flatMap(({ seq, at, text, below }) => [
      ...hanging(`${ago(at, context.nowMs).padEnd(width)}  ${seq}  ${text}`, "").map((line, n) =>
        n === 0 ? padded(line, ago(at, context.nowMs), width) : line,
      ),
      ...below.map((line) => `  ${line}`),
    ]),
  ];
}

/** Wrapping folds blanks; the column of ages keeps its width. */
function padded(line: string, first: string, width: number): string {
  const rest = line.slice(first.length).trimStart();
  const [seq = "", ...words] = rest.split(" ");
  return `${first.padEnd(width)}  ${seq}  ${words.join(" ")}`;
}

/** Grantkeeper made these changes, whatever revision was accepted then. */
function revertedEntries(events: readonly AuditEvent[], { nowMs }: HistoryContext): readonly Entry[] {
  return events
    .filter(({ kind, how }) => kind === "drift-ended" && how === "reverted")
    .map((ended) => {
      const change = Array.isArray(ended["changes"]) ? ended["changes"].map(String).join("  ") : "";
      return {
        seq: ended.seq,
        at: ended.at,
        text: `reverted by Grantkeeper: ${change === "" ? fieldsText(ended) : change}`,
        below: exposureText(ended, nowMs),
      };
    });
}

/** Since the last read that showed nothing of it, so that the true time was at most this. */
function exposureText({ lastCleanAt, at, since }: AuditEvent, nowMs: number): readonly string[] {
  if (typeof lastCleanAt === "string") {
    const open = formatSpan(Math.max(0, Date.parse(at) - Date.parse(lastCleanAt)));
    const reads = `last clean read ${clockTime(lastCleanAt, nowMs)}, reverted ${clockTime(at, nowMs)}`;
    return [`open for at most ${open} (${reads})`];
  }
  // Entries of earlier versions have neither.
  if (typeof since !== "string") return [];
  return [`open since before the first read, ${clockTime(since, nowMs)}`];
}

function fieldsText({ fields }: AuditEvent): string {
  return Array.isArray(fields) ? fields.map(String).join(", ") : "";
}

/** One entry a pass that wrote; a pass that only reverted is an entry of its own kind. */
function appliedEntries(events: readonly AuditEvent[], { authors }: HistoryContext): readonly Entry[] {
  const writes = events.filter(({ kind }) => kind === "write-intended");
  const failed = new Set(
    events
      .filter(({ kind, outcome }) => kind === "write-finished" && outcome === "failed")
      .map(({ intent }) => intent),
  );
  return [...Map.groupBy(writes, ({ pass }) => pass).values()].flatMap((group): readonly Entry[] => {
    const [newest] = group;
    const purpose = newest === undefined ? "revert" : purposeOf(newest, events);
    if (newest === undefined || purpose === "revert") return [];
    const revision = shortHash(textOf(newest["revision"]));
    const author = authors.get(revision);
    const by = author === undefined ? "" : `, author ${author} (unverified)`;
    const failures = group.filter(({ seq }) => failed.has(seq)).length;
    const calls = `${counted(group.length, "call")}${failures === 0 ? "" : `, ${failures} failed`}`;
    const change = writesText(group.toReversed());
    const head = purpose === "apply" ? `applied ${revision}${by}` : "written by Grantkeeper";
    return [
      {
        seq: newest.seq,
        at: newest.at,
        text: `${head}, ${calls}${change === "" ? "" : `: ${change}`}`,
        below: [],
      },
    ];
  });
}

/**
 * What a pass wrote for. While a drift was open and has not ended since, it is not known: a commit's author is named
 * only for what Git asked for.
 */
function purposeOf(write: AuditEvent, events: readonly AuditEvent[]): "apply" | "revert" | "unknown" {
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

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
