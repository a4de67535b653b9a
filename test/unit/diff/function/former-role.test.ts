import { describe, expect, test } from "@jest/globals";
import { formerRoleAfter, fingerprintOf } from "../../../../src/diff/function/former-role.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import type { FormerRole } from "../../../../src/model/keys/former-role.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import { binding, NOW_MS } from "../../../support/pass/bindings.ts";
import { emptyAccount, liveRoleOf } from "../../../support/pass/live-state.ts";

const LIVE = emptyAccount();

function roleOf(name: string, change: Partial<LiveRole> = {}): LiveRole {
  const arn = `arn:aws:iam::111122223333:role/${name}` as Arn;
  return { ...liveRoleOf(binding({ name, path: "/", arn }), { boundary: null, tags: [] }), ...change };
}

function recordOf(role: LiveRole, switchedMs: number | null): FormerRole {
  const reading = fingerprintOf(role, LIVE);
  if (reading.kind === "unread") throw new Error(reading.document);
  return {
    arn: role.arn,
    roleId: role.roleId,
    fingerprint: reading.fingerprint,
    readMs: NOW_MS - 1,
    switchedMs,
  };
}

describe("the former role of a function that runs on a role", () => {
  const before = recordOf(roleOf("old"), null);

  test.each([
    { tags: [], is: "other" },
    { tags: [{ key: "team", value: "orders" }], is: "other" },
    { tags: [{ key: INSTANCE_TAG, value: "test-1" }], is: "old" },
    { tags: [{ key: INSTANCE_TAG, value: "another" }], is: "old" },
    { tags: [{ key: OWNER_TAG, value: "billing/api" }], is: "old" },
    { tags: [{ key: OWNER_TAG.toUpperCase(), value: "orders/orders-api" }], is: "old" },
  ])("with tags $tags is $is: one that Git declares is never the way back", ({ tags, is }) => {
    const seen = { role: roleOf("other", { tags }), isDeclared: false, isProven: false, seenMs: NOW_MS };

    expect(formerRoleAfter(before, seen, LIVE)?.arn).toBe(roleOf(is).arn);
    expect(formerRoleAfter(undefined, seen, LIVE)?.arn).toBe(is === "old" ? undefined : roleOf(is).arn);
  });

  test("stays the one before the switch when its declared role gets another name", () => {
    const switched = recordOf(roleOf("old"), NOW_MS - 1);
    const tags = [{ key: INSTANCE_TAG, value: "test-1" }];
    const seen = { role: roleOf("first", { tags }), isDeclared: false, isProven: true, seenMs: NOW_MS };

    expect(formerRoleAfter(switched, seen, LIVE)).toEqual(switched);
  });
});
