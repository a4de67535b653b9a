import { describe, expect, test } from "@jest/globals";
import {
  assess,
  denied,
  terminalReason,
  toConditions,
  unread,
} from "../../../src/settle/conditions/conditions.ts";
import type { Suspension } from "../../../src/model/approval.ts";
import type { Drift } from "../../../src/model/drift.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Withheld } from "../../../src/model/plan.ts";
import type { Condition } from "../../../src/model/status.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import {
  actionOf,
  driftOf,
  HELD,
  invalidSubject,
  KEY,
  planOf,
  REFUSED,
  removedSubject,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import type { KeyOutcome, WriteOutcome } from "../../../src/settle/outcome/outcome.ts";
import type { Judged } from "../../../src/judge/judged.ts";

const EARLY = "2026-10-01T11:00:00.000Z";
const LATE = "2026-10-01T12:00:00.000Z";
const SUSPENSION: Suspension = {
  id: "s1",
  scope: { accountId: null, namespace: null, key: KEY },
  reason: "INC-1",
  actor: "dana",
  at: EARLY,
  until: LATE,
};
const ACTIONS = planOf([actionOf()]);
const stalled = {
  digest: digestOf("x"),
  live: digestOf("x"),
  atMs: 0,
  reason: "RejectedByAws",
  message: "no",
} as const;

function failing(error: ReturnType<typeof awsError>, isOverdue = false): readonly WriteOutcome[] {
  return [{ kind: "failed", action: actionOf(), intent: 1, error, isOverdue }];
}

function withheld(kind: Withheld["kind"]): Withheld {
  return { kind, subject: driftOf().subject, reason: `because ${kind}`, fix: null };
}

function withheldOutcome(...kinds: readonly Withheld["kind"][]): KeyOutcome {
  const plan = planOf([], { withheld: kinds.map(withheld) });
  return skippedOf({ kind: "nothing-due" }, { plan, drifts: [driftOf()] });
}

/** The kstatus of an object whose generation was observed. */
function kstatus(conditions: readonly Condition[]): "InProgress" | "Failed" | "Current" {
  const isTrue = (type: string): boolean =>
    conditions.some((condition) => condition.type === type && condition.status === "True");
  if (isTrue("Reconciling")) return "InProgress";
  if (isTrue("Stalled")) return "Failed";
  return isTrue("Ready") ? "Current" : "InProgress";
}

