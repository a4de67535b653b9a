import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { binding, REGION } from "../../../support/pass/bindings.ts";
import { context } from "../../../support/pass/plans.ts";
import { accountWith, liveRoleOf } from "../../../support/pass/live-state.ts";
import { UPLOADS, compare } from "./comparison.ts";

describe("an incomplete read", () => {
  test.each([
    { policies: new Map(), reason: "its policy was not read" },
    {
      policies: new Map([["", { kind: "unknown", reason: "AccessDenied" } as const]]),
      reason: "AccessDenied",
    },
    {
      policies: new Map([["", { kind: "present", value: { text: "{", revisionId: "r" } } as const]]),
      reason: "it is not JSON",
    },
  ])("of a policy: $reason", ({ policies, reason }) => {
    const desired = binding({}, { callers: [UPLOADS] });

    expect(compare(desired, { policies })).toMatchObject({
      drifts: [],
      unread: [`${desired.functionArn}: ${reason}`],
    });
  });

  test("of a region does not prevent the comparison of the role", () => {
    const desired = binding();
    const live = accountWith({ role: liveRoleOf(desired, { boundary: null }) });
    const off = { ...live, regions: new Map([[REGION, { kind: "off", reason: "not enabled" } as const]]) };

    expect(diffBinding(desired, context(off))).toMatchObject({
      drifts: [{ change: { kind: "boundary" } }],
      unread: ["region eu-west-1: not enabled"],
    });
  });

  test("of a function that does not exist yet is reported as waiting", () => {
    const desired = binding();
    const live = accountWith({ role: liveRoleOf(desired) });

    expect(diffBinding(desired, context(live))).toMatchObject({
      drifts: [],
      notes: [],
      waitsForFunction: true,
    });
  });
});
