import { shortRevision } from "../../model/values/revision.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { problemLines } from "../../cli/screen/problem.ts";
import { messageTable } from "../../cli/screen/message-table.ts";
import type { Column } from "../../cli/screen/table.ts";
import { ago, clockTime } from "../../wording/time.ts";
import { ruleCountsText } from "../../wording/rule-counts.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { counted } from "../../text/phrases.ts";
import type { ProblemReport, ReportedProblem } from "../reports/problem-report.ts";
import type { RuleBoard, BoardEntry } from "./breaches.ts";

export interface BoardTime {
  readonly nowMs: number;
  /** For the text of an empty list: `for RES-001 in namespace orders`. */
  readonly about: string;
}

/** The board for people: one line for each broken rule of a target, then what was not judged. */
export function boardLines(
  board: RuleBoard,
  { nowMs, about }: BoardTime,
  layout: Layout,
): readonly ScreenLine[] {
  const { items } = board;
  const message = { title: "REASON", texts: (entry: BoardEntry) => [messageText(entry, nowMs)] };
  const rows =
    items.length === 0
      ? [`No broken rule found${about}`]
      : messageTable(columns(nowMs), message, { rows: items, layout });
  return [
    ...rows,
    "",
    ...wrapped(summaryText(board), layout.width),
    ...notesOf(board).flatMap((message) =>
      problemLines({ level: "note", place: null, message, hint: null }, layout.width),
    ),
  ];
}

function columns(nowMs: number): readonly Column<BoardEntry>[] {
  return [
    { title: "TARGET", cell: ({ target }) => target },
    { title: "RULE", cell: ({ rule }) => rule },
    { title: "STATE", cell: ({ state }) => state },
    { title: "SINCE", cell: ({ since }) => (since === null ? "unknown" : ago(since, nowMs)) },
    { title: "REVISION", cell: revisionText },
    { title: "PLACE", cell: ({ origin }) => placeText(origin), isWide: true },
    { title: "READ", cell: ({ readAt }) => ago(readAt, nowMs), isWide: true },
  ];
}

/** A working tree is of no revision. */
function revisionText({ state, revision }: BoardEntry): string {
  if (state === "live") return "-";
  return revision === null ? "unknown" : shortRevision(revision);
}

function messageText(entry: BoardEntry, nowMs: number): string {
  const { state, severity, waivedUntil, waiverEnded } = entry;
  if (state === "live")
    return `${severity === "block" ? "not in Git" : "not in Git, a warning"}: ${reasonText(entry)}`;
  if (waivedUntil !== null) return `waived until ${clockTime(waivedUntil, nowMs)}: ${reasonText(entry)}`;
  if (state === "pending") return `refuses after an approval: ${reasonText(entry)}`;
  return waiverEnded === null
    ? reasonText(entry)
    : `its waiver ended at ${clockTime(waiverEnded, nowMs)}: ${reasonText(entry)}`;
}

function reasonText({ why, findings }: BoardEntry): string {
  return findings === 1 ? why : `${why} (and ${counted(findings - 1, "more finding")})`;
}

function placeText(origin: BoardEntry["origin"]): string {
  return origin === null ? "not in Git" : `${origin.file}:${origin.line}:${origin.column}`;
}

function summaryText({ items, passed }: RuleBoard): string {
  return `${ruleCountsText(items)}; ${counted(passed.length, "target")} without a finding`;
}

const NAMED = 3;

/** What the list does not show, so that no one takes its silence for a proof. */
function notesOf({ notJudged }: RuleBoard): readonly string[] {
  const byReason = [...Map.groupBy(notJudged, ({ state, reason }) => `${LABELS[state]} ${reason}`).values()];
  return byReason.map((group) => {
    const names = group.slice(0, NAMED).map(({ target }) => target);
    const more = group.length - names.length;
    const [{ state, reason } = NO_REASON] = group;
    return `${LABELS[state]}: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}: ${reason}`;
  });
}

const LABELS = { declared: "not judged", live: "what AWS has is not judged completely" } as const;
const NO_REASON = { state: "declared", reason: "" } as const;

/** The same for the tools of a pipeline. A waived rule is a note: neither a problem nor passed. */
export function boardReport(board: RuleBoard): ProblemReport {
  const waived = board.items.filter(({ state }) => state === "waived");
  return {
    command: "rules",
    problems: board.items.flatMap(problemOf),
    passed: board.passed,
    waiting: [],
    changes: [],
    notes: [
      ...waived.map(
        ({ target, rule, waivedUntil }) => `${target}: ${rule} is waived until ${waivedUntil ?? ""}`,
      ),
      ...notesOf(board),
    ],
    isComplete: board.notJudged.length === 0,
    summary: summaryText(board),
  };
}

function problemOf(breach: BoardEntry): readonly ReportedProblem[] {
  const { rule, state, severity, target, origin, fix, findings } = breach;
  if (state === "waived") return [];
  return [
    {
      code: rule,
      level: severity === "block" && state !== "pending" ? "error" : "warning",
      place:
        origin === null
          ? { kind: "target", target }
          : { kind: "file", file: origin.file, line: origin.line, column: origin.column },
      message: `${target}: ${state === "live" ? "live, not in Git: " : ""}${reasonText(breach)}`,
      hint: fix,
      count: findings,
      related: [],
    },
  ];
}
