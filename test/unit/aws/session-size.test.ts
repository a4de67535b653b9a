import { describe, expect, test } from "@jest/globals";
import { longestSession, sizeChecks } from "../../../src/aws/doctor/session-size.ts";
import { sessionPolicy } from "../../../src/aws/calls/session-policy.ts";
import { desiredAccount } from "../../support/pass/bindings.ts";

describe("the size of a session is", () => {
  test.each([
    { percent: 45, isTagged: true, outcome: "passed", text: "policy and session tags take 45 %" },
    { percent: 89, isTagged: false, outcome: "passed", text: "the longest session policy take" },
    { percent: 90, isTagged: true, outcome: "warning", text: "90 % of what AWS allows; pass no transitive" },
  ])("$outcome at $percent %", ({ percent, isTagged, outcome, text }) => {
    const [check] = sizeChecks("writer", { isTagged, packedPercent: percent });

    expect(check).toMatchObject({ identity: "writer", outcome, detail: expect.stringContaining(text) });
  });

  test("not shown if AWS shows none", () => {
    expect(sizeChecks("writer", { isTagged: false, packedPercent: null })).toEqual([]);
  });
});

test.each(["writer", "binder"] as const)(
  "the longest session of the %s is as long as any that a pass opens, and AWS accepts its length",
  (identity) => {
    const { writes, tags } = longestSession(desiredAccount(), identity);

    expect(sessionPolicy(writes).length).toBeLessThan(2_048);
    expect(sessionPolicy(writes).length).toBeGreaterThan(200);
    expect(tags.every(({ value }) => value.length <= 256)).toBe(true);
  },
);
