import { describe, expect, test } from "@jest/globals";
import { FunctionRoles, observedRoles } from "../../../../src/adopt/evidence/live-evidence.ts";
import { useOf } from "../../../../src/adopt/evidence/function-use.ts";
import type { AccountId, Region } from "../../../../src/model/aws/ids.ts";
import {
  DEFAULT_QUOTAS,
  type LiveAccount,
  type LiveFunction,
  type LiveRegion,
  type LiveRole,
  type LiveVersion,
  type Reading,
} from "../../../../src/model/live.ts";

const ACCOUNT = "111122223333" as AccountId;
const REGION = "eu-west-1" as Region;
const arnOf = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

function functionOf(name: string, role: string, versions: Reading<readonly LiveVersion[]>): LiveFunction {
  return { name, roleArn: arnOf(role), versions } as LiveFunction;
}

function published(...roles: readonly string[]): Reading<readonly LiveVersion[]> {
  const value = roles.map((role, index) => ({ version: String(index + 1), roleArn: arnOf(role) }));
  return { kind: "present", value };
}

const UNREAD: Reading<never> = { kind: "unknown", reason: "denied" };

function accountOf(functions: readonly LiveFunction[], change: Partial<LiveAccount> = {}): FunctionRoles {
  const region: LiveRegion = {
    kind: "read",
    functions: new Map(functions.map((one) => [one.name, one])),
    complete: true,
    absentFunctions: new Set(),
  };
  const role = (name: string): LiveRole =>
    ({ name, arn: arnOf(name), createdAtMs: 7, lastUsedAtMs: null }) as LiveRole;
  return new FunctionRoles({
    accountId: ACCOUNT,
    observedAtMs: 0,
    complete: true,
    roles: new Map<string, Reading<LiveRole>>([
      ["a", { kind: "present", value: role("a") }],
      ["b", { kind: "present", value: role("b") }],
      ["unread", UNREAD],
    ]),
    policies: new Map(),
    awsManaged: new Map(),
    regions: new Map([[REGION, region]]),
    quotas: DEFAULT_QUOTAS,
    ...change,
  });
}

const at = { accountId: ACCOUNT, region: REGION, functionName: "one" };

describe("the roles of a function", () => {
  test("are those of $LATEST and of its versions, each with the number of its functions", () => {
    const roles = accountOf([
      functionOf("one", "a", published("b", "a", "deleted")),
      functionOf("two", "b", published()),
    ]);

    expect(roles.evidenceOf(at)).toMatchObject({
      kind: "known",
      roles: [
        { name: "a", createdAtMs: 7, functions: 1 },
        { name: "b", createdAtMs: 7, functions: 2 },
      ],
    });
    expect(
      observedRoles(new Map([[ACCOUNT, roles]]))
        .get(ACCOUNT)
        ?.get(arnOf("b")),
    ).toEqual(new Set(["one", "two"]));
  });

  test("may have more functions in a region that was not read", () => {
    const functions = new Map([["one", functionOf("one", "a", published())]]);
    const roles = accountOf([], {
      regions: new Map<Region, LiveRegion>([
        [REGION, { kind: "read", functions, complete: true, absentFunctions: new Set() }],
        ["us-east-1" as Region, { kind: "failed", reason: "denied" }],
      ]),
    });

    expect(roles.evidenceOf(at)).toMatchObject({ roles: [{ functions: 2 }] });
  });

  test.each([
    { because: "the function does not exist", functions: [] },
    {
      because: "the roles of its published versions were not read",
      functions: [functionOf("one", "a", UNREAD)],
    },
    { because: "role unread was not read", functions: [functionOf("one", "unread", published())] },
    { because: "role deleted was not read", functions: [functionOf("one", "deleted", published())] },
    { because: "role unread was not read", functions: [functionOf("one", "a", published("unread"))] },
  ])("are unknown: $because", ({ because, functions }) => {
    expect(accountOf(functions).evidenceOf(at)).toEqual({ kind: "unknown", because });
  });

  test("are not those of another role with the same name in another path", () => {
    const elsewhere = { name: "a", arn: arnOf("path/a"), createdAtMs: 9, lastUsedAtMs: null } as LiveRole;
    const roles = new Map<string, Reading<LiveRole>>([["a", { kind: "present", value: elsewhere }]]);

    expect(accountOf([functionOf("one", "a", published())], { roles }).evidenceOf(at)).toEqual({
      kind: "unknown",
      because: "role a was not read",
    });
  });

  test("are unknown in a region that was not read", () => {
    const roles = accountOf([], { regions: new Map([[REGION, { kind: "failed", reason: "denied" }]]) });

    expect(roles.evidenceOf(at)).toMatchObject({ because: expect.stringContaining("denied") });
  });
});

describe("the use of an action by a function", () => {
  const evidence = accountOf([functionOf("one", "a", published())]).evidenceOf(at);
  const action = { action: "sqs:PurgeQueue", regions: null };

  test.each([
    { because: "without a source", sources: { accessed: null, trail: null }, reason: "there is no evidence" },
    {
      because: "of a role without a report",
      sources: { accessed: new Map(), trail: null },
      reason: "the report of role a was not read: iam:GetServiceLastAccessedDetails was not called",
    },
    {
      because: "of an account without files",
      sources: { accessed: null, trail: { usage: new Map(), unread: 0 } },
      reason: "the CloudTrail files have nothing of the account",
    },
  ])("is unknown $because", ({ sources, reason }) => {
    expect(useOf(action, evidence, { ...sources, nowMs: 0 })).toEqual({ kind: "unknown", because: reason });
  });

  test("is unknown for an action of every service", () => {
    const use = useOf({ action: "*", regions: null }, evidence, { accessed: null, trail: null, nowMs: 0 });

    expect(use).toEqual({ kind: "unknown", because: "it names the actions of several services" });
  });

  test("is unknown for a function of which nothing is known", () => {
    const gone = { kind: "unknown", because: "gone" } as const;

    expect(useOf(action, gone, { accessed: null, trail: null, nowMs: 0 })).toBe(gone);
  });
});
