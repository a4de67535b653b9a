import { expect, test } from "@jest/globals";
import { failureHint, recordedFailures } from "../../../src/explain/state/failure-hints.ts";
import type { Condition } from "../../../src/model/status.ts";

function condition(change: Partial<Condition>): Condition {
  const lastTransitionTime = "2026-10-01T12:00:00.000Z";
  return {
    type: "Stalled",
    status: "True",
    reason: "QuotaExceeded",
    message: "refused",
    lastTransitionTime,
    ...change,
  };
}

test.each<{ readonly change: Partial<Condition>; readonly hint: string | null; readonly because: string }>([
  { change: {}, hint: "ask AWS to raise the quota", because: "a quota is reached" },
  { change: { reason: "RejectedByAws" }, hint: "correct the manifest", because: "AWS rejects the input" },
  { change: { reason: "UnmodifiableRole" }, hint: "another role.name", because: "the role is one of AWS" },
  {
    change: { type: "Ready", status: "False", reason: "AccessDenied" },
    hint: "grantkeeper doctor",
    because: "a permission is missing",
  },
  { change: { status: "False" }, hint: null, because: "the failure has ended" },
  { change: { type: "Ready", status: "Unknown" }, hint: null, because: "the call is tried again by itself" },
  { change: { type: "Drifted" }, hint: null, because: "drift is no failed call" },
])("the next step of a failed call: $because", ({ change, hint }) => {
  const found = failureHint([condition(change)]);

  expect(found === null ? null : found.includes(hint ?? "none")).toBe(hint === null ? null : true);
});

test("one failure in two conditions is shown once, with its next step", () => {
  const both = [condition({}), condition({ type: "Ready", status: "False", reason: "ReconciliationFailed" })];

  expect(recordedFailures(both, false)).toEqual([
    { reason: "refused", hint: expect.stringContaining("raise the quota") },
  ]);
});
