import type { Key } from "../model/keys/key.ts";
import { forbiddenOf } from "../judge/subject.ts";
import { staleReadMs } from "../judge/plan-subject.ts";
import { type Backoff, backoffMs } from "../model/values/backoff.ts";
import type { DesiredAccount } from "../model/desired.ts";
import { approvalOfPart, type ApprovedPart } from "../model/approval.ts";
import type { Action, KeyPlan } from "../model/plan.ts";
import type { Drift } from "../model/drift.ts";
import type { KeyJudgement, NotApplied } from "../judge/judgement.ts";
import { foundAfterWrites } from "./drift/found-after-writes.ts";
import { type OutcomeView, isOverdue } from "./outcome/outcome.ts";
import type { Disposition } from "../model/aws/errors/aws-error.ts";

export interface Requeue {
  readonly key: Key;
  readonly dueMs: number;
}

const RETRY: Backoff = { firstMs: 1_000, longestMs: 300_000, jitter: "full" };

/** The wait before a failed part of a pass is retried. `attempt` counts from 0; `random` is in [0, 1). */
export function retryMs(attempt: number, random: number): number {
  return backoffMs(RETRY, attempt, random);
}

/** Refused access, and an overdue failure that time should have fixed, is retried slowly. */
const PROBE_MS = 300_000;

interface RequeueContext {
  readonly nowMs: number;
  /** Consecutive failed attempts before this pass, by key. */
  readonly attempts: ReadonlyMap<Key, number>;
  readonly random: () => number;
}

/** When each key of the pass is due again before the next sweep, and its number of consecutive failures. */
export function requeueOf(
  views: readonly OutcomeView[],
  account: DesiredAccount,
  context: RequeueContext,
): { readonly requeue: readonly Requeue[]; readonly attempts: ReadonlyMap<Key, number> } {
  const attempts = new Map(context.attempts);
  const requeue: Requeue[] = [];
  for (const view of views) {
    const { key } = view.subject;
    const failed = hasFailed(view);
    const attempt = failed ? (attempts.get(key) ?? 0) : 0;
    if (failed) attempts.set(key, attempt + 1);
    else attempts.delete(key);
    const wait: RequeueTimes = {
      nowMs: context.nowMs,
      staleReadMs: staleReadMs(account),
      attempt,
      retry: (failures) => retryMs(failures, context.random()),
    };
    const delayMs = delayOf(view, wait) ?? (isPartlyUnread(view) ? wait.retry(attempt) : null);
    const dueMs = [...(delayMs === null ? [] : [context.nowMs + delayMs]), ...opensMs(view)];
    if (dueMs.length > 0) requeue.push({ key, dueMs: Math.min(...dueMs) });
  }
  return { requeue, attempts };
}

/** When the change window opens that the key waits for, or an approved part of its plan. */
function opensMs(view: OutcomeView): readonly number[] {
  if (view.kind === "unjudged" || view.skipped?.kind === "observe") return [];
  const { verdict, approved, windowOpensAt } = view.judged;
  if (verdict.kind === "hold" && verdict.opensAt !== undefined) return [Date.parse(verdict.opensAt)];
  return approved.length > 0 && windowOpensAt !== undefined ? [Date.parse(windowOpensAt)] : [];
}

interface RequeueTimes {
  readonly nowMs: number;
  readonly staleReadMs: number;
  /** Consecutive failures before this one. */
  readonly attempt: number;
  /** The wait after so many failures. */
  readonly retry: (failures: number) => number;
}

/** Later with each consecutive failure; a plan that changes with each read counts too. */
const TRIED_AGAIN: ReadonlySet<NotApplied["kind"]> = new Set([
  "read-failed",
  "open-intent",
  "changed-meanwhile",
  "dependency",
]);

/** Without the bindings that are not read on purpose: no retry helps until Git changes. */
function isPartlyUnread({ subject, unread }: OutcomeView): boolean {
  return unread.length > 0 && forbiddenOf(subject) === null;
}

