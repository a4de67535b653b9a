import { formatSpan, formatUpperBound } from "../model/values/duration.ts";
import { targetText } from "../model/keys/key.ts";
import { nextLine, seeLine, type AlertLine } from "./alert-line.ts";
import { authorLines } from "../model/changes/author-text.ts";
import { approveLine, alertSubject } from "./hold-text.ts";
import { dayAndMinuteOf, shownLines } from "./names.ts";
import type { AlertEvent, Keep, NextStep } from "../model/alert-event.ts";

type DriftOpened = Extract<AlertEvent, { readonly kind: "drift-opened" }>;
type DriftClosed = Extract<AlertEvent, { readonly kind: "drift-closed" }>;

/**
 * The lines of an alert: what changed, who changed it, what Grantkeeper does next and when, and how to stop the revert
 * or keep the change.
 */
export function openedLines(event: DriftOpened): readonly AlertLine[] {
  const { key, account, severity, since, summary, next } = event;
  const target = targetText({ key, account });
  const mark = severity === "security" ? "🔴" : "🟠";
  return [
    `${mark} ${target}: ${headline(event)}   ${secondOf(since)}`,
    "Changed in AWS, compared with Git:",
    ...shownLines(summary),
    ...whoLines(event),
    ...rollbackLines(event),
    nextLine(NEXT_STEP_TEXTS[next.kind](next as never, event)),
    ...stopAndKeep(event, target),
    seeLine(`grantkeeper describe ${target}`),
    ...(next.kind === "needs-approval" ? [approveLine(next.subject)] : []),
  ];
}

function rollbackLines({ rollback }: DriftOpened): readonly string[] {
  if (rollback === undefined) return [];
  const { source, revision, until, actor, reason } = rollback;
  const why = reason === null ? "" : `: "${reason}"`;
  return [
    `Rollback: source ${source} is at ${revision} until ${dayAndMinuteOf(until)} by ${actor}${why}`,
    "      a push to this source is not applied before its end",
  ];
}

/** Each author once; where one is not certain, the command that finds the event. */
function whoLines({ authors, lookUp }: DriftOpened): readonly AlertLine[] {
  if (lookUp === null) return [];
  const known = authors.filter(({ attribution }) => attribution.kind !== "unknown");
  // By all lines together: the candidates of one difference are none of another.
  const byText = new Map(
    known.map(({ attribution }) => authorLines(attribution)).map((one) => [JSON.stringify(one), one]),
  );
  const lines = [...byText.values()].flat();
  const isCertain =
    known.length === authors.length && known.every(({ attribution }) => attribution.kind === "named");
  const shown = shownLines(lines).map((line, at) => `${at === 0 ? "Who:  " : "      "}${line}`);
  if (lines.length > 0 && isCertain) return shown;
  const missing = lines.length === 0 ? "Who:  not known yet" : "      not known of every difference";
  return [...shown, `${missing}; CloudTrail usually shows it after 5 minutes`, `      ${lookUp}`];
}

/** `escalation, exposure`; `drift` if it is of no use to an attacker. */
function headline({ delta, severity }: DriftOpened): string {
  const risks = new Set(delta.allowed.map(({ risk }) => risk).filter((risk) => risk !== "none"));
  if (risks.size > 0) return [...risks].sort().join(", ");
  return severity === "security" ? "security drift" : "drift";
}

type NextStepTexts = {
  readonly [K in NextStep["kind"]]: (
    next: Extract<NextStep, { readonly kind: K }>,
    event: DriftOpened,
  ) => string;
};

const NEXT_STEP_TEXTS: NextStepTexts = {
  "reverting-now": (_, { severity }) =>
    `Grantkeeper reverts it now${severity === "security" ? " (security: no delay)" : ""}`,
  "reverting-at": ({ at }, { since }) =>
    `Grantkeeper reverts it at ${instantAfter(since, at)} (in ${formatSpan(Math.max(0, Date.parse(at) - Date.parse(since)))})`,
  "observe-only": () => "revert it in AWS or declare it in Git: Grantkeeper only observes here",
  suspended: ({ until }, { since }) => `nothing until ${instantAfter(since, until)}: suspended`,
  "needs-approval": ({ subject }) =>
    `awaiting approval: grantkeeper describe approval ${alertSubject(subject)}`,
  "left-alone": ({ reason }) => `not reverted for now: ${reason}`,
};

