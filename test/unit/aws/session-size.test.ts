import { describe, expect, test } from "@jest/globals";
import { longestSession, sizeChecks } from "../../../src/aws/doctor/doctor.ts";
import { fencedSessionPolicy, sessionPolicy } from "../../../src/aws/calls/session-policy.ts";
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

const ACCOUNT = desiredAccount();
const name = (length: number): string => "n".repeat(length);
const ROLE = `arn:aws:iam::${ACCOUNT.id}:role/a/path/of/the/manifest/${name(64)}`;
const POLICY = `arn:aws:iam::${ACCOUNT.id}:policy/grantkeeper/${name(128)}`;

describe.each(ACCOUNT.regions)("in %s the longest session is as long as any that a pass opens", (region) => {
  const lambda = `arn:aws:lambda:${region}:${ACCOUNT.id}:function:${name(64)}:${name(128)}`;

  test.each([
    { identity: "writer", objects: [ROLE], what: "a role" },
    { identity: "writer", objects: [POLICY], what: "a policy" },
    { identity: "writer", objects: [lambda], what: "a statement of a function's policy" },
    {
      identity: "binder",
      objects: [lambda, ROLE, `arn:aws:kms:${region}:*:key/*`],
      what: "a function's role",
    },
  ] as const)("$identity, for $what", ({ identity, objects }) => {
    const { writes, tags } = longestSession(ACCOUNT, identity);

    const { length } = sessionPolicy(writes);
    expect(sessionPolicy(objects).length).toBeLessThanOrEqual(length);
    // AWS accepts no longer ones, also not with the end of a lease.
    expect(length).toBeLessThan(2_048);
    expect(fencedSessionPolicy(writes, Date.parse("2026-11-30T20:14:26Z")).length).toBe(length + 123);
    expect(length + 123).toBeLessThan(2_048);
    expect(tags.every(({ value }) => value.length <= 256)).toBe(true);
  });
});
