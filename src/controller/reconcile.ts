import { recentWrites } from "../diff/drift/recent-writes.ts";
import { AwsError } from "../model/aws/aws-error.ts";
import type { Key } from "../model/keys/key.ts";
import { byTextOf } from "../text/order.ts";
import type { WritePorts } from "./pass/apply.ts";
import { choose, type Choice } from "../judge/choose.ts";
import { converge, type ChosenRun, type Signals } from "./pass/converge.ts";
import { judgeSteps } from "../judge/judge.ts";
import { observe } from "./pass/observe.ts";
import { historyMs, type PlanInputs } from "../judge/plan-subject.ts";
import type { EventLoop } from "./ports/event-loop.ts";
import type { Store } from "./ports/store.ts";
import { attempted } from "./pass/attempted.ts";
import { observeWritten, outcomeOf } from "./pass/read-back.ts";
import { resolveIntents } from "./pass/resolve-intents.ts";
import { subjectsInScope } from "../judge/subjects.ts";
import { inSlices } from "./slices.ts";
import { driftFoundFacts, openedDrifts } from "../settle/drift/found.ts";
import type { KeyOutcome, PassResult } from "../settle/outcome/outcome.ts";
import type { Judged, Pass, Unjudged } from "../judge/pass.ts";

export interface PassPorts extends WritePorts {
  readonly store: Store;
  readonly eventLoop: EventLoop;
}

/**
 * One pass: observe, compare, plan, judge, apply, read back. Returns the outcomes; `settle` decides what follows.
 * @throws Error if the record can't be written: no call was made without its intent
 */
export async function reconcile(pass: Pass, ports: PassPorts, signals: Signals): Promise<PassResult> {
  try {
    return await passOver(pass, ports, signals);
  } catch (error) {
    if (error instanceof AwsError) return { kind: "failed", pass, error };
    throw error;
  }
}

async function passOver(pass: Pass, ports: PassPorts, signals: Signals): Promise<PassResult> {
  const subjects = subjectsInScope(pass, ports.clock.nowMs());
  const live = await observe(pass, subjects, ports.live, signals.abort);
  const openIntents = await resolveIntents(
    pass,
    new Set(subjects.map((subject) => subject.key)),
    live,
    ports,
  );
  const inputs = await planInputs(pass, live, ports);

  const judged = await inSlices(judgeSteps(pass, subjects, inputs), ports.eventLoop, signals.abort);
  const choices = judged.filter(isJudged).map((one) => choose(pass, one, openIntents, inputs));
  const runs = choices.filter((choice): choice is ChosenRun => choice.kind === "run");

  const recorded = await recordIntents(pass, runs, inputs.nowMs, ports);
  const done = await converge(pass, choices, inputs, ports, signals);
  const seen = await observeWritten(pass, done, live, ports.live, signals.abort);
  const after = seen.kind === "live" ? seen.live : live;
  await resolveIntents(pass, new Set(runs.map((run) => run.judged.subject.key)), after, ports);
  const { writes, nowMs } = await planInputs(pass, after, ports);

  const outcomes = [
    ...judged.filter((one): one is Unjudged => !isJudged(one)),
    ...choices.filter((choice) => choice.kind === "skip").map(skipped),
    ...done.map((one) => outcomeOf(pass, one, seen, { writes, nowMs })),
  ];
  return {
    kind: "done",
    pass,
    live: after,
    swept: pass.scope.kind === "all" && live.complete,
    outcomes: byKey(outcomes),
    writes,
    recorded,
    endedAtMs: nowMs,
  };
}

/** Records the attempted revision and the drift before the first write: a killed process must not lose the reason. */
async function recordIntents(
  pass: Pass,
  runs: readonly ChosenRun[],
  nowMs: number,
  ports: PassPorts,
): Promise<ReadonlySet<Key>> {
  if (runs.length === 0) return new Set();
  const facts = runs.flatMap(({ judged }) => driftFoundFacts(judged, openedDrifts(judged), pass.revision));
  if (facts.length > 0) await ports.audit.append(facts);
  await ports.store.commit({ keys: runs.map((run) => attempted(pass, run.judged.subject, nowMs)) });
  return new Set(runs.map((run) => run.judged.subject.key));
}

async function planInputs(pass: Pass, live: PlanInputs["live"], ports: PassPorts): Promise<PlanInputs> {
  const nowMs = ports.clock.nowMs();
  const writes = await ports.audit.writesSince(pass.account.id, nowMs - historyMs(pass));
  return { live, nowMs, writes: recentWrites(writes) };
}

function isJudged(one: Judged | Unjudged): one is Judged {
  return !("kind" in one);
}

function skipped(choice: Extract<Choice, { readonly kind: "skip" }>): KeyOutcome {
  return { kind: "judged", judged: choice.judged, notApplied: choice.why };
}

function byKey(outcomes: readonly KeyOutcome[]): readonly KeyOutcome[] {
  const keyOf = (outcome: KeyOutcome): string =>
    "judged" in outcome ? outcome.judged.subject.key : outcome.subject.key;
  return [...outcomes].sort(byTextOf(keyOf));
}
