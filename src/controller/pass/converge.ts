import PQueue from "p-queue";
import type { Action } from "../../model/action.ts";
import { AwsError } from "../../model/aws-error.ts";
import { isBindingKey, type Key, keyParts } from "../../model/key.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { applyActions, type WriteOrder, type WritePorts } from "./apply.ts";
import type { Choice } from "./choose.ts";
import { explained } from "./explain.ts";
import { readKeys } from "./observe.ts";
import type { NotApplied, Pass, WriteOutcome } from "./pass.ts";
import { planContext, planState, type PlanInputs } from "./plan-subject.ts";
import { appliedOf, desiredOf, policiesOf } from "./subject.ts";
import { stepNumber } from "../../plan/order/steps.ts";
import { planRemoval } from "../../plan/removal.ts";

/** Bindings of one account that are written side by side; actions of one key are serial. */
const SIDE_BY_SIDE = 8;
/** A pass takes no new key after this long: the rest stays queued. */
const TAKES_KEYS_FOR_MS = 60_000;
/** An observation younger than this needs no second look before a destructive or overwriting write. */
const FRESH_MS = 10_000;
/** An observation older than this needs one before any write. */
const STALE_MS = 60_000;

export interface Signals {
  /** Ends reads and writes at once. */
  readonly abort: AbortSignal;
  /** Ends the pass before its next write; aborts with `abort`, on stop, when a newer revision was accepted, and when something is suspended. */
  readonly stopping: AbortSignal;
}

export type Run = Extract<Choice, { readonly kind: "run" }>;

/** What was done for one chosen key. */
export type Done =
  | { readonly kind: "written"; readonly run: Run; readonly writes: readonly WriteOutcome[] }
  | { readonly kind: "not-written"; readonly run: Run; readonly why: NotApplied };

/**
 * Phase A: policies are created and widened; phase B: bindings, side by side; phase C: policies are narrowed and
 * deleted. A failed action stops its own key; a policy that is not ready stops the keys that attach it.
 * @throws Error when an intent can't be made durable
 */
export async function converge(
  pass: Pass,
  choices: readonly Choice[],
  inputs: PlanInputs,
  ports: WritePorts,
  signals: Signals,
): Promise<readonly Done[]> {
  const runs = choices.filter((choice): choice is Run => choice.kind === "run");
  const policies = runs.filter((run) => keyParts(keyOf(run)).kind === "policy");
  const bindings = runs.filter((run) => isBindingKey(keyOf(run)));
  const one = (run: Run, actions: readonly Action[]): Promise<Done> =>
    runKey(pass, { ...run, actions }, inputs, ports, signals);

  const widened = await sideBySide(policies, (run) => one(run, run.actions.filter(isWidening)));
  const unready = unreadyPolicies(choices, widened);
  const bound = await sideBySide(bindings, (run) => {
    const policy = policiesOfRun(run).find((key) => unready.has(key));
    if (policy === undefined) return one(run, run.actions);
    const reverts = run.actions.filter((action) => action.endsExposure || action.cause === "out-of-band");
    if (reverts.length > 0) return one(run, reverts);
    return Promise.resolve<Done>({ kind: "not-written", run, why: { kind: "dependency", policy } });
  });
  const narrowed = await sideBySide(
    policies.filter((run) => !hasFailed(widened.find((done) => keyOf(done.run) === keyOf(run)))),
    (run) =>
      one(
        run,
        run.actions.filter((action) => !isWidening(action)),
      ),
  );
  return [...joined(widened, narrowed), ...bound];
}

function keyOf(choice: Choice): Key {
  return choice.judged.subject.key;
}

function isWidening(action: Action): boolean {
  return action.step < stepNumber("remove");
}

/**
 * Policies that do not yet give all that git wants of them, held, failed or only now changed: what bindings take away may
 * rest on them, so their users wait for the next pass. One that is just created takes nothing from anybody.
 */
function unreadyPolicies(choices: readonly Choice[], widened: readonly Done[]): ReadonlySet<Key> {
  const wanting = choices.filter(
    (choice) => keyParts(keyOf(choice)).kind === "policy" && choice.judged.plan.actions.some(isWidening),
  );
  const created = widened.filter(
    (done) => !hasFailed(done) && done.run.actions[0]?.call === "iam:CreatePolicy",
  );
  const ready = new Set(created.map(({ run }) => keyOf(run)));
  return new Set(wanting.map(keyOf).filter((key) => !ready.has(key)));
}