function conditionTexts(outcome: KeyOutcome, suspension?: Suspension): Readonly<Record<string, string>> {
  const conditions = toConditions(assess(outcome, suspension), [], LATE);
  return {
    ...Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`])),
    kstatus: kstatus(conditions),
  };
}

interface Row {
  readonly outcome: KeyOutcome;
  readonly expected: Readonly<Record<string, string>>;
  readonly because: string;
}

const NO_DRIFT = { Drifted: "False NoDriftDetected" };
const DRIFT = { Drifted: "True DriftDetected" };
const UNDER_WAY = { Ready: "Unknown Progressing", Reconciling: "True Progressing", kstatus: "InProgress" };
const FINISHED = { kstatus: "Current" };
const WAITS = { kstatus: "InProgress" };
const FAILED = { kstatus: "Failed" };
const apart: Partial<Judged> = { drifts: [driftOf()], plan: ACTIONS };

const ROWS: readonly Row[] = [
  {
    outcome: skippedOf({ kind: "nothing-due" }),
    expected: { Ready: "True ReconciliationSucceeded", ...NO_DRIFT, ...FINISHED },
    because: "nothing differs",
  },
  {
    outcome: writtenOf(),
    expected: { Ready: "True ReconciliationSucceeded", ...NO_DRIFT, ...FINISHED },
    because: "everything was written and read back",
  },
  {
    outcome: skippedOf({ kind: "observe" }, apart),
    expected: { Ready: "True ObserveOnly", ...DRIFT, ...FINISHED },
    because: "observe is done after the comparison, even with differences",
  },
  {
    outcome: skippedOf({ kind: "observe" }),
    expected: { Ready: "True ObserveOnly", ...NO_DRIFT, ...FINISHED },
    because: "observe, and AWS matches Git",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, { ...apart, verdict: HELD }),
    expected: { Ready: "False AwaitingApproval", ...DRIFT, ...WAITS },
    because: "a held plan waits for an operator",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, { ...apart, verdict: REFUSED }),
    expected: { Ready: "False GuardrailRefused", ...DRIFT, ...WAITS },
    because: "a rule refuses",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, apart),
    expected: { ...DRIFT, ...UNDER_WAY },
    because: "a plan that is not due yet is in progress",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, { drifts: [driftOf({ certainty: "pending" })] }),
    expected: { ...NO_DRIFT, ...UNDER_WAY },
    because: "an echo is not drift, and not done either",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, { notes: ["waiting-for-function"] }),
    expected: { Ready: "Unknown WaitingForFunction", ...NO_DRIFT, ...WAITS },
    because: "the role is made before the function",
  },
  {
    outcome: skippedOf({ kind: "dependency", policy: KEY }, apart),
    expected: { Ready: "False DependencyNotReady", ...DRIFT, ...WAITS },
    because: "a policy is not ready",
  },
  {
    outcome: skippedOf({ kind: "open-intent", intent: 7 }, apart),
    expected: { ...DRIFT, ...UNDER_WAY },
    because: "the result of a lost answer is looked up",
  },
  {
    outcome: skippedOf({ kind: "read-failed", error: awsError("throttled") }, apart),
    expected: { ...DRIFT, ...UNDER_WAY },
    because: "a read that failed temporarily is tried again",
  },
  {
    outcome: skippedOf({ kind: "read-failed", error: awsError("circuit") }, apart),
    expected: { Ready: "False AccessDenied", Reconciling: "True ProgressingWithRetry", ...DRIFT, ...WAITS },
    because: "a read that is denied is probed",
  },
  {
    outcome: skippedOf({ kind: "stalled", stalled }, apart),
    expected: {
      Ready: "False ReconciliationFailed",
      Stalled: "True RejectedByAws",
      Drifted: "True CorrectionFailed",
      ...FAILED,
    },
    because: "a call that AWS rejects permanently is not tried again",
  },
  {
    outcome: skippedOf(
      { kind: "stalled", stalled },
      { subject: removedSubject(), plan: planOf([], { purpose: "delete" }) },
    ),
    expected: { Ready: "False PruneFailed", Stalled: "True RejectedByAws", ...NO_DRIFT, ...FAILED },
    because: "a delete that AWS refused has its own reason",
  },
  {
    outcome: writtenOf(apart, {
      writes: failing(awsError("terminal", { code: "LimitExceeded" })),
      readBack: { kind: "not-read", reason: "x" },
    }),
    expected: {
      Ready: "False ReconciliationFailed",
      Stalled: "True QuotaExceeded",
      Drifted: "True CorrectionFailed",
      ...FAILED,
    },
    because: "a quota is exceeded",
  },
  {
    outcome: writtenOf(apart, {
      writes: failing(awsError("retry"), true),
      readBack: { kind: "not-read", reason: "x" },
    }),
    expected: {
      Ready: "False ReconciliationFailed",
      Stalled: "True RejectedByAws",
      Drifted: "True CorrectionFailed",
      ...FAILED,
    },
    because: "a temporary failure lasts past its deadline",
  },
  {
    outcome: writtenOf(apart, {
      writes: failing(awsError("retry")),
      readBack: { kind: "not-read", reason: "x" },
    }),
    expected: { Ready: "Unknown Progressing", Reconciling: "True ProgressingWithRetry", ...DRIFT, ...WAITS },
    because: "a temporary failure within its deadline does not change the Drifted condition",
  },
  {
    outcome: writtenOf(apart, {
      writes: failing(awsError("circuit")),
      readBack: { kind: "not-read", reason: "x" },
    }),
    expected: {
      Ready: "False AccessDenied",
      Reconciling: "True ProgressingWithRetry",
      Drifted: "True CorrectionFailed",
      ...WAITS,
    },
    because: "missing access is probed and never stalls",
  },
  {
    outcome: writtenOf({}, { readBack: { kind: "not-read", reason: "throttled" } }),
    expected: { ...NO_DRIFT, ...UNDER_WAY },
    because: "a write that was not read back is not Ready",
  },
  {
    outcome: withheldOutcome("ownership-conflict"),
    expected: { Ready: "False OwnershipConflict", Stalled: "True OwnershipConflict", ...DRIFT, ...FAILED },
    because: "an object of another owner is never taken over",
  },
  {
    outcome: withheldOutcome("unmodifiable"),
    expected: { Ready: "False ReconciliationFailed", Stalled: "True UnmodifiableRole", ...DRIFT, ...FAILED },
    because: "AWS does not allow anyone to modify it",
  },
  {
    outcome: withheldOutcome("immutable-field"),
    expected: { Ready: "False ReconciliationFailed", Stalled: "True ImmutableField", ...DRIFT, ...FAILED },
    because: "a path can't change",
  },
  {
    outcome: withheldOutcome("quota"),
    expected: { Ready: "False ReconciliationFailed", Stalled: "True QuotaExceeded", ...DRIFT, ...FAILED },
    because: "the policy would exceed its quota",
  },
  {
    outcome: withheldOutcome("contended"),
    expected: { Ready: "False ReconciliationFailed", Drifted: "True Contended", ...WAITS },
    because: "another principal keeps changing it back",
  },
  {
    outcome: withheldOutcome("waiting", "unmet-need"),
    expected: { Ready: "False DependencyNotReady", ...DRIFT, ...WAITS },
    because: "a reason that needs an operator comes before a wait",
  },
  {
    outcome: withheldOutcome("waiting"),
    expected: { ...DRIFT, ...UNDER_WAY },
    because: "a wait counts as progress",
  },
  {
    outcome: skippedOf(
      { kind: "nothing-due" },
      {
        plan: planOf([], {
          approvable: [{ reason: "a Deny", actions: [actionOf()], digest: digestOf("d") }],
        }),
      },
    ),
    expected: { Ready: "False AwaitingApproval", ...NO_DRIFT, ...WAITS },
    because: "a part that needs an approval is pending",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, { drifts: [driftOf({ change: { kind: "function-role" } })] }),
    expected: { Ready: "False RoleNotUsed", ...DRIFT, ...WAITS },
    because: "the function runs on another role",
  },
  {
    outcome: skippedOf(
      { kind: "nothing-due" },
      { drifts: [driftOf({ change: { kind: "role-not-published", versions: ["7"] } })] },
    ),
    expected: { Ready: "False RoleNotPublished", ...DRIFT, ...WAITS },
    because: "a version behind an alias runs on another role",
  },
  {
    outcome: skippedOf(
      { kind: "nothing-due" },
      { drifts: [driftOf({ change: { kind: "upstream-changed", arn: "arn", versionId: "v2" } })] },
    ),
    expected: { Ready: "True ReconciliationSucceeded", Drifted: "True UpstreamChanged", ...FINISHED },
    because: "a change by AWS itself is reported, never reverted",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, { subject: invalidSubject() }),
    expected: { Ready: "False ValidationFailed", Stalled: "True ValidationFailed", ...NO_DRIFT, ...FAILED },
    because: "an invalid manifest keeps its last good state and is reported",
  },
  {
    outcome: { kind: "unusable", subject: invalidSubject(emptyKeyRecord(KEY)) },
    expected: { Ready: "False ValidationFailed", Stalled: "True ValidationFailed", ...FAILED },
    because: "an invalid manifest has no last good state",
  },
  {
    outcome: { kind: "unusable", subject: { ...removedSubject() } },
    expected: { Ready: "False ValidationFailed", Stalled: "True ValidationFailed", ...FAILED },
    because: "nothing was ever applied",
  },
  {
    outcome: { kind: "unknown", subject: subjectOf(), reason: "region eu-west-1 is off" },
    expected: UNDER_WAY,
    because: "a key that was not read is read again",
  },
];

describe("the conditions of a key, and their kstatus", () => {
  test.each(ROWS)("$because", ({ outcome, expected }) => {
    expect(conditionTexts(outcome)).toEqual(expected);
  });

  test.each(ROWS)("the same outcome gives the same bytes: $because", ({ outcome }) => {
    const first = toConditions(assess(outcome, undefined), [], EARLY);
    const again = toConditions(assess(outcome, undefined), first, LATE);

    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  });

  test("a foreign statement without Sid is a correction that fails", () => {
    const change = {
      kind: "statement-extra",
      qualifier: null,
      sid: null,
      ours: false,
      danger: "public",
    } as const;
    const plan = planOf([], { withheld: [withheld("not-in-this-version")] });

    const outcome = skippedOf({ kind: "nothing-due" }, { plan, drifts: [driftOf({ change })] });

    expect(conditionTexts(outcome)).toMatchObject({
      Drifted: "True CorrectionFailed",
      Ready: "False AwaitingApproval",
    });
  });
});

describe("a key of which a part could not be read", () => {
  const unread = ["function orders-api: region eu-west-1 is off"];

  test.each<{ readonly outcome: KeyOutcome; readonly because: string }>([
    { outcome: skippedOf({ kind: "nothing-due" }, { unread }), because: "nothing else differs" },
    { outcome: skippedOf({ kind: "observe" }, { unread }), because: "it is only observed" },
    {
      outcome: writtenOf({}, { readBack: { kind: "seen", drifts: [], unread, plan: planOf() } }),
      because: "the read-back was incomplete",
    },
  ])("never counts as matching Git: $because", ({ outcome }) => {
    const { sync, ready, drifted } = assess(outcome, undefined);

    expect([sync, drifted]).toEqual(["Unknown", "as-before"]);
    expect(conditionTexts(outcome)).toEqual(UNDER_WAY);
    expect(ready.message).toBe(`some parts could not be read: ${unread[0]}`);
  });

  test("still shows why the rest does not match", () => {
    const outcome = skippedOf({ kind: "nothing-due" }, { ...apart, unread, verdict: HELD });

    expect(conditionTexts(outcome)).toMatchObject({ Ready: "False AwaitingApproval", ...DRIFT });
    expect(assess(outcome, undefined).sync).toBe("OutOfSync");
  });
});

describe("a suspended key", () => {
  test("is Suspended with every other finding, and reconciles nothing", () => {
    const outcome = skippedOf({ kind: "suspended", suspension: SUSPENSION }, apart);

    expect(conditionTexts(outcome, SUSPENSION)).toEqual({
      Ready: "Unknown Progressing",
      ...DRIFT,
      Suspended: "True Suspended",
      kstatus: "InProgress",
    });
  });

  test.each(ROWS)("is Suspended when $because", ({ outcome }) => {
    expect(conditionTexts(outcome, SUSPENSION)).toMatchObject({ Suspended: "True Suspended" });
  });

  test("names the operator, the end and the reason", () => {
    expect(assess(skippedOf({ kind: "nothing-due" }), SUSPENSION).suspended?.message).toBe(
      'until 2026-10-01 12:00:00Z by dana: "INC-1"',
    );
  });
});

describe("health", () => {
  const missing = driftOf({ change: { kind: "role-missing" } });
  test.each<{ readonly outcome: KeyOutcome; readonly health: string; readonly suspension?: Suspension }>([
    { outcome: skippedOf({ kind: "nothing-due" }), health: "Healthy" },
    { outcome: skippedOf({ kind: "nothing-due" }, { drifts: [missing] }), health: "Missing" },
    { outcome: skippedOf({ kind: "nothing-due" }, apart), health: "Progressing" },
    { outcome: skippedOf({ kind: "nothing-due" }, { verdict: REFUSED }), health: "Degraded" },
    { outcome: skippedOf({ kind: "nothing-due" }), health: "Suspended", suspension: SUSPENSION },
  ])("is $health", ({ outcome, health, suspension }) => {
    expect(assess(outcome, suspension).health).toBe(health);
  });
});

describe("the conditions over time", () => {
  const at = (drifts: readonly Drift[], before: readonly Condition[], now: string): readonly Condition[] =>
    toConditions(assess(skippedOf({ kind: "observe" }, { drifts }), undefined), before, now);

  test("the transition time moves with the status", () => {
    const before = at([], [], EARLY);

    const after = at([driftOf()], before, LATE);

    expect(after.map(({ type, lastTransitionTime }) => [type, lastTransitionTime])).toEqual([
      ["Drifted", LATE],
      ["Ready", EARLY],
    ]);
  });

  test("a failed read keeps the known Drifted and Stalled conditions", () => {
    const before = toConditions(assess(withheldOutcome("quota"), undefined), [], EARLY);

    const after = toConditions(unread("region eu-west-1 is off", undefined), before, LATE);

    for (const type of ["Drifted", "Stalled"]) {
      const kept = before.find((condition) => condition.type === type);
      expect(after.find((condition) => condition.type === type)).toBe(kept);
    }
  });

  test("a failed read adds no Drifted or Stalled condition", () => {
    const types = toConditions(unread("x", undefined), [], LATE).map(({ type }) => type);

    expect(types).toEqual(["Ready", "Reconciling"]);
  });

  test("an account that denies reads never stalls its keys", () => {
    const before = toConditions(assess(withheldOutcome("quota"), undefined), [], EARLY);

    const after = toConditions(denied(awsError("circuit"), undefined), before, LATE);

    expect(after.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      "Drifted True DriftDetected",
      "Ready False AccessDenied",
      "Reconciling True ProgressingWithRetry",
    ]);
  });

  test("a held plan is described by the hold, not by the rest of its undo", () => {
    const undone = writtenOf(
      { ...apart, verdict: HELD, undo: ACTIONS },
      { readBack: { kind: "seen", drifts: [driftOf({ cause: "revision" })], unread: [], plan: planOf() } },
    );
    const held = skippedOf(
      { kind: "nothing-due" },
      { ...apart, drifts: [driftOf({ cause: "revision" })], verdict: HELD },
    );

    expect(conditionTexts(undone)).toEqual(conditionTexts(held));
  });
});

test.each([
  { code: "LimitExceeded", reason: "QuotaExceeded" },
  { code: "PolicyLengthExceeded", reason: "QuotaExceeded" },
  { code: "UnmodifiableEntity", reason: "UnmodifiableRole" },
  { code: "MalformedPolicyDocument", reason: "RejectedByAws" },
])("$code stalls as $reason", ({ code, reason }) => {
  expect(terminalReason(code)).toBe(reason);
});
