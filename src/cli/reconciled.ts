import type { BindingObject } from "../api/bindings.ts";
import type { ReconciliationObject } from "../api/commands.ts";
import type { SourceStatus } from "../api/overview.ts";
import { shortRevision } from "../model/revision.ts";
import type { ApiClient } from "./client.ts";
import type { ExitCode } from "./cli-error.ts";
import { withProgress } from "./progress.ts";
import { bindingResult, type BindingResult } from "./render/reconciled.ts";
import { addressOf } from "./render/resource-tables.ts";
import { counted } from "./render/words.ts";
import { targetText } from "./target.ts";
import type { Toolbox } from "./toolbox.ts";

const EVERY_MS = 500;
/** So many of the newest entries are looked through for calls. */
const EVENTS = 1_000;
const NAMES_SHOWN = 3;

export interface ReconciliationWait {
  readonly client: ApiClient;
  readonly token: string;
  readonly timeoutMs: number;
}

/** What is printed after a reconcile, and the exit code that says the worst of it. */
export interface ReconciliationEnd {
  /** The same for programs. */
  readonly value: ReconciliationResult;
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
}

/** How a reconcile ended. */
export interface ReconciliationResult {
  readonly exitCode: number;
  /** Every binding that was asked for and was compared. */
  readonly bindings: readonly BindingResult[];
  /** Targets that were not compared before the time was over. */
  readonly notCompared: readonly string[];
  readonly unreadable: ReconciliationObject["status"]["unreadable"];
  readonly source: Pick<SourceStatus, "name" | "failure" | "held">;
}

/** The state of a reconcile at one look. */
interface Look {
  readonly reconciliation: ReconciliationObject["status"];
  readonly results: readonly BindingResult[];
  readonly source: SourceStatus;
  /** By account id. */
  readonly accounts: ReadonlyMap<string, string>;
}

/** Waits until every binding is compared and nothing goes on by itself, or the time is over. Names what it waits for. */
export async function waitForReconciliation(
  wait: ReconciliationWait,
  toolbox: Toolbox,
): Promise<ReconciliationEnd> {
  const { clock, signal } = toolbox;
  const endMs = clock.nowMs() + wait.timeoutMs;
  const since = await newestEntry(wait.client);
  return withProgress("reconciling", toolbox, async (say) => {
    const tell = teller(say, toolbox);
    for (;;) {
      const look = await lookAt(wait, { since, endMs, nowMs: clock.nowMs() });
      const waiting = waitingNames(look);
      if (waiting.length === 0) return endOf(look, null);
      if (clock.nowMs() >= endMs) return endOf(look, wait.timeoutMs);
      await tell(look, waiting);
      await clock.sleep(EVERY_MS, signal);
    }
  });
}

/** Each thing once: a log of a CI job shows how far it came, too. */
function teller(
  say: (text: string) => void,
  { terminal }: Toolbox,
): (look: Look, waiting: readonly string[]) => Promise<void> {
  let told = "";
  return async ({ reconciliation }, waiting) => {
    const more = waiting.length - NAMES_SHOWN;
    const names = waiting.slice(0, NAMES_SHOWN).join(", ");
    const text =
      reconciliation.revision === null
        ? "fetching the source"
        : `${shortRevision(reconciliation.revision)}: waiting for ${names}${more > 0 ? ` and ${more} more` : ""}`;
    say(text);
    if (text === told) return;
    told = text;
    if (terminal.progress === null) await terminal.err(`${text}\n`);
  };
}

async function newestEntry(client: ApiClient): Promise<number> {
  const [newest] = await client.list("events", { most: 1 });
  return newest?.event.seq ?? 0;
}

async function lookAt(
  { client, token }: ReconciliationWait,
  { since, endMs, nowMs }: { readonly since: number; readonly endMs: number; readonly nowMs: number },
): Promise<Look> {
  const [{ status: reconciliation }, { status: overview }] = await Promise.all([
    client.get("reconciliations", token),
    client.overview(),
  ]);
  const { source, holds } = overview;
  const accounts = new Map(overview.accounts.map(({ accountId, name }) => [accountId, name]));
  if (!reconciliation.done) return { reconciliation, results: [], source, accounts };
  const unread = new Set<string>(reconciliation.unreadable.map(({ accountId }) => accountId));
  const [all, calls] = await Promise.all([client.list("bindings"), callsSince(client, since)]);
  const asked = reconciliation.keys === null ? null : new Set(reconciliation.keys);
  const read = all.filter(
    ({ spec, status }) => (asked?.has(spec.key) ?? spec.source !== null) && !unread.has(status.accountId),
  );
  const context = {
    calls,
    nowMs,
    holds: holds.map(({ status }) => status),
    dueAt: new Map<string, string>(),
  };
  const waiting = read.filter((binding) => bindingResult(binding, context).state === "waiting");
  const dueAt = await lateCalls(client, waiting, endMs);
  return {
    reconciliation,
    source,
    accounts,
    results: read.map((one) => bindingResult(one, { ...context, dueAt })),
  };
}

