import type { ReconciliationObject } from "../../api/commands.ts";
import type { SourceStatus } from "../../api/overview.ts";
import { shortRevision, type Revision } from "../../model/values/revision.ts";
import { CliError, type ExitCode } from "../toolbox/cli-error.ts";
import type { OutputFormat } from "../toolbox/options.ts";
import { show } from "../screen/print.ts";
import { inForceText } from "../../wording/rollback.ts";
import { withProgress } from "../screen/progress.ts";
import type { Layout } from "../screen/layout.ts";
import { isUnfinished, type BindingResult } from "./binding-result.ts";
import type { BrokenDocument, Look, LookAt } from "./look.ts";
import { counted } from "../../text/phrases.ts";
import { wrapped } from "../../text/layout/wrap.ts";
import { addressOf, targetText } from "../../model/keys/key.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";
import { reflowed, type ScreenLine } from "../../text/screen-line.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

const EVERY_MS = 500;
const NAMES_SHOWN = 3;
/** A wait for everything only counts the bindings in these states. */
const NOTHING_TO_SHOW: ReadonlySet<BindingResult["state"]> = new Set(["unchanged", "compared"]);
const GOOD: ReadonlySet<BindingResult["state"]> = new Set(["applied", "unchanged", "compared"]);

/** The result of `wait` and `reconcile --wait`, for programs. */
export interface ReconciliationResult {
  readonly exitCode: number;
  /** Every binding of the wait that was compared. */
  readonly bindings: readonly BindingResult[];
  /** Targets that were not compared in time. */
  readonly notCompared: readonly string[];
  readonly unreadable: ReconciliationObject["status"]["unreadable"];
  /** If the wait is for everything: invalid documents that none of the bindings above comes from. */
  readonly broken: readonly BrokenDocument[];
  readonly source: Pick<SourceStatus, "name" | "failure" | "held">;
}

/** The result for people and for programs; the exit code is that of its worst part. */
interface WaitEnd {
  readonly value: ReconciliationResult;
  readonly lines: readonly ScreenLine[];
  readonly exitCode: ExitCode;
}

interface WaitRequest {
  readonly text: string;
  readonly look: LookAt;
  readonly timeoutMs: number;
}

/** Looks until nothing is `waiting` or the time is over, and shows the progress; then prints the result. */
export async function showWait(wait: WaitRequest, output: OutputFormat, toolbox: Toolbox): Promise<ExitCode> {
  const { value, lines, exitCode } = await ended(wait, toolbox);
  if (exitCode === 4 && (output === "json" || output === "yaml")) throw unreachable(value.source);
  const screen = ({ width }: Layout): readonly ScreenLine[] =>
    reflowed(lines, (text) => wrapped(text, width, { first: "", next: "  " }));
  await show({ value, lines: screen }, output, toolbox);
  return exitCode;
}

/** For programs a source that cannot be reached is an error, with nothing on standard output. */
function unreachable({ name, failure }: ReconciliationResult["source"]): CliError {
  const { message, fix } = failure ?? { message: "it was not fetched", fix: null };
  return new CliError(message, fix, { exitCode: 4, place: `source ${name}`, code: "Unreachable" });
}

function ended({ text, look: lookAt, timeoutMs }: WaitRequest, toolbox: Toolbox): Promise<WaitEnd> {
  const { clock, signal } = toolbox;
  const endMs = clock.nowMs() + timeoutMs;
  return withProgress(text, toolbox, async (showText) => {
    const report = reporter(showText, toolbox);
    for (;;) {
      const look = await lookAt({ nowMs: clock.nowMs(), endMs });
      const waiting = waitingNames(look);
      if (look.reconciliation.done && waiting.length === 0) return endOf(look, null);
      if (clock.nowMs() >= endMs) return endOf(look, timeoutMs);
      await report(progressTexts(look, waiting));
      await clock.sleep(EVERY_MS, signal);
    }
  });
}

/** Prints each state once: no line in the log of a CI job can change. */
function reporter(
  showText: (text: string) => void,
  { terminal }: Toolbox,
): (texts: readonly string[]) => Promise<void> {
  const printed = new Set<string>();
  return async (texts) => {
    showText(texts.join(": "));
    const fresh = texts.filter((text) => !printed.has(text));
    for (const text of fresh) printed.add(text);
    if (terminal.progress === null && fresh.length > 0) await terminal.err(`${fresh.join("\n")}\n`);
  };
}