/** With the date if it is on another day. */
function instantAfter(since: string, at: string): string {
  return since.slice(0, 10) === at.slice(0, 10) ? secondOf(at) : `${at.slice(0, 19)}Z`;
}

function stopAndKeep({ next, keep }: DriftOpened, target: string): readonly string[] {
  if (next.kind === "reverting-now") return stopLines(target);
  if (next.kind !== "reverting-at" && next.kind !== "observe-only") return [];
  const stop = next.kind === "reverting-at" ? stopLines(target) : [];
  return [...stop, ...(keep === null ? [] : keepLines(keep))];
}

function stopLines(target: string): readonly string[] {
  return [`Stop: grantkeeper suspend ${target} --for 1h --reason TEXT`];
}

function keepLines(keep: Keep): readonly string[] {
  if (keep.kind === "not-as-it-is")
    return [`Keep: not as it is (${keep.reason}); declare what the function needs in ${keep.file}`];
  const lists = [
    ["spec.grants", keep.grants],
    ["spec.statements", keep.statements],
  ] as const;
  return lists
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([field, lines]) => [
      `Keep: add under ${field} in ${keep.file}`,
      ...shownLines(lines).map((line) => `      ${line}`),
    ]);
}

type AuthorFound = Extract<AlertEvent, { readonly kind: "drift-author-found" }>;

/** @param seqs the audit entries of it */
export function authorFoundLines(
  { key, account, since, authors }: AuthorFound,
  seqs: readonly number[],
): readonly AlertLine[] {
  const target = targetText({ key, account });
  const lines = authors.flatMap(({ difference, attribution }) => [
    `    ${difference}`,
    ...authorLines(attribution).map((line) => `      ${line}`),
  ]);
  const verb = authors.every(({ attribution }) => attribution.kind === "named") ? "made" : "may have made";
  // That difference has ended; the same may have been made again since.
  return [
    `🔵 ${target}: events show who ${verb} a difference that was first seen at ${secondOf(since)} and has ended since${entryText(seqs)}`,
    ...shownLines(lines),
    seeLine(`grantkeeper history ${target}`),
  ];
}

const END_TEXTS = {
  reverted: "reverted by Grantkeeper, read back",
  applied: "as declared in Git now, read back",
  gone: "no longer differs from Git",
  released: "no longer compared: its manifest releases the function",
} as const satisfies Record<DriftClosed["how"], string>;

/** @param seqs the audit entries of the drift */
export function closedLines(
  { key, account, how, since, lastCleanAt, at }: DriftClosed,
  seqs: readonly number[],
): readonly string[] {
  return [
    `✅ ${targetText({ key, account })} ${secondOf(at)} ${END_TEXTS[how]}${entryText(seqs)}`,
    how === "released" ? "   it may still exist in AWS" : `   ${openText({ since, lastCleanAt, at })}`,
  ];
}

function openText({ since, lastCleanAt, at }: Pick<DriftClosed, "since" | "lastCleanAt" | "at">): string {
  if (lastCleanAt === null) return `first seen ${secondOf(since)}; no clean read before it is known`;
  const span = formatUpperBound(Math.max(0, Date.parse(at) - Date.parse(lastCleanAt)));
  return `open for at most ${span} (last clean read ${secondOf(lastCleanAt)}, closed ${secondOf(at)})`;
}

/** `10:32:41Z` of an ISO 8601 instant. */
function secondOf(instant: string): string {
  return `${instant.slice(11, 19)}Z`;
}

function entryText(seqs: readonly number[]): string {
  const [first, last] = [seqs[0], seqs.at(-1)];
  if (first === undefined || last === undefined) return "";
  return first === last ? `, entry ${first}` : `, entries ${first} to ${last}`;
}
