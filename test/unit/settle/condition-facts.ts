import { digestOf } from "../../../src/model/values/digest.ts";
import type { awsError } from "../../support/fakes/fake-aws.ts";
import type { KeyJudgement } from "../../../src/judge/judgement.ts";
import type { Suspension } from "../../../src/model/approval.ts";
import type { Withheld } from "../../../src/model/plan.ts";
import { kstatusOf } from "../../support/kubernetes/kstatus.ts";
import { actionOf, driftOf, KEY, planOf, skippedOf } from "../../support/pass/passes.ts";
import { type KeyOutcome, type WriteOutcome, outcomeView } from "../../../src/settle/outcome/outcome.ts";
import { type Assessment, assess, toConditions } from "../../../src/settle/conditions/conditions.ts";

export const EARLY = "2026-10-01T11:00:00.000Z";

export const LATE = "2026-10-01T12:00:00.000Z";

export const SUSPENSION: Suspension = {
  id: "s1",
  scope: { accountId: null, namespace: null, key: KEY },
  reason: "INC-1",
  actor: "dana",
  at: EARLY,
  until: LATE,
};

export const ACTIONS = planOf([actionOf()]);

export function assessed(outcome: KeyOutcome, suspension?: Suspension): Assessment {
  return assess(outcomeView(outcome, suspension === undefined ? [] : [suspension]));
}

export function withheld(kind: Withheld["kind"]): Withheld {
  return { kind, subject: driftOf().subject, reason: `because ${kind}`, fix: null };
}

export function withheldOutcome(...kinds: readonly Withheld["kind"][]): KeyOutcome {
  const plan = planOf([], { withheld: kinds.map(withheld) });
  return skippedOf({ kind: "nothing-due" }, { plan, drifts: [driftOf()] });
}

export function conditionTexts(
  outcome: KeyOutcome,
  suspension?: Suspension,
): Readonly<Record<string, string>> {
  const conditions = toConditions(assessed(outcome, suspension), [], LATE);
  return {
    ...Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`])),
    // As of an object whose generation was observed.
    kstatus: kstatusOf({ metadata: {}, status: { conditions } }),
  };
}

export const DRIFT = { Drifted: "True DriftDetected" };

export const UNDER_WAY = {
  Ready: "Unknown Progressing",
  Reconciling: "True Progressing",
  kstatus: "InProgress",
};

export const apart: Partial<KeyJudgement> = { drifts: [driftOf()], plan: ACTIONS };

export const stalled = {
  digest: digestOf("x"),
  live: digestOf("x"),
  atMs: 0,
  reason: "RejectedByAws",
  message: "no",
} as const;

export function failing(error: ReturnType<typeof awsError>, isOverdue = false): readonly WriteOutcome[] {
  return [{ kind: "failed", action: actionOf(), intent: 1, error, isOverdue }];
}

export const NO_DRIFT = { Drifted: "False NoDriftDetected" };
export const FINISHED = { kstatus: "Current" };
export const WAITS = { kstatus: "InProgress" };
export const FAILED = { kstatus: "Failed" };
