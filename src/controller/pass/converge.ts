import PQueue from "p-queue";
import { isAwsManagedPolicy } from "../../iam/shipped-policies.ts";
import { isSwitch, type Action, type KeyPlan } from "../../model/plan.ts";
import type { LiveAccount } from "../../model/live.ts";
import { approvalOfPart } from "../../model/approval.ts";
import { isBindingKey, type Key, keyParts } from "../../model/keys/key.ts";
import type { Choice } from "../../judge/choose.ts";
import { approvalOf, mayRunApproved } from "../../judge/approvals/released.ts";
import { explainedPass } from "./explain.ts";
import { readKeys } from "./observe.ts";
import { lastAppliedState, desiredOf, policiesOf, type PassContext } from "../../judge/subject.ts";
import { isBeforeRemovals } from "../../plan/order/steps.ts";
import type { WriteOutcome } from "../../settle/outcome/outcome.ts";
import type { NotApplied } from "../../judge/judgement.ts";
import { isEqual } from "../../text/json-values.ts";
import { overlayLive } from "./overlay.ts";
import { targetReadMs } from "./target-function.ts";
import { type PassRun, type WriteOrder, applyActions } from "./apply.ts";
import { planSubject } from "../../judge/plan-subject.ts";

/** The number of bindings of one account that are written concurrently. Actions of one key are serial. */
const SIDE_BY_SIDE = 8;
/**
 * A pass starts no new key this long after its read: the rest stays queued. The read itself does not count. It takes longer
 * than this for several hundred keys, and a pass that then writes nothing would be repeated for ever.
 */
const STARTS_KEYS_FOR_MS = 60_000;
/** An observation younger than this needs no second read before a destructive or overwriting write. */
const FRESH_MS = 10_000;
/** An observation older than this needs a second read before any write. */
const STALE_MS = 60_000;

export type ChosenRun = Extract<Choice, { readonly kind: "run" }>;

/** The result for one chosen key. */
export type RunResult =
  | { readonly kind: "written"; readonly run: ChosenRun; readonly writes: readonly WriteOutcome[] }
  | { readonly kind: "not-written"; readonly run: ChosenRun; readonly why: NotApplied };

/**
 * Phase A: policies are created and widened; phase B: bindings, concurrently; phase C: policies are narrowed and
 * deleted. A failed action stops only its own key. A policy that is not ready stops the keys that attach it.
 * @throws Error if an intent can't be made durable
 */
export async function converge(
  pass: PassContext,
  choices: readonly Choice[],
  run: PassRun,
): Promise<readonly RunResult[]> {
  const runs = choices.filter((choice): choice is ChosenRun => choice.kind === "run");
  const policies = runs.filter((chosen) => keyParts(keyOf(chosen)).kind === "policy");
  const bindings = runs.filter((chosen) => isBindingKey(keyOf(chosen)));
  const one = (chosen: ChosenRun, actions: readonly Action[]): Promise<RunResult> =>
    runKey(pass, { ...chosen, actions }, run);

  const widened = await sideBySide(policies, (chosen) => one(chosen, chosen.actions.filter(isWidening)));
  const unready = unreadyPolicies(choices, widened);
  const bound = await sideBySide(bindings, (chosen) => {
    const policy = policiesOfRun(chosen).find((key) => unready.has(key));
    if (policy === undefined) return one(chosen, chosen.actions);
    const reverts = chosen.actions.filter(isMadeWithoutPolicy);
    if (reverts.length > 0) return one(chosen, reverts);
    return Promise.resolve<RunResult>({
      kind: "not-written",
      run: chosen,
      why: { kind: "dependency", policy },
    });
  });
  const failed = new Set(widened.filter(hasFailed).map((done) => keyOf(done.run)));
  const narrowed = await sideBySide(
    policies.filter((chosen) => !failed.has(keyOf(chosen))),
    (chosen) =>
      one(
        chosen,
        chosen.actions.filter((action) => !isWidening(action)),
      ),
  );
  return [...joined(widened, narrowed), ...bound];
}

function keyOf(choice: Choice): Key {
  return choice.judged.subject.key;
}

/** Reverts need no policy, except for a switch: the function moves only to a role that is complete. */
function isMadeWithoutPolicy(action: Action): boolean {
  return action.endsExposure || (action.cause === "out-of-band" && !isSwitch(action));
}

function isWidening(action: Action): boolean {
  return isBeforeRemovals(action.step);
}

/**
 * Policies that do not yet grant everything that Git declares: held, failed or only just changed. A binding may remove
 * a permission because the policy grants it now, so these bindings wait for the next pass. New policies replace nothing.
 */
function unreadyPolicies(choices: readonly Choice[], widened: readonly RunResult[]): ReadonlySet<Key> {
  const wanting = choices.filter(
    (choice) => keyParts(keyOf(choice)).kind === "policy" && choice.judged.plan.actions.some(isWidening),
  );
  const created = widened.filter(
    (done) => !hasFailed(done) && done.run.actions[0]?.call === "iam:CreatePolicy",
  );
  const ready = new Set(created.map(({ run }) => keyOf(run)));
  return new Set(wanting.map(keyOf).filter((key) => !ready.has(key)));
}

function policiesOfRun({ judged, plan }: ChosenRun): readonly Key[] {
  if (plan.purpose === "adoption-undo") return [];
  const state = plan.purpose === "undo" ? lastAppliedState(judged.subject.record) : desiredOf(judged.subject);
  return state === null ? [] : policiesOf(state);
}

function hasFailed(done: RunResult): boolean {
  return done.kind === "not-written" || done.writes.some((write) => write.kind !== "applied");
}

