import { AwsError } from "../../model/aws/aws-error.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { KeyPlan } from "../../model/plan.ts";
import type { RunResult } from "./converge.ts";
import { readKeys, sweep } from "./observe.ts";
import type { Pass } from "../../judge/pass.ts";
import { planContext, planState, type PlanInputs, type Planned } from "../../judge/plan-subject.ts";
import type { LiveState } from "../ports/live-state.ts";
import { appliedOf, desiredOf } from "../../judge/subject.ts";
import { subjectsInScope } from "../../judge/subjects.ts";
import { planRemoval } from "../../plan/removal.ts";
import type { KeyOutcome, ReadBack } from "../../settle/outcome/outcome.ts";

/** Up to this number of changed keys is read back individually; more are read by one sweep. */
const ONE_BY_ONE = 20;

export type SeenAfter =
  | { readonly kind: "live"; readonly live: LiveAccount }
  | { readonly kind: "not-read"; readonly reason: string };

/** The live state of the changed keys now. */
export async function observeWritten(
  pass: Pass,
  done: readonly RunResult[],
  live: LiveAccount,
  port: LiveState,
  signal: AbortSignal,
): Promise<SeenAfter> {
  const written = done.filter((one) => one.kind === "written" && one.writes.length > 0);
  if (written.length === 0) return { kind: "live", live };
  try {
    if (written.length > ONE_BY_ONE)
      return {
        kind: "live",
        live: await sweep(
          pass,
          subjectsInScope({ ...pass, scope: { kind: "all" } }, live.observedAtMs),
          port,
          signal,
        ),
      };
    const subjects = written.map((one) => one.run.judged.subject);
    return { kind: "live", live: await readKeys(pass, subjects, live, port, signal) };
  } catch (error) {
    if (error instanceof AwsError) return { kind: "not-read", reason: error.message };
    throw error;
  }
}

/** The outcome of a key with planned writes, compared with the state that was read after them. */
export function outcomeOf(
  pass: Pass,
  one: RunResult,
  seen: SeenAfter,
  inputs: Omit<PlanInputs, "live">,
): KeyOutcome {
  const { judged } = one.run;
  if (one.kind === "not-written") return { kind: "judged", judged, notApplied: one.why };
  if (one.writes.length === 0) return { kind: "judged", judged, notApplied: { kind: "cut-short" } };
  return {
    kind: "written",
    judged,
    writes: one.writes,
    readBack: seen.kind === "live" ? compareAgain(pass, one, { ...inputs, live: seen.live }) : seen,
  };
}

function compareAgain(pass: Pass, { run }: RunResult, inputs: PlanInputs): ReadBack {
  const { subject } = run.judged;
  if (subject.kind === "removed")
    return {
      kind: "seen",
      drifts: [],
      unread: [],
      plan: planRemoval(subject.record, planContext(pass, subject, inputs, "converge")),
    };
  const undone = run.plan.purpose === "undo";
  const state = undone ? appliedOf(subject.record) : desiredOf(subject);
  if (state === null) return { kind: "not-read", reason: "nothing to compare with" };
  const planned = planState(state, planContext(pass, subject, inputs, undone ? "undo" : "converge"));
  if (planned.kind === "unknown") return { kind: "not-read", reason: planned.reason };
  const wanted = desiredOf(subject);
  if (!undone || wanted === null) return seenAs(planned.comparison, planned.plan);
  // Differences are reported against Git, even if only a part of the plan may be applied.
  const now = planState(wanted, planContext(pass, subject, inputs, "converge"));
  return now.kind === "unknown"
    ? { kind: "not-read", reason: now.reason }
    : seenAs(now.comparison, planned.plan);
}

function seenAs(
  { drifts, unread }: Extract<Planned, { readonly kind: "planned" }>["comparison"],
  plan: KeyPlan,
): ReadBack {
  return { kind: "seen", drifts, unread, plan };
}
