import { recentWrites } from "../diff/drift/recent-writes.ts";
import { comparedBefore, revisionOf } from "../model/records/key-revision.ts";
import type { Key } from "../model/keys/key.ts";
import { byTextOf } from "../text/order.ts";
import { choose, type Choice } from "../judge/choose.ts";
import { converge, type ChosenRun } from "./pass/converge.ts";
import { judgeSteps } from "../judge/judge.ts";
import type { ReadSubjects } from "./pass/overtaken-sweep.ts";
import { observe, type Reads } from "./pass/observe.ts";
import { historyMs } from "../judge/plan-subject.ts";
import type { ActionDataLoader } from "./ports/action-data-loader.ts";
import type { EventLoop } from "./ports/event-loop.ts";
import type { Recorder } from "./ports/recorder.ts";
import { stage, type Telemetry } from "./ports/telemetry.ts";
import { attempted } from "./pass/attempted.ts";
import { observeWritten, outcomeOf } from "./pass/read-back.ts";
import { resolveIntents } from "./pass/resolve-intents.ts";
import { subjectsInScope } from "../judge/subjects.ts";
import { alertsBeforeWrites } from "../settle/alerts/before-writes.ts";
import { inSlices } from "./slices.ts";
import { openDriftsOf } from "../settle/drift/open-drifts.ts";
import { driftFoundFacts, openedDrifts } from "../settle/drift/new-drifts.ts";
import { desiredOf, type Subject, type Pass, type PassContext } from "../judge/subject.ts";
import { attachedServices } from "../judge/live-state/attached-services.ts";
import type { ActionData } from "../iam/action-data.ts";
import { isBinding } from "../model/desired.ts";
import { type KeyOutcome, type PassResult, subjectOfOutcome } from "../settle/outcome/outcome.ts";
import { READ_MAY_BE_OLD_MS } from "../model/changes/event-proof.ts";
import type { ClockOffset } from "../model/changes/clock-offset.ts";
import type { KnownChanges } from "../model/changes/attribution.ts";
import type { LiveAccount } from "../model/live.ts";
import type { AwsError } from "../model/aws/errors/aws-error.ts";
import { ok, type Result } from "../model/values/result.ts";
import type { PassRun, Signals, WritePorts } from "./pass/apply.ts";

export interface PassPorts extends WritePorts {
  readonly actionData: ActionDataLoader;
  readonly recorder: Recorder;
  readonly eventLoop: EventLoop;
  readonly telemetry: Pick<Telemetry, "trace">;
  /** The change events that have arrived until now; null: no queue is for the account. Missing: as null. */
  readonly changes?: () => Promise<KnownChanges | null>;
  /** Of AWS's clock; null: not known. Missing: as null. */
  readonly clockOffset?: () => ClockOffset | null;
  /** What was read for the pass; missing: nothing was. */
  readonly read?: ReadSubjects;
}

/**
 * One pass: observe, compare, plan, judge, apply, read back. Returns the outcomes; `settle` decides what follows.
 * @throws Error if the record can't be written: no call was made without its intent
 */
export async function reconcile(given: Pass, ports: PassPorts, signals: Signals): Promise<PassResult> {
  const reads = { live: ports.live, signal: signals.abort };
  const read = ports.read === undefined ? await readSubjects(given, ports, reads) : ok(ports.read);
  if (read.kind === "err") return { kind: "failed", pass: given, error: read.error };
  return reconcileRead(given, read.value, { ports, signals });
}

async function reconcileRead(
  given: Pass,
  { subjects, live }: ReadSubjects,
  { ports, signals }: PassRun<PassPorts>,
): Promise<PassResult> {
  const reads = { live: ports.live, signal: signals.abort };
  const { telemetry } = ports;
  const read = { ...given, ...(await changesUntilNow(ports)) };
  const pass = { ...read, actionData: await actionDataFor(given, subjects, { live, ports }) };
  const openIntents = await resolveIntents({ ...pass, live }, keysOf(subjects), ports);
  const before = await withWrites(pass, live, ports);

  const { judged, unjudged } = await telemetry.trace(stage("judge"), () =>
    inSlices(judgeSteps(before, subjects), ports.eventLoop, signals.abort),
  );
  const choices = judged.map((one) => choose(one, openIntents, before));
  const runs = choices.filter((choice): choice is ChosenRun => choice.kind === "run");

  const recorded = await recordIntents(before, runs, ports);
  const done = await telemetry.trace(stage("apply"), () => converge(before, choices, { ports, signals }));
  const seen = await telemetry.trace(stage("read-back"), () => observeWritten(before, done, reads));
  const after = seen.kind === "live" ? seen.live : live;
  // After a read that failed nothing is known of what the writes have changed.
  if (seen.kind === "live") await resolveIntents({ ...pass, live: after }, recorded, ports);
  const now = await withWrites(pass, after, ports);

  const outcomes: readonly KeyOutcome[] = [
    ...unjudged,
    ...choices.filter((choice) => choice.kind === "skip").map(skipped),
    ...done.map((one) => outcomeOf(one, seen, now)),
  ];
  return {
    kind: "done",
    pass,
    observed: live,
    live: after,
    swept: pass.scope.kind === "all" && live.complete,
    outcomes: outcomes.toSorted(byTextOf((outcome) => subjectOfOutcome(outcome).key)),
    writes: now.writes,
    recorded,
    endedAtMs: now.nowMs,
  };
}