async function sideBySide(
  runs: readonly ChosenRun[],
  work: (run: ChosenRun) => Promise<RunResult>,
): Promise<readonly RunResult[]> {
  const queue = new PQueue({ concurrency: SIDE_BY_SIDE });
  // Waits for all, even if one throws, so that no write overlaps with the next pass.
  const ended = await Promise.allSettled(runs.map((run) => queue.add(() => work(run))));
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

async function runKey(pass: PassContext, chosen: ChosenRun, run: PassRun): Promise<RunResult> {
  if (chosen.actions.length === 0) return { kind: "written", run: chosen, writes: [] };
  const elapsedMs = run.ports.clock.nowMs() - (pass.readEndedMs ?? pass.startedAtMs);
  if (run.signals.stopping.aborted || elapsedMs > STARTS_KEYS_FOR_MS)
    return { kind: "not-written", run: chosen, why: { kind: "cut-short" } };
  const problem = await changedMeanwhile(pass, chosen, run);
  if (problem !== null) return { kind: "not-written", run: chosen, why: problem };
  const writes = await applyActions(pass, orderOf(chosen, pass), run);
  if (writes.length === 0) return { kind: "not-written", run: chosen, why: { kind: "cut-short" } };
  return { kind: "written", run: chosen, writes: writes.map((write) => explainedPass(write, pass)) };
}

function orderOf(chosen: ChosenRun, pass: PassContext): WriteOrder {
  const { writes } = pass;
  const { released } = chosen.judged;
  return {
    actions: chosen.actions,
    planDigest: chosen.plan.digest,
    approvalOf: (action) => (released.includes(action) ? approvalOf(action, pass) : null),
    approvedUntilMs: (action) => approvedUntilMs(action, chosen),
    patience: {
      lastWriteMs: writes.byKey.get(keyOf(chosen))?.at(-1)?.atMs ?? null,
      retryingSinceMs: chosen.judged.subject.record.retryingSinceMs ?? null,
    },
  };
}

/** An approved part by its own approval, the rest of a plan by the one that its verdict depends on. An undo has none. */
function approvedUntilMs(action: Action, { judged, plan }: ChosenRun): number | null {
  const { released, approved, verdict } = judged;
  const part = released.includes(action)
    ? judged.plan.approvable.find(({ actions }) => actions.includes(action))
    : undefined;
  const approval = part === undefined ? null : approvalOfPart(part, approved);
  const isOfPlan = part === undefined && plan === judged.plan && verdict.kind === "allow";
  const until = isOfPlan ? verdict.until : approval?.until;
  return until === undefined ? null : Date.parse(until);
}

/** Reads again before overwriting or removing anything; null if the plan is still valid. */
async function changedMeanwhile(
  pass: PassContext,
  chosen: ChosenRun,
  { ports, signals }: PassRun,
): Promise<NotApplied | null> {
  const ageMs = ports.clock.nowMs() - readMsOf(chosen, pass.live);
  const overwrites = chosen.actions.some((action) => action.destructive || action.before !== null);
  const targeted = pass.scope.kind === "keys" && pass.base !== null;
  if (!(ageMs > STALE_MS || (overwrites && !(targeted && ageMs < FRESH_MS)))) return null;
  const { subject } = chosen.judged;
  const reads = { live: ports.live, signal: signals.abort, policyArns: detachedPolicies(chosen) };
  const fresh = await readKeys(pass, [subject], reads);
  if (fresh.kind === "err") return { kind: "read-failed", error: fresh.error };
  const planned = planSubject(subject, chosen.plan.purpose, {
    ...pass,
    live: overlayLive(pass.live, fresh.value),
  });
  return planned?.kind === "planned" && isStillValid(chosen, planned.plan, ports.clock.nowMs())
    ? null
    : { kind: "changed-meanwhile" };
}

function readMsOf({ actions }: ChosenRun, live: LiveAccount): number {
  return Math.min(live.observedAtMs, ...actions.map(({ target }) => targetReadMs(target, live)));
}

/** Customer-managed policies that the run detaches: by now they may allow less than they deny. */
function detachedPolicies({ actions }: ChosenRun): readonly string[] {
  const detached = actions.filter(({ call }) => call === "iam:DetachRolePolicy");
  const arns = detached.map(({ input }) => input["PolicyArn"]);
  return arns.filter((arn) => typeof arn === "string").filter((arn) => !isAwsManagedPolicy(arn));
}

/**
 * True if the same actions are planned, each on what it was compared with, and the parts that an operator approved can
 * still be approved and run.
 */
function isStillValid({ plan, judged, actions }: ChosenRun, now: KeyPlan, nowMs: number): boolean {
  if (now.digest !== plan.digest) return false;
  const planned = [now, ...now.approvable].flatMap((part) => part.actions);
  if (!actions.every((action) => planned.some((other) => isOnSameState(action, other)))) return false;
  const released = new Set(judged.released);
  return judged.plan.approvable
    .filter((part) => part.actions.some((action) => released.has(action)))
    .every(({ digest }) =>
      now.approvable.some((other) => other.digest === digest && mayRunApproved(other.actions, nowMs)),
    );
}

/** The digest of an action names what it writes, not what it overwrites or removes: IAM has no conditional writes. */
function isOnSameState(action: Action, other: Action): boolean {
  return COMPARED.every((field) => isEqual(action[field], other[field]));
}

const COMPARED = ["call", "input", "before", "after", "delta"] as const;

/** Combines the results of a policy that had work in both phases. */
function joined(first: readonly RunResult[], second: readonly RunResult[]): readonly RunResult[] {
  return first.map((one) => {
    const later = second.find((other) => other.run.judged.subject.key === one.run.judged.subject.key);
    if (one.kind !== "written" || later === undefined) return one;
    if (later.kind === "not-written") return one.writes.length === 0 ? later : one;
    return { ...one, writes: [...one.writes, ...later.writes] };
  });
}
