import { recordedDelta } from "../../iam/row-text.ts";
import type { Action } from "../../model/plan.ts";
import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import { revisionOf } from "../../model/records/key-revision.ts";
import type { Digest } from "../../model/values/digest.ts";
import type { ApprovalSubject } from "../../model/verdict.ts";
import type { Actuator } from "../ports/actuator.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import type { LiveState } from "../ports/live-state.ts";
import type { Pass } from "../../judge/subject.ts";
import { readRevisionId } from "./revision-id.ts";
import type { WriteOutcome } from "../../settle/outcome/outcome.ts";

export interface WritePorts {
  readonly live: LiveState;
  readonly actuator: Actuator;
  readonly audit: AuditLog;
  readonly store: Pick<Store, "nowMs">;
  readonly clock: Clock;
}

export interface Signals {
  /** Aborts running reads and writes immediately. */
  readonly abort: AbortSignal;
  /** Ends the pass before its next write. Aborts with `abort`, on stop, on a new accepted revision, and on a suspension. */
  readonly stopping: AbortSignal;
  /** `Store.control` before the pass took its inputs. */
  readonly control: number;
  /** Called when it has risen since: of passes that run, `stopping` aborts. */
  readonly outdated: () => void;
}

/** What a running pass acts through. */
export interface PassRun<Ports = WritePorts> {
  readonly ports: Ports;
  readonly signals: Signals;
}

export interface WriteOrder {
  readonly actions: readonly Action[];
  readonly planDigest: Digest;
  /** What an operator approved for the action by itself; null: nothing. */
  readonly approvalOf: (action: Action) => ApprovalSubject | null;
  /** The end of the approvals that the action needs; null: it needs none. */
  readonly approvedUntilMs: (action: Action) => number | null;
  readonly patience: Patience;
}

/** The record's facts that decide how long a retry may take. They are never kept in memory only: a restart must not extend the time. */
interface Patience {
  /** Our last write of this key; null if there is no recent one. */
  readonly lastWriteMs: number | null;
  /** The time of the first failure in the current series of failures; null: there is none. */
  readonly retryingSinceMs: number | null;
}

/**
 * Executes the actions of one key in order. Stops at the first failure, or before the next action if `stopping` aborts or
 * the approval of that action has ended.
 * Each write has an intent, which is durable before the call, and an outcome.
 * @throws Error if an intent can't be made durable: the call was not made
 */
export async function applyActions(
  pass: Pass,
  { actions, ...about }: WriteOrder,
  { ports, signals }: PassRun,
): Promise<readonly WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  for (const action of actions) {
    if (signals.stopping.aborted || signals.abort.aborted) break;
    const outcome = await applyOne(action, { ...about, pass, ports, signals });
    if (outcome === null) break;
    outcomes.push(outcome);
    if (outcome.kind !== "applied") break;
  }
  return outcomes;
}

interface WriteContext extends Omit<WriteOrder, "actions"> {
  readonly pass: Pass;
  readonly ports: WritePorts;
  readonly signals: Signals;
}

/** null: its approval has ended, or the pass is to end, and nothing was called. */
async function applyOne(action: Action, context: WriteContext): Promise<WriteOutcome | null> {
  const { pass, ports, signals, approvedUntilMs } = context;
  const { abort: signal, stopping } = signals;
  const revisionId = await readRevisionId(pass, action, { live: ports.live, signal });
  if (revisionId.kind === "err") return { kind: "not-made", action, error: revisionId.error };
  // The pass judged its approval some time ago: reads, waits and the calls before this one take time.
  const untilMs = approvedUntilMs(action);
  if (untilMs !== null && untilMs <= (await ports.store.nowMs())) return null;
  // With nothing awaited before the append: no intent follows the entry of a suspension.
  if (stopping.aborted) return null;
  const intent = await recordIntent(action, context);
  if (intent === null) {
    signals.outdated();
    return null;
  }
  const { account, id } = pass;
  const revision = revisionOf(action.key, pass);
  const write = { account, pass: id, revision, intent, revisionId: revisionId.value };
  const answer = await ports.actuator.apply(action, write, signal);
  if (answer.kind === "err") return failedWrite({ action, intent, error: answer.error }, context);
  const { requestId } = answer.value;
  await ports.audit.append([
    { kind: "write-finished", intent, key: action.key, requestId, outcome: "applied", error: null },
  ]);
  return { kind: "applied", action, intent, atMs: ports.clock.nowMs() };
}

/** null: the pass is to end. */
async function recordIntent(
  action: Action,
  { pass, planDigest, approvalOf, ports, signals }: WriteContext,
): Promise<number | null> {
  const approval = approvalOf(action);
  const entry = await ports.audit.intend(
    {
      kind: "write-intended",
      pass: pass.id,
      key: action.key,
      revision: revisionOf(action.key, pass),
      planDigest,
      call: action.call,
      step: action.step,
      target: action.target,
      input: action.input,
      before: action.before,
      after: action.after,
      risk: action.risk,
      delta: recordedDelta(action.delta),
      cause: action.cause,
      ...(approval !== null && { approval }),
    },
    signals.control,
  );
  return entry?.seq ?? null;
}

async function failedWrite(
  write: { readonly action: Action; readonly intent: number; readonly error: AwsError },
  { patience, ports }: WriteContext,
): Promise<WriteOutcome> {
  const { action, intent, error } = write;
  if (error.facts.lost) return { kind: "lost", ...write };
  const { requestId, code, message } = error.facts;
  const reason = `${code}: ${message}`;
  await ports.audit.append([
    { kind: "write-finished", intent, key: action.key, requestId, outcome: "failed", error: reason },
  ]);
  return { kind: "failed", ...write, isOverdue: isOverdue(error, patience, ports.clock.nowMs()) };
}

/** The first failure is never overdue: the state that it waits for may have begun just now, in AWS. */
function isOverdue(error: AwsError, { lastWriteMs, retryingSinceMs }: Patience, nowMs: number): boolean {
  const { disposition } = error.facts;
  if (retryingSinceMs === null) return false;
  // Each retry has a new plan, and writes before the failing one may have succeeded. Only the series counts.
  if (disposition.kind === "replan") return nowMs - retryingSinceMs > REPLAN_DEADLINE_MS;
  if (disposition.kind !== "retry") return false;
  return nowMs - Math.max(retryingSinceMs, lastWriteMs ?? 0) > disposition.deadlineMs;
}

/** A race ends sooner. If every new plan becomes outdated too, an operator must look at it. */
const REPLAN_DEADLINE_MS = 600_000;
