import { describe, expect, test } from "@jest/globals";
import { terminalReason, toConditions } from "../../../src/settle/conditions/conditions.ts";
import type { Suspension } from "../../../src/model/approval.ts";
import { driftOf, planOf, REFUSED, removedSubject, skippedOf } from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { ROWS } from "./condition-rows.ts";
import {
  ACTIONS,
  EARLY,
  LATE,
  SUSPENSION,
  apart,
  assessed,
  conditionTexts,
  withheld,
} from "./condition-facts.ts";

describe("the conditions of a key, and their kstatus", () => {
  test.each(ROWS)("$because", ({ outcome, expected }) => {
    expect(conditionTexts(outcome)).toEqual(expected);
  });

  test.each(ROWS)("the same outcome gives the same bytes: $because", ({ outcome }) => {
    const first = toConditions(assessed(outcome), [], EARLY);
    const again = toConditions(assessed(outcome), first, LATE);

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

test.each([
  { drift: { cause: "out-of-band" }, message: /^in AWS: / },
  { drift: { cause: "revision", sinceApplied: "changed" }, message: /^in AWS: / },
  { drift: { cause: "revision" }, message: /^differs from Git: / },
  { drift: { cause: "initial" }, message: /^differs from Git: / },
] as const)("a difference is shown as made in AWS only if the applied state proves it: $drift", (row) => {
  const outcome = skippedOf({ kind: "nothing-due" }, { drifts: [driftOf(row.drift)] });
  const { drifted } = assessed(outcome);

  expect(drifted).toMatchObject({ reason: "DriftDetected", message: expect.stringMatching(row.message) });
});

describe("a key whose manifest was removed", () => {
  test.each(ROWS)("is never Ready or Synced, and never Healthy: $because", ({ outcome }) => {
    const removed: KeyOutcome =
      "judged" in outcome
        ? { ...outcome, judged: { ...outcome.judged, subject: removedSubject() } }
        : { ...outcome, subject: removedSubject() };
    const { ready, sync, health } = assessed(removed);

    expect(ready.status).not.toBe("True");
    expect(sync).not.toBe("Synced");
    expect(health).not.toBe("Healthy");
  });

  test.each([
    {
      outcome: skippedOf({ kind: "observe" }, { plan: ACTIONS }),
      ready: ["Unknown", "ObserveOnly", "no longer declared in Git; observe mode deletes nothing"],
    },
    {
      outcome: skippedOf({ kind: "observe" }, { plan: planOf([], { withheld: [withheld("waiting")] }) }),
      ready: ["Unknown", "Progressing", "because waiting"],
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }),
      ready: ["Unknown", "Progressing", "no longer declared in Git"],
    },
  ])("has Ready $ready", ({ outcome, ready }) => {
    if (!("judged" in outcome)) throw new Error("not judged");
    const judged = { ...outcome.judged, subject: removedSubject() };
    const { status, reason, message } = assessed({ ...outcome, judged }).ready;

    expect([status, reason, message]).toEqual(ready);
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
    expect(assessed(outcome, suspension).health).toBe(health);
  });
});

test.each([
  { code: "LimitExceeded", reason: "QuotaExceeded" },
  { code: "PolicyLengthExceeded", reason: "QuotaExceeded" },
  { code: "UnmodifiableEntity", reason: "UnmodifiableRole" },
  { code: "MalformedPolicyDocument", reason: "RejectedByAws" },
])("$code stalls as $reason", ({ code, reason }) => {
  expect(terminalReason({ code, message: "no" })).toBe(reason);
});
