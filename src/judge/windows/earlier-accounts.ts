import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import type { DesiredAccount, DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import { isBinding } from "../../model/desired.ts";
import { targetText, type Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { Condition, ConditionReason, KeyStatus } from "../../model/status.ts";
import { timeText } from "../../text/phrases.ts";
import { isSameDeclaration } from "../states/same-declaration.ts";

/** The first and the last of our writes of a key in the last days. */
interface WriteTimes {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A function or policy of an account that comes before another one. */
export interface EarlierKey {
  readonly key: Key;
  readonly state:
    | { readonly kind: "declared"; readonly desired: DesiredBinding | DesiredPolicy }
    /** Its document cannot be used. */
    | { readonly kind: "invalid" }
    | { readonly kind: "removed" };
  /** null: it had no pass. */
  readonly record: KeyRecord | null;
  /** null: there was none. */
  readonly writes: WriteTimes | null;
  /** null: none is known. */
  readonly denials: FunctionDenials | null;
}

/** An account that comes before another one, as the record shows it. */
export interface EarlierAccount {
  readonly account: Pick<DesiredAccount, "name" | "mode">;
  readonly record: Pick<AccountRecord, "failing" | "lastSweepMs">;
  /** By namespace: a file that can't be read, and may declare something that no key here is of. */
  readonly unreadFiles: ReadonlyMap<string, string>;
  /** By namespace, sorted by key. */
  readonly keys: ReadonlyMap<string, readonly EarlierKey[]>;
}

interface Terms {
  readonly namespace: string;
  readonly verifiedForMs: number;
  readonly nowMs: number;
}

export interface Unverified {
  readonly text: string;
  /** It is not verified before; null: it is not known when it can be. */
  readonly earliestMs: number | null;
}

/**
 * Why a namespace of the account does not count as verified, as a clause that follows the name of the account; null: everything that Git
 * declares was applied, and a complete read has seen it unchanged for long enough. Never a count or a duration: the text is
 * the reason of a pending plan, and stays the same as long as the cause does.
 */
export function unverified(
  { account, record, keys, unreadFiles }: EarlierAccount,
  { namespace, verifiedForMs, nowMs }: Terms,
): Unverified | null {
  if (account.mode === "observe") return withoutTime("it is in observe mode, so nothing is applied there");
  if (record.failing !== null) return withoutTime("it is not read now");
  if (record.lastSweepMs === null) return withoutTime("it was not read yet");
  const all = (keys.get(namespace) ?? []).filter(isEnforced);
  for (const one of all) {
    const problem = problemOf(one, nowMs);
    if (problem !== null)
      return withoutTime(`${targetText({ key: one.key, account: account.name })} ${problem.text}`);
  }
  const unread = unreadFiles.get(namespace);
  if (unread !== undefined)
    return withoutTime(`${unread} can't be read completely, and may declare something there`);
  const sinceMs = Math.max(-Infinity, ...all.map(unchangedSinceMs));
  const verifiedMs = sinceMs + verifiedForMs;
  if (record.lastSweepMs >= verifiedMs) return null;
  const time = timeText(new Date(verifiedMs).toISOString());
  if (nowMs >= verifiedMs) return withoutTime(`it was not read since ${time}`);
  const text = `written at ${time} at the earliest, if ${account.name} matches Git until then`;
  return { text, earliestMs: verifiedMs };
}

function withoutTime(text: string): Unverified {
  return { text, earliestMs: null };
}

/** What is only observed, in an account that enforces, is observed wherever it is declared: no change of it waits. */
function isEnforced({ state, record }: EarlierKey): boolean {
  if (state.kind !== "declared") return true;
  const mode = isBinding(state.desired) ? state.desired.mode : record?.status?.mode;
  return mode !== "observe";
}

/** Why a function or policy does not count as in sync. */
export interface SyncProblem {
  /** `not-applied`: its own change is not made yet, and may wait for something else. */
  readonly kind: "not-applied" | "other";
  /** A clause after its name. */
  readonly text: string;
}

function otherProblem(text: string): SyncProblem {
  return { kind: "other", text };
}

/** null: what Git declares is applied, and the record shows no difference since. */
export function problemOf(one: EarlierKey, nowMs: number): SyncProblem | null {
  const { state, record } = one;
  if (state.kind === "invalid") return otherProblem("has an error in Git");
  const status = record?.status ?? null;
  // Nothing is left of it, or nothing was ever there.
  if (state.kind === "removed" && status === null) return null;
  if (record === null || status === null) return { kind: "not-applied", text: "was not compared yet" };
  if (conditionOf(status, "Suspended")?.status === "True") return otherProblem("is suspended");
  if (status.verifiedUntil !== undefined) return otherProblem("could not be read completely");
  const ready = conditionOf(status, "Ready");
  const cause = ready?.status === "False" ? causeText(ready.reason) : "";
  if (state.kind === "removed")
    return record.unbinding === null || ready?.status === "False"
      ? otherProblem(`is not removed yet${cause}`)
      : null;
  const notApplied: SyncProblem = { kind: "not-applied", text: `is not applied yet${cause}` };
  if (!isApplied(state.desired, record, nowMs)) return notApplied;
  const drifted = conditionOf(status, "Drifted");
  if (drifted?.status === "True" && drifted.reason !== "UpstreamChanged")
    return otherProblem("differs from Git");
  if (!isReady(ready)) return notApplied;
  const call = deniedSince(one);
  return call === null ? null : otherProblem(`was denied ${call} by AWS after its change`);
}

/** The other reasons have names under which `runbook` explains them. */
const WAITS: Partial<Readonly<Record<ConditionReason, string>>> = {
  AwaitingApproval: "it waits for approval",
  ChangeWindowClosed: "it waits for its change window or the account before it",
  WaitingForDependency: "it waits for another function",
};

function causeText(reason: ConditionReason): string {
  const wait = WAITS[reason];
  return wait === undefined ? ` (${reason})` : `: ${wait}`;
}

/** Of a function that is not deployed there yet, everything that can be applied is applied. */
function isReady(ready: Condition | undefined): boolean {
  return ready?.status === "True" || ready?.reason === "WaitingForFunction";
}

function isApplied(desired: DesiredBinding | DesiredPolicy, record: KeyRecord, nowMs: number): boolean {
  const applied = record.applied?.desired;
  if (applied === undefined) return false;
  const state = applied.kind === "binding" ? applied.binding : applied.policy;
  return state === desired || isSameDeclaration(state, desired, nowMs);
}

/**
 * A call that AWS denied for the first time after a change, and again since the last one; null: none. A call that was denied
 * before stops nothing, and neither does one that a later change allows.
 */
function deniedSince({ writes, denials }: EarlierKey): string | null {
  if (writes === null || denials === null) return null;
  const { requests, otherCalls, otherLastMs } = denials;
  const request = requests.find(
    ({ firstMs, lastMs }) => firstMs >= writes.firstMs && lastMs >= writes.lastMs,
  );
  if (request !== undefined) return request.reported.action ?? request.reported.operation ?? "a call";
  // Of further kinds only the number is known, and that one was denied since then.
  return otherCalls > 0 && (otherLastMs ?? Infinity) >= writes.lastMs ? "several calls" : null;
}

/** Since when nothing has changed of it, in Git or in AWS. */
function unchangedSinceMs({ state, record, writes }: EarlierKey): number {
  const status = record?.status ?? null;
  const times = [
    writes?.lastMs,
    state.kind === "removed" ? record?.unbinding?.atMs : sinceMs(conditionOf(status, "Ready")),
    sinceMs(conditionOf(status, "Drifted")),
  ];
  return Math.max(...times.filter((ms) => ms !== undefined));
}

function sinceMs(condition: Condition | undefined): number | undefined {
  return condition === undefined ? undefined : Date.parse(condition.lastTransitionTime);
}

function conditionOf(status: KeyStatus | null, type: Condition["type"]): Condition | undefined {
  return status?.conditions.find((one) => one.type === type);
}
