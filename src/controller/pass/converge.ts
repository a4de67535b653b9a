import PQueue from "p-queue";
import { isSwitch, type Action } from "../../model/plan.ts";
import { approvalOfPart } from "../../model/approval.ts";
import { isBindingKey, type Key, keyParts } from "../../model/keys/key.ts";
import type { Choice } from "../../judge/choose.ts";
import { approvalOf } from "../../judge/approvals/released.ts";
import { explainedPass } from "./explain.ts";
import { ReadsAhead } from "./reads/reads-ahead.ts";
import { mayStartKey } from "./planned/may-start.ts";
import { changedMeanwhile, detachedPolicies, type ChosenRun, type ReadingRun } from "./still-valid.ts";
import {
  lastAppliedState,
  desiredOf,
  policiesOf,
  type PassContext,
  type Subject,
} from "../../judge/subject.ts";
import { isBeforeRemovals } from "../../plan/order/steps.ts";
import type { WriteOutcome } from "../../settle/outcome/outcome.ts";
import type { NotApplied } from "../../judge/judgement.ts";
import { type PassRun, type WriteOrder, applyActions } from "./apply.ts";

/** The number of bindings of one account that are written concurrently. Actions of one key are serial. */
const SIDE_BY_SIDE = 8;
/** The result for one chosen key. */
export type RunResult =
  | { readonly kind: "written"; readonly run: ChosenRun; readonly writes: readonly WriteOutcome[] }
  | { readonly kind: "not-written"; readonly run: ChosenRun; readonly why: NotApplied };

interface ConvergeRun extends PassRun {
  /** Called when the writes of a key have ended, in each phase in which it has some. */
  readonly ended: (subject: Subject) => void;
}

/**
 * Phase A: policies are created and widened; phase B: bindings, concurrently; phase C: policies are narrowed and
 * deleted. A failed action stops only its own key. A policy that is not ready stops the keys that attach it.
 * @throws Error if an intent can't be made durable
 */
export async function converge(
  pass: PassContext,
  choices: readonly Choice[],
  run: ConvergeRun,
): Promise<readonly RunResult[]> {
  const runs = choices.filter((choice): choice is ChosenRun => choice.kind === "run");
  const policies = runs.filter((chosen) => keyParts(keyOf(chosen)).kind === "policy");
  const bindings = runs.filter((chosen) => isBindingKey(keyOf(chosen)));
  const reads = { live: run.ports.live, signal: run.signals.abort };
  const keys = [...policies, ...bindings].map((chosen) => ({
    subject: chosen.judged.subject,
    policyArns: detachedPolicies(chosen),
  }));
  const ahead = new ReadsAhead(pass, keys, reads);
  const one = async (chosen: ChosenRun, actions: readonly Action[]): Promise<RunResult> => {
    const result = await runKey(pass, { ...chosen, actions }, { ...run, ahead });
    if (result.kind === "written" && result.writes.length > 0) run.ended(chosen.judged.subject);
    return result;
  };

  const widened = await sideBySide(policies, (chosen) => one(chosen, chosen.actions.filter(isWidening)));
  const unready = unreadyPolicies(choices, widened);
  const waiting = new Set(widened.filter(isCutShort).map((done) => keyOf(done.run)));
  const bound = await sideBySide(bindings, (chosen) => {
    const policy = policiesOfRun(chosen).find((key) => unready.has(key));
    if (policy === undefined) return one(chosen, chosen.actions);
    if (waiting.has(policy)) return Promise.resolve<RunResult>(cutShort(chosen));
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

/** The time of the pass ended before its turn: no failure. */
function isCutShort(done: RunResult): boolean {
  return done.kind === "not-written" && done.why.kind === "cut-short";
}

/** The time of the pass ended before their turn, or before their first write. */
export function cutShortKeys(done: readonly RunResult[]): ReadonlySet<Key> {
  const cut = done.filter((one) => isCutShort(one) || (one.kind === "written" && one.writes.length === 0));
  return new Set(cut.map(({ run }) => keyOf(run)));
}

function cutShort(run: ChosenRun): RunResult {
  return { kind: "not-written", run, why: { kind: "cut-short" } };
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

async function runKey(pass: PassContext, chosen: ChosenRun, run: ReadingRun): Promise<RunResult> {
  if (chosen.actions.length === 0) return { kind: "written", run: chosen, writes: [] };
  if (run.signals.stopping.aborted || !mayStartKey(pass, run.ports.clock.nowMs(), run.signals.isAwaited))
    return cutShort(chosen);
  const problem = await changedMeanwhile(pass, chosen, run);
  if (problem !== null) return { kind: "not-written", run: chosen, why: problem };
  const writes = await applyActions(pass, orderOf(chosen, pass), run);
  if (writes.length === 0) return cutShort(chosen);
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

/** Combines the results of a policy that had work in both phases. */
function joined(first: readonly RunResult[], second: readonly RunResult[]): readonly RunResult[] {
  return first.map((one) => {
    const later = second.find((other) => other.run.judged.subject.key === one.run.judged.subject.key);
    if (one.kind !== "written" || later === undefined) return one;
    if (later.kind === "not-written") return one.writes.length === 0 ? later : one;
    return { ...one, writes: [...one.writes, ...later.writes] };
  });
}
