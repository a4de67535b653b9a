import { digestOf } from "../../../src/model/values/digest.ts";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import {
  actionOf,
  BINDING,
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
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import {
  apart,
  DRIFT,
  failing,
  FAILED,
  FINISHED,
  NO_DRIFT,
  stalled,
  UNDER_WAY,
  WAITS,
  withheldOutcome,
} from "./condition-facts.ts";

interface Row {
  readonly outcome: KeyOutcome;
  readonly expected: Readonly<Record<string, string>>;
  readonly because: string;
}

export const ROWS: readonly Row[] = [
  {
    outcome: skippedOf({ kind: "nothing-due" }),
    expected: { Ready: "True ReconciliationSucceeded", ...NO_DRIFT, ...FINISHED },
    because: "nothing differs",
  },
  {
    outcome: skippedOf(
      { kind: "nothing-due" },
      { subject: { ...subjectOf(), kind: "desired", desired: { ...BINDING, released: true } } },
    ),
    expected: { Ready: "True Released", ...NO_DRIFT, ...FINISHED },
    because: "the manifest releases the function, and its role has no ownership tags",
  },
  {
    outcome: skippedOf(
      { kind: "observe" },
      { subject: { ...subjectOf(), kind: "desired", desired: { ...BINDING, released: true } } },
    ),
    expected: { Ready: "True Released", ...NO_DRIFT, ...FINISHED },
    because:
      "the manifest releases the function, its role has no ownership tags, and nothing is compared in observe",
  },
  {
    outcome: skippedOf(
      { kind: "observe" },
      { ...apart, subject: { ...subjectOf(), kind: "desired", desired: { ...BINDING, released: true } } },
    ),
    expected: { Ready: "False ObserveOnly", ...DRIFT, kstatus: "InProgress" },
    because: "the manifest releases the function, its role has the ownership tags, and observe removes none",
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
    because: "a stale read is not drift, and the change is not done either",
  },
  {
    outcome: skippedOf({ kind: "nothing-due" }, { waitsForFunction: true }),
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
    outcome: skippedOf(
      { kind: "nothing-due" },
      {
        drifts: [
          driftOf({ change: { kind: "actions-grown", pattern: "s3:Get*", actions: ["s3:GetObject"] } }),
          driftOf({ change: { kind: "upstream-changed", arn: "arn", versionId: "v2" } }),
        ],
      },
    ),
    expected: { Ready: "True ReconciliationSucceeded", Drifted: "True UpstreamChanged", ...FINISHED },
    because: "actions that AWS added to a declared pattern are its change too",
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