async function callsSince(client: ApiClient, since: number): Promise<ReadonlyMap<string, number>> {
  const events = await client.list("events", { most: EVENTS });
  const calls = new Map<string, number>();
  for (const { event } of events) {
    const { seq, kind, key, outcome } = event;
    const isTaken = outcome === "applied" || outcome === "found-applied";
    if (seq > since && kind === "write-finished" && isTaken && typeof key === "string")
      calls.set(key, (calls.get(key) ?? 0) + 1);
  }
  return calls;
}

/** Calls that become due only after the wait has ended: a revert that gives the team time to declare the change. */
async function lateCalls(
  client: ApiClient,
  waiting: readonly BindingObject[],
  endMs: number,
): Promise<ReadonlyMap<string, string>> {
  if (waiting.length === 0) return new Map();
  const keys = new Set(waiting.map(({ spec }) => spec.key));
  const plans = await client.list("plans");
  const late = plans.flatMap(({ status: { key, plan } }) => {
    const dueMs = plan?.nextDueMs ?? null;
    return dueMs === null || dueMs <= endMs || !keys.has(key)
      ? []
      : [[key, new Date(dueMs).toISOString()] as const];
  });
  return new Map(late);
}

function waitingNames({ reconciliation, results, accounts }: Look): readonly string[] {
  if (!reconciliation.done)
    return reconciliation.waitingFor.map((key) => targetText(addressOf(key, accounts)));
  return results.filter(({ state }) => state === "waiting").map(({ target }) => target);
}

/** Of everything the unchanged bindings are only counted; of what was named each has its line. */
function endOf(look: Look, timedOutMs: number | null): ReconciliationEnd {
  const { reconciliation, results, source, accounts } = look;
  const late = timedOutMs === null ? "" : `timed out after ${timedOutMs / 1_000}s: `;
  const missing = reconciliation.done
    ? []
    : reconciliation.waitingFor.map((key) => targetText(addressOf(key, accounts)));
  const shown =
    reconciliation.keys === null
      ? results.filter(({ state }) => !/^(unchanged|compared)$/.test(state))
      : results;
  const lines = [
    ...sourceLines(source),
    ...missing.map((target) => `${target}: ${late}not compared`),
    ...shown.map(({ target, state, text }) => `${target}: ${state === "waiting" ? late : ""}${text}`),
    ...reconciliation.unreadable.map(({ account, reason }) => `account ${account}: unreadable, ${reason}`),
    sumText(look, missing.length),
  ];
  const exitCode = exitCodeOf(look, missing.length);
  const { name, failure, held } = source;
  const { unreadable } = reconciliation;
  const value = {
    exitCode,
    bindings: results,
    notCompared: missing,
    unreadable,
    source: { name, failure, held },
  };
  return { lines, exitCode, value };
}

function sourceLines({ name, failure, held }: SourceStatus): readonly string[] {
  if (failure !== null)
    return [`source ${name}: ${failure.refused ? "refused" : "not fetched"}, ${failure.message}`];
  return held === null
    ? []
    : [`source ${name}: ${shortRevision(held.revision)} is not accepted: ${held.reason}`];
}

function sumText({ reconciliation, results }: Look, missing: number): string {
  const count = (states: readonly string[]): number =>
    results.filter(({ state }) => states.includes(state)).length;
  const parts = [
    [count(["applied"]), "applied"],
    [count(["unchanged"]), "unchanged"],
    [count(["compared"]), "compared"],
    [count(["not-applied", "waiting"]) + missing, "not applied"],
  ] as const;
  const sums = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  const unread = reconciliation.unreadable.length;
  const total = `${counted(results.length + missing, "binding")}${sums.length === 0 ? "" : `: ${sums.join(", ")}`}`;
  return unread === 0 ? total : `${total}; ${counted(unread, "account")} unreadable`;
}

/** The highest that applies. */
function exitCodeOf({ reconciliation, results, source }: Look, missing: number): ExitCode {
  if (source.failure !== null && !source.failure.refused) return 4;
  const isBad = results.some(({ state }) => state === "not-applied" || state === "waiting");
  return isBad ||
    missing > 0 ||
    reconciliation.unreadable.length > 0 ||
    source.held !== null ||
    source.failure !== null
    ? 3
    : 0;
}
