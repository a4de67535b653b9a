import { describe, expect, test } from "@jest/globals";
import { worstConditions } from "../../../src/http/present/conditions/worst-conditions.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Condition, KeyStatus } from "../../../src/model/status.ts";

const EARLY = "2026-01-01T00:00:00.000Z";
const LATE = "2026-01-02T00:00:00.000Z";

function status(account: string, ...conditions: readonly Condition[]): KeyStatus {
  return {
    key: `function/111122223333/eu-west-1/orders/${account}` as Key,
    account,
    accountId: "111122223333" as AccountId,
    region: "eu-west-1" as Region,
    mode: "enforce",
    sync: "Synced",
    health: "Healthy",
    lastAttemptedRevision: null,
    lastAppliedRevision: null,
    inventory: [],
    drift: null,
    plan: null,
    conditions,
    notWatched: [],
  };
}

function condition(
  type: Condition["type"],
  value: Condition["status"],
  reason: Condition["reason"],
  lastTransitionTime = EARLY,
): Condition {
  return { type, status: value, reason, message: `because of ${reason}`, lastTransitionTime };
}

const READY = condition("Ready", "True", "ReconciliationSucceeded");

describe("an object's Ready", () => {
  test("is True once all of its bindings are, with the time of the last one", () => {
    const late = condition("Ready", "True", "ReconciliationSucceeded", LATE);

    const [ready] = worstConditions([status("prod", READY), status("staging", late)]);

    expect(ready).toEqual({ ...READY, message: "2 of 2 bindings", lastTransitionTime: LATE });
  });

  test.each([
    { worse: condition("Ready", "False", "AwaitingApproval"), because: "False beats True" },
    { worse: condition("Ready", "Unknown", "Progressing"), because: "Unknown beats True" },
  ])("is that of the worst binding, with its place: $because", ({ worse }) => {
    const [ready] = worstConditions([status("prod", READY), status("staging", worse)]);

    expect(ready).toMatchObject({ status: worse.status, reason: worse.reason });
    expect(ready?.message).toBe(`1 of 2 bindings ready; staging/eu-west-1: because of ${worse.reason}`);
  });

  test("does not claim success for a binding that is only observed", () => {
    const observed = condition("Ready", "True", "ObserveOnly");
    const late = condition("Ready", "True", "ReconciliationSucceeded", LATE);

    const [ready] = worstConditions([status("staging", late), status("prod", observed)]);

    expect(ready).toMatchObject({ status: "True", reason: "ObserveOnly", message: "1 of 2 bindings" });
  });

  test("is False rather than Unknown", () => {
    const unknown = status("a", condition("Ready", "Unknown", "Progressing"));
    const failed = status("b", condition("Ready", "False", "AccessDenied"));

    expect(worstConditions([unknown, failed])[0]).toMatchObject({ status: "False", reason: "AccessDenied" });
  });

  test("is absent if no binding has conditions", () => {
    expect(worstConditions([status("prod")])).toEqual([]);
  });
});

describe("conditions that are present only if true", () => {
  test("are shown if one binding has them", () => {
    const stalled = condition("Stalled", "True", "QuotaExceeded");
    const calm = condition("Drifted", "False", "NoDriftDetected");
    const drifted = condition("Drifted", "True", "DriftDetected");

    const all = worstConditions([status("prod", READY, calm), status("staging", READY, drifted, stalled)]);

    expect(all.map(({ type, status: value }) => `${type} ${value}`)).toEqual([
      "Drifted True",
      "Ready True",
      "Stalled True",
    ]);
  });

  test("do not depend on the order of the bindings", () => {
    const one = status("a", READY, condition("Drifted", "True", "DriftDetected"));
    const two = status("b", READY, condition("Drifted", "True", "Contended"));

    expect(worstConditions([one, two])).toEqual(worstConditions([two, one]));
  });
});