/** `fetched main@51ab7e0`, then `orders/orders-api@prod/eu-west-1: applying, 1 of 2 calls`, or the names of several. */
function progressTexts(
  { reconciliation, results, source }: Look,
  waiting: readonly string[],
): readonly string[] {
  const { revision, done } = reconciliation;
  if (revision === null) return ["fetching the source"];
  const count = done ? waiting.length : reconciliation.waiting;
  const more = count - Math.min(NAMES_SHOWN, waiting.length);
  const names = waiting.slice(0, NAMES_SHOWN).join(", ");
  const [first, ...others] = results.filter(isUnfinished);
  const text =
    first === undefined || others.length > 0
      ? `waiting for ${names}${more > 0 ? ` and ${more} more` : ""}`
      : `${first.target}: ${first.text}`;
  return [fetchedText(revision, source.rolledBack), text];
}

/** While a rollback is in force, the bindings are compared with its revision, which is not the one that was fetched. */
function fetchedText(revision: Revision, rolledBack: SourceStatus["rolledBack"]): string {
  if (rolledBack?.revision !== revision) return `fetched ${shortRevision(revision)}`;
  const inForce = `in force: ${inForceText(revision, rolledBack)}`;
  return rolledBack.waiting === null ? inForce : `fetched ${shortRevision(rolledBack.waiting)}; ${inForce}`;
}

function waitingNames({ reconciliation, results, accounts }: Look): readonly string[] {
  if (!reconciliation.done)
    return reconciliation.waitingFor.map((key) => targetText(addressOf(key, accounts)));
  return results.filter(isUnfinished).map(({ target }) => target);
}

/** Every binding of a named target has a line. A wait for everything only counts the unchanged ones. */
function endOf(look: Look, timedOutMs: number | null): WaitEnd {
  const { reconciliation, results, broken, source } = look;
  const late = timedOutMs === null ? "" : `timed out after ${timedOutMs / 1_000}s: `;
  const missing = reconciliation.done ? [] : waitingNames(look);
  const shown =
    reconciliation.keys === null ? results.filter(({ state }) => !NOTHING_TO_SHOW.has(state)) : results;
  const lines = [
    ...sourceLines(source),
    ...(reconciliation.done || missing.length > 0 ? [] : [`source ${source.name}: ${late}not compared`]),
    ...missing.map((target) => `${target}: ${late}not compared`),
    ...shown.map((result) => `${result.target}: ${isUnfinished(result) ? late : ""}${result.text}`),
    ...broken.map(({ target, text }) => `${target}: ${text}`),
    ...reconciliation.unreadable.map(({ account, reason }) => `account ${account}: unreadable, ${reason}`),
    sumText(look, missing.length),
  ];
  const exitCode = exitCodeOf(look);
  const { name, failure, held } = source;
  const { unreadable } = reconciliation;
  const value = {
    exitCode,
    bindings: results,
    notCompared: missing,
    unreadable,
    broken,
    source: { name, failure, held },
  };
  return { lines, exitCode, value };
}

function sourceLines({ name, failure, held }: SourceStatus): readonly ScreenLine[] {
  if (failure !== null)
    return [
      `source ${name}: ${failure.refused ? "refused" : "not fetched"}, ${failure.message}`,
      ...labelledLines("hint", failure.fix),
    ];
  return held === null
    ? []
    : [`source ${name}: ${shortRevision(held.revision)} is not accepted: ${held.reason}`];
}

function sumText({ reconciliation, results, broken }: Look, missing: number): string {
  const count = (states: readonly string[]): number =>
    results.filter(({ state }) => states.includes(state)).length;
  const parts = [
    [count(["applied"]), "applied"],
    [count(["unchanged"]), "unchanged"],
    [count(["compared"]), "compared"],
    [count(["drifted"]), "in effect with drift"],
    [count(["not-applied", "waiting"]), "not applied"],
    [count(["not-compared"]) + missing, "not compared"],
  ] as const;
  const sums = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const unread = reconciliation.unreadable.length;
  const total = `${counted(results.length + missing, "target")}${sums.length === 0 ? "" : `: ${sums.join(", ")}`}`;
  const further = [
    ...(broken.length === 0 ? [] : [`${counted(broken.length, "document")} broken`]),
    ...(unread === 0 ? [] : [`${counted(unread, "account")} unreadable`]),
  ];
  return [total, ...further].join("; ");
}

/** The highest exit code that applies. */
function exitCodeOf({ reconciliation, results, broken, source }: Look): ExitCode {
  if (source.failure !== null && !source.failure.refused) return 4;
  const isBad = results.some(({ state }) => !GOOD.has(state));
  return isBad ||
    !reconciliation.done ||
    broken.length > 0 ||
    reconciliation.unreadable.length > 0 ||
    source.held !== null ||
    source.failure !== null
    ? 3
    : 0;
}
