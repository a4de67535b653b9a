import { expect, test } from "@jest/globals";
import { isSweepCheaper } from "../../../src/judge/reads.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import type { LiveAccount, LiveFunction } from "../../../src/model/live.ts";
import { binding, REGION } from "../../support/pass/bindings.ts";
import { emptyAccount, liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";

const DECLARED = binding();
const FUNCTION = liveFunctionOf(DECLARED);
const POLICY = { kind: "absent" } as const;
const NOT_REQUESTED = { kind: "not-requested" } as const;

/** An account whose functions are all declared, or none of them. */
function accountOf(functions: number, areDeclared = true): LiveAccount {
  const policies = new Map(areDeclared ? [["", POLICY]] : []);
  const found = Array.from({ length: functions }, (_, at): readonly [string, LiveFunction] => [
    `f${at}`,
    {
      ...FUNCTION,
      name: `f${at}`,
      policies,
      versions: NOT_REQUESTED,
      aliases: NOT_REQUESTED,
    },
  ]);
  const role = { kind: "present", value: liveRoleOf(DECLARED) } as const;
  return {
    ...emptyAccount(),
    roles: new Map(Array.from({ length: functions }, (_, at) => [`r${at}`, role])),
    regions: new Map([
      [REGION, { kind: "read", functions: new Map(found), complete: true, absentFunctions: new Set() }],
    ]),
  };
}

test.each([
  // 1,000 policies, 20 pages of functions, 1 + 1 pages of roles.
  {
    keys: 146,
    account: accountOf(1_000),
    is: false,
    because: "146 keys are 1,022 calls, as many as a sweep",
  },
  { keys: 147, account: accountOf(1_000), is: true, because: "147 keys are 1,029 calls" },
  { keys: 20, account: accountOf(10), is: false, because: "so few keys are read within seconds" },
  { keys: 21, account: accountOf(10), is: true, because: "a small account is read with a few calls" },
  {
    keys: 21,
    account: accountOf(1_000, false),
    is: true,
    because: "policies of functions without a manifest are not read",
  },
  {
    keys: 1_000,
    account: accountOf(10_000),
    is: false,
    because: "a sweep reads ten times as many functions",
  },
])("a sweep is cheaper than $keys targeted reads: $is, since $because", ({ keys, account, is }) => {
  expect(isSweepCheaper(keys, account)).toBe(is);
});

test("a region that was not read is one call", () => {
  const failed = { kind: "failed", reason: "throttled" } as const;
  const account = { ...accountOf(0), regions: new Map([["eu-west-1" as Region, failed]]) };

  expect(isSweepCheaper(21, account)).toBe(true);
});

test("lists of versions and aliases that a sweep requests are calls, too", () => {
  const account = accountOf(1_000);
  const listed = { kind: "present", value: [] } as const;
  const functions = new Map(
    Array.from({ length: 1_000 }, (_, at) => [`f${at}`, { ...FUNCTION, versions: listed, aliases: listed }]),
  );
  const region = { kind: "read", functions, complete: true, absentFunctions: new Set<string>() } as const;

  expect(isSweepCheaper(400, account)).toBe(true);
  expect(isSweepCheaper(400, { ...account, regions: new Map([[REGION, region]]) })).toBe(false);
});
