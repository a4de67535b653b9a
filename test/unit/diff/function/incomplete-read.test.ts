import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { appliedRecord, binding, REGION } from "../../../support/pass/bindings.ts";
import { context } from "../../../support/pass/plans.ts";
import { accountWith, liveRoleOf } from "../../../support/pass/live-state.ts";
import type { LiveFunction } from "../../../../src/model/live.ts";
import { after, DECLARED, ON_V1, seen } from "../../../support/pass/adoption.ts";
import { accountOf, compare, UPLOADS } from "./comparison.ts";

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

  test.each<{
    readonly found: Partial<LiveFunction>;
    readonly unread: readonly string[];
    readonly because: string;
  }>([
    {
      found: { aliases: { kind: "unknown", reason: "throttled" } },
      unread: ["the aliases of orders-api: throttled"],
      because: "its aliases were not read",
    },
    {
      found: { versions: { kind: "unknown", reason: "throttled" } },
      unread: ["the aliases of orders-api: throttled"],
      because: "the versions behind them were not read",
    },
    {
      found: { aliases: { kind: "not-requested" }, versions: { kind: "not-requested" } },
      unread: [],
      because: "it was not its turn, and nothing failed",
    },
  ])("keeps the versions that an earlier read found on another role: $because", ({ found, unread }) => {
    const desired = binding();
    const { record: adoption } = after([0, seen({ roleArn: DECLARED, aliases: ON_V1 })]);
    const record = appliedRecord(desired, { adoption });

    expect(diffBinding(desired, context(accountOf(desired, found), { record }))).toMatchObject({
      drifts: [{ change: { kind: "role-not-published", versions: ["1"] } }],
      unread,
    });
    const ofOther = { ...record, adoption: { ...adoption, declaredArn: `${DECLARED}-2` } };
    expect(diffBinding(desired, context(accountOf(desired, found), { record: ofOther }))).toMatchObject({
      drifts: [],
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