async function readSubjects(
  pass: Pass,
  { clock, telemetry }: PassPorts,
  reads: Reads,
): Promise<Result<ReadSubjects, AwsError>> {
  const subjects = subjectsInScope(pass, pass.scope, clock.nowMs());
  const live = await telemetry.trace(stage("observe"), () => observe(pass, subjects, reads));
  return live.kind === "err" ? live : ok({ subjects, live: live.value });
}

/** After AWS was read: an event that arrived meanwhile may explain what the read saw. */
async function changesUntilNow(
  ports: PassPorts,
): Promise<Pick<Pass, "readEndedMs" | "changes" | "clockOffset">> {
  const readEndedMs = ports.clock.nowMs();
  const clockOffset = ports.clockOffset?.() ?? null;
  const known = (await ports.changes?.()) ?? null;
  return { readEndedMs, clockOffset, ...(known !== null && { changes: known }) };
}

/** With the services that only attached policies name. */
export async function actionDataFor(
  { actionData: known }: Pick<Pass, "actionData">,
  subjects: readonly Subject[],
  { live, ports }: { readonly live: LiveAccount; readonly ports: Pick<PassPorts, "actionData"> },
): Promise<ActionData> {
  const bindings = subjects.map(desiredOf).filter((state) => state !== null && isBinding(state));
  const services = new Set([...known.services, ...attachedServices(bindings, live)]);
  return services.size === known.services.length ? known : ports.actionData.load([...services]);
}

/**
 * Records the attempted revision, the drift and its alerts before the first write: a killed process must not lose the
 * reason, and people hear of an escalation while it is being reverted, which may take minutes.
 */
async function recordIntents(
  pass: PassContext,
  runs: readonly ChosenRun[],
  ports: PassPorts,
): Promise<ReadonlySet<Key>> {
  if (runs.length === 0) return new Set();
  const judged = runs.map((run) => run.judged);
  await ports.recorder.record({
    facts: judged.flatMap((one) => {
      const opened = openedDrifts(one);
      const { record } = one.subject;
      const openDrifts = openDriftsOf(pass, record, { opened, drifts: one.drifts, writes: pass.writes });
      const compared = {
        revision: revisionOf(record.key, pass),
        comparedBefore: comparedBefore(record, pass.history.record),
      };
      return driftFoundFacts(one, { opened, openDrifts }, compared);
    }),
    change: { keys: judged.map((one) => attempted(one, pass)) },
    alerts: alertsBeforeWrites(pass, judged),
    accountName: pass.account.name,
  });
  return keysOf(judged.map(({ subject }) => subject));
}

async function withWrites(pass: Pass, live: LiveAccount, ports: PassPorts): Promise<PassContext> {
  const nowMs = ports.clock.nowMs();
  // Whether an approval was used is known only from all writes since it was given.
  const approvedMs = pass.history.approvals.map(({ at }) => Date.parse(at));
  // And who made a difference, only from all since the last read without it.
  const { oldestPolicyReadMs: keptMs = Infinity } = pass.history.record;
  const sinceMs = Math.min(nowMs - historyMs(pass.account), keptMs - READ_MAY_BE_OLD_MS, ...approvedMs);
  const writes = await ports.audit.writesSince(pass.account.id, sinceMs);
  return { ...pass, live, nowMs, writes: recentWrites(writes) };
}

function keysOf(subjects: readonly Subject[]): ReadonlySet<Key> {
  return new Set(subjects.map(({ key }) => key));
}

function skipped(choice: Extract<Choice, { readonly kind: "skip" }>): KeyOutcome {
  return { kind: "judged", judged: choice.judged, notApplied: choice.why };
}