function policiesOfRun({ judged, plan }: Run): readonly Key[] {
  const state = plan.purpose === "undo" ? appliedOf(judged.subject.record) : desiredOf(judged.subject);
  return state === null ? [] : policiesOf(state);
}

function hasFailed(done: Done | undefined): boolean {
  if (done === undefined) return false;
  return done.kind === "not-written" || done.writes.some((write) => write.kind !== "applied");
}

async function sideBySide(runs: readonly Run[], work: (run: Run) => Promise<Done>): Promise<readonly Done[]> {
  const queue = new PQueue({ concurrency: SIDE_BY_SIDE });
  // Also where one throws, all have ended: none is left to write beside the next pass.
  const ended = await Promise.allSettled(runs.map((run) => queue.add(() => work(run))));
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

async function runKey(
  pass: Pass,
  run: Run,
  inputs: PlanInputs,
  ports: WritePorts,
  signals: Signals,
): Promise<Done> {
  if (run.actions.length === 0) return { kind: "written", run, writes: [] };
  const nowMs = ports.clock.nowMs();
  if (signals.stopping.aborted || nowMs - pass.startedAtMs > TAKES_KEYS_FOR_MS)
    return { kind: "not-written", run, why: { kind: "cut-short" } };
  const problem = await changedMeanwhile(pass, run, inputs, ports, signals.abort);
  if (problem !== null) return { kind: "not-written", run, why: problem };
  const writes = await applyActions(pass, orderOf(run, inputs), ports, signals);
  const seen = { account: pass.account, live: inputs.live };
  return { kind: "written", run, writes: writes.map((write) => explained(write, seen)) };
}

function orderOf(run: Run, inputs: PlanInputs): WriteOrder {
  return {
    actions: run.actions,
    planDigest: run.plan.digest,
    patience: {
      lastWriteMs: inputs.writes.byKey.get(keyOf(run))?.at(-1)?.atMs ?? null,
      retryingSinceMs: run.judged.subject.record.retryingSinceMs ?? null,
    },
  };
}

/** A fresh look before anything is overwritten or taken away: null when the plan still stands. */
async function changedMeanwhile(
  pass: Pass,
  run: Run,
  inputs: PlanInputs,
  ports: WritePorts,
  signal: AbortSignal,
): Promise<NotApplied | null> {
  const ageMs = ports.clock.nowMs() - inputs.live.observedAtMs;
  const overwrites = run.actions.some((action) => action.destructive || action.before !== null);
  const targeted = pass.scope.kind === "keys" && pass.base !== null;
  if (!(ageMs > STALE_MS || (overwrites && !(targeted && ageMs < FRESH_MS)))) return null;
  try {
    const live = await readKeys(pass, [run.judged.subject], inputs.live, ports.live, signal);
    return stillStands(run, replanned(pass, run, { ...inputs, live })) ? null : { kind: "changed-meanwhile" };
  } catch (error) {
    if (error instanceof AwsError) return { kind: "read-failed", error };
    throw error;
  }
}

function replanned(pass: Pass, run: Run, inputs: PlanInputs): KeyPlan | null {
  const { subject } = run.judged;
  if (run.plan.purpose === "delete")
    return planRemoval(subject.record, planContext(pass, subject, inputs, "converge"));
  const state = run.plan.purpose === "undo" ? appliedOf(subject.record) : desiredOf(subject);
  if (state === null) return null;
  const planned = planState(state, planContext(pass, subject, inputs, run.plan.purpose));
  return planned.kind === "planned" ? planned.plan : null;
}

/** The same actions are planned, and the parts that a person set free are still there to be set free. */
function stillStands({ plan, judged }: Run, now: KeyPlan | null): boolean {
  if (now === null || now.digest !== plan.digest) return false;
  const released = new Set(judged.released);
  return judged.plan.approvable
    .filter((part) => part.actions.some((action) => released.has(action)))
    .every((part) => now.approvable.some((other) => other.digest === part.digest));
}

/** A policy that had work in both phases is one. */
function joined(first: readonly Done[], second: readonly Done[]): readonly Done[] {
  return first.map((one) => {
    const later = second.find((other) => other.run.judged.subject.key === one.run.judged.subject.key);
    if (one.kind !== "written" || later === undefined) return one;
    if (later.kind === "not-written") return one.writes.length === 0 ? later : one;
    return { ...one, writes: [...one.writes, ...later.writes] };
  });
}
