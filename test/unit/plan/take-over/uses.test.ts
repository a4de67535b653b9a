import { describe, expect, test } from "@jest/globals";
import { functionArn } from "../../../../src/model/aws/arn.ts";
import type { LiveAccount } from "../../../../src/model/live.ts";
import { useRefusals } from "../../../../src/plan/take-over/uses.ts";
import { binding, REGION } from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { context } from "../../../support/pass/plans.ts";
import { withFunction } from "../../../support/pass/apply.ts";

const DESIRED = binding({ adopt: "reviewed" });
const ROLE = liveRoleOf(DESIRED);
const LIVE = accountWith({ role: ROLE, found: liveFunctionOf(DESIRED) });

function reasons(live: LiveAccount): readonly string[] {
  const scope = { binding: DESIRED, context: context(live) } as Parameters<typeof useRefusals>[0];
  return useRefusals(scope, ROLE).map(({ reason }) => reason);
}

describe("a role is not taken over", () => {
  test("unless its function runs on it: then nothing keeps it", () => {
    expect(reasons(LIVE)).toEqual([]);
  });

  test("if its function does not exist", () => {
    expect(reasons(accountWith({ role: ROLE }))).toEqual([
      "not taken over: function orders-api does not exist",
    ]);
  });

  test("if its function runs on another role", () => {
    const found = liveFunctionOf(DESIRED, { roleArn: `${ROLE.arn}-other` as typeof ROLE.arn });

    expect(reasons(accountWith({ role: ROLE, found }))).toEqual([
      `not taken over: function orders-api runs on ${ROLE.arn}-other`,
    ]);
  });

  test("if another function runs on it too", () => {
    const other = { ...DESIRED, functionName: "orders-events" };
    const arn = functionArn(DESIRED, "orders-events", null);
    const live = withFunction(LIVE, REGION, { ...liveFunctionOf(other), arn, name: "orders-events" });

    expect(reasons(live).join()).toContain("orders-events");
  });

  test("but what was not read stops it only right before its first write", () => {
    expect(reasons({ ...LIVE, complete: false })).toEqual([]);
  });
});
