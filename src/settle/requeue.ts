import type { Key } from "../model/keys/key.ts";
import { failedWrite, planAfter, unreadParts } from "./outcome/left-over.ts";
import { echoMs } from "../judge/plan-subject.ts";
import { type KeyOutcome, type PassResult, subjectOfOutcome } from "./outcome/outcome.ts";
import { type Backoff, backoffMs } from "../model/values/backoff.ts";
import type { NotApplied } from "../judge/judged.ts";

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
  readonly attempts: ReadonlyMap<Key, number>;
  readonly random: () => number;
}

/** When each key of the pass is due again before the next sweep, and its number of consecutive failures. */
export function requeueOf(
  result: PassResult,
  context: RequeueContext,
): { readonly requeue: readonly Requeue[]; readonly attempts: ReadonlyMap<Key, number> } {
  if (result.kind === "failed") return { requeue: [], attempts: context.attempts };
  const attempts = new Map(context.attempts);
  const requeue: Requeue[] = [];
  for (const outcome of result.outcomes) {
    const { key } = subjectOfOutcome(outcome);
    const failed = hasFailed(outcome);
    const attempt = failed ? (attempts.get(key) ?? 0) : 0;
    if (failed) attempts.set(key, attempt + 1);
    else attempts.delete(key);
    const delayMs =
      delayOf(outcome, attempt, echoMs(result.pass.account), context) ??
      (unreadParts(outcome).length > 0 ? retryMs(attempt, context.random()) : null);
    if (delayMs !== null) requeue.push({ key, dueMs: context.nowMs + delayMs });
  }
  return { requeue, attempts };
}

/** Later with each consecutive failure; a plan that changes with each read counts too. */
const TRIED_AGAIN: ReadonlySet<NotApplied["kind"]> = new Set([
  "read-failed",
  "open-intent",
  "changed-meanwhile",
  "dependency",
]);

function hasFailed(outcome: KeyOutcome): boolean {
  if (outcome.kind === "unknown" || unreadParts(outcome).length > 0) return true;
  if (outcome.kind === "judged") return TRIED_AGAIN.has(outcome.notApplied.kind);
  return (
    outcome.kind === "written" && (failedWrite(outcome) !== null || outcome.readBack.kind === "not-read")
  );
}

/** null: the next sweep is soon enough, or no retry helps until something changes. */
function delayOf(
  outcome: KeyOutcome,
  attempt: number,
  settleEchoMs: number,
  context: RequeueContext,
): number | null {
  if (outcome.kind === "unusable") return null;
  if (outcome.kind === "unknown") return retryMs(attempt, context.random());
  if (outcome.kind === "judged") return skippedDelay(outcome, attempt, context);
  const failure = failedWrite(outcome);
  if (failure?.kind === "failed" && failure.isOverdue) return PROBE_MS;
  if (failure !== null) return failureDelay(failure.error.facts.disposition.kind, attempt, context);
  if (outcome.readBack.kind === "not-read") return retryMs(attempt, context.random());
  const waits = dueDelay(outcome.readBack.plan.nextDueMs, context.nowMs);
  if (waits !== null) return waits;
  const pending = outcome.readBack.drifts.some((drift) => drift.certainty === "pending");
  if (pending) return Math.max(250, settleEchoMs / 4);
  return planAfter(outcome.judged, outcome).actions.length > 0 && outcome.judged.verdict.kind === "allow"
    ? retryMs(attempt + 1, context.random())
    : null;
}

function skippedDelay(
  outcome: Extract<KeyOutcome, { readonly kind: "judged" }>,
  attempt: number,
  context: RequeueContext,
): number | null {
  const { judged, notApplied } = outcome;
  switch (notApplied.kind) {
    case "observe":
    case "suspended":
    case "stalled":
      return null;
    case "open-intent":
    case "read-failed":
    case "dependency":
      return retryMs(attempt, context.random());
    case "changed-meanwhile":
      return failureDelay("replan", attempt, context);
    case "cut-short":
      return 0;
    case "nothing-due": {
      const plan = judged.verdict.kind === "allow" ? judged.plan : judged.undo;
      const pending = judged.drifts.some((drift) => drift.certainty === "pending");
      return dueDelay(plan?.nextDueMs ?? null, context.nowMs) ?? (pending ? 1_000 : null);
    }
  }
}

function failureDelay(
  disposition: "retry" | "throttled" | "replan" | "terminal" | "circuit",
  attempt: number,
  context: RequeueContext,
): number | null {
  if (disposition === "terminal") return null;
  if (disposition === "circuit") return PROBE_MS;
  return disposition === "replan" && attempt === 0 ? 0 : retryMs(attempt, context.random());
}

function dueDelay(dueMs: number | null, nowMs: number): number | null {
  return dueMs === null ? null : Math.max(0, dueMs - nowMs);
}