function hasFailed(view: OutcomeView): boolean {
  if (view.kind === "unjudged") return view.outcome.kind === "unknown";
  if (isPartlyUnread(view) || view.failure !== null) return true;
  return view.skipped === null ? view.readBack?.kind === "not-read" : TRIED_AGAIN.has(view.skipped.kind);
}

/** null: the next sweep is soon enough, or no retry helps until something changes. */
function delayOf(view: OutcomeView, wait: RequeueTimes): number | null {
  if (view.kind === "unjudged") return view.outcome.kind === "unknown" ? wait.retry(wait.attempt) : null;
  const { failure, readBack, judged } = view;
  if (view.skipped !== null) return skippedDelay(view.skipped, judged, wait);
  if (failure !== null)
    return isOverdue(failure) ? PROBE_MS : failureDelay(failure.error.facts.disposition.kind, wait);
  if (readBack?.kind !== "seen") return wait.retry(wait.attempt);
  // The next pass alerts people to it, however long the revert has to wait.
  if (foundAfterWrites(view).length > 0) return wait.retry(wait.attempt);
  const dueMs = dueDelay(nextDueMs(readBack.plan, readBack.plan, judged), wait.nowMs);
  if (dueMs !== null) return dueMs;
  if (isPending(readBack.drifts)) return Math.max(250, wait.staleReadMs / 4);
  const left = view.ordered === null ? view.plan : readBack.plan;
  const isLeft = left.actions.length > 0 && judged.verdict.kind === "allow";
  return isLeft ? wait.retry(wait.attempt + 1) : null;
}

function skippedDelay(skipped: NotApplied, judged: KeyJudgement, wait: RequeueTimes): number | null {
  switch (skipped.kind) {
    case "observe":
    case "suspended":
    case "stalled":
      return null;
    case "open-intent":
    case "read-failed":
    case "dependency":
      return wait.retry(wait.attempt);
    case "changed-meanwhile":
      return failureDelay("replan", wait);
    case "cut-short":
      return 0;
    case "undo-waits":
      return dueDelay(skipped.dueMs, wait.nowMs) ?? wait.retry(wait.attempt);
    case "nothing-due": {
      const plan = judged.verdict.kind === "allow" ? judged.plan : judged.undo;
      const dueMs = dueDelay(nextDueMs(plan, judged.plan, judged), wait.nowMs);
      return dueMs ?? (isPending(judged.drifts) ? 1_000 : null);
    }
  }
}

/** When the running plan has something to do by itself, or an approved switch no longer waits for its role; null: never. */
function nextDueMs(
  running: KeyPlan | null,
  { approvable }: Pick<KeyPlan, "approvable">,
  { approved, verdict }: KeyJudgement,
): number | null {
  const answered =
    verdict.kind === "refuse" ? [] : approvable.flatMap((part) => answeredPart(part, approved));
  const waits = answered.flatMap(({ actions }) => actions.map(({ due }) => due));
  const instants = [
    ...(running === null || running.nextDueMs === null ? [] : [running.nextDueMs]),
    ...waits.flatMap((due) => (due.kind === "at" ? [due.atMs] : [])),
    // It awaits an approval again then.
    ...answered.map(({ untilMs }) => untilMs),
  ];
  return instants.length === 0 ? null : Math.min(...instants);
}

interface AnsweredPart {
  readonly actions: readonly Action[];
  readonly untilMs: number;
}

function answeredPart(
  { digest, actions }: KeyPlan["approvable"][number],
  approved: readonly ApprovedPart[],
): readonly AnsweredPart[] {
  const approval = approvalOfPart({ digest }, approved);
  return approval === null ? [] : [{ actions, untilMs: Date.parse(approval.until) }];
}

function isPending(drifts: readonly Drift[]): boolean {
  return drifts.some((drift) => drift.certainty === "pending");
}

function failureDelay(disposition: Disposition["kind"], wait: RequeueTimes): number | null {
  if (disposition === "terminal") return null;
  if (disposition === "circuit") return PROBE_MS;
  return disposition === "replan" && wait.attempt === 0 ? 0 : wait.retry(wait.attempt);
}

function dueDelay(dueMs: number | null, nowMs: number): number | null {
  return dueMs === null ? null : Math.max(0, dueMs - nowMs);
}
