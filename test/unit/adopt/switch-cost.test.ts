import { describe, expect, test } from "@jest/globals";
import { known, notCalled, type Estate } from "../../../src/adopt/estate/estate.ts";
import type { RoleSwitch } from "../../../src/adopt/switch/role-switch.ts";
import { switchCost } from "../../../src/adopt/switch/switch-cost.ts";
import type { LivePolicy, LiveRole, Reading } from "../../../src/model/live.ts";
import {
  customerManaged,
  estate,
  estateFunction,
  estateIam,
  estateRole,
} from "../../support/adopt/estate.ts";

const OLD = "arn:aws:iam::111122223333:role/orders-role";
const NEW = "arn:aws:iam::111122223333:role/grantkeeper/orders-eu-west-1";
const SWITCH: RoleSwitch = { from: OLD, to: NEW, line: null, oldRole: null };

function costOf(others: readonly LiveRole[], more: Partial<Estate> = {}) {
  const roles = [estateRole("orders-role", { roleId: "AROAORDERS" }), ...others];
  const functions = [estateFunction("orders")];
  const all = estate({ functions, iam: known(estateIam(roles)), ...more });
  return switchCost({ estates: [all], unread: [], switches: [SWITCH] });
}

function trusting(principal: string): LiveRole {
  const Statement = [{ Effect: "Allow", Principal: { AWS: principal }, Action: "sts:AssumeRole" }];
  return estateRole("other", { trust: JSON.stringify({ Version: "2012-10-17", Statement }) });
}

function withInline(statement: object): LiveRole {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  return estateRole("other", { inline: [{ name: "app", text }] });
}

const IN_TRUST = ["trust of role other"];
const IN_INLINE = ["inline policy app of role other"];

describe("policies that name the old role", () => {
  test.each<{ readonly because: string; readonly role: LiveRole; readonly places: readonly string[] }>([
    { because: "its ARN in a trust", role: trusting(OLD), places: IN_TRUST },
    { because: "its unique id", role: trusting("AROAORDERS"), places: IN_TRUST },
    {
      because: "its sessions",
      role: trusting("arn:aws:sts::111122223333:assumed-role/orders-role/x"),
      places: IN_TRUST,
    },
    {
      because: "iam:PassRole of a deployer",
      role: withInline({ Action: "iam:PassRole", Resource: [OLD] }),
      places: IN_INLINE,
    },
    {
      because: "its sessions without a name",
      role: trusting("arn:aws:sts::111122223333:assumed-role/"),
      places: [],
    },
    {
      because: "a user of STS, which is no role",
      role: trusting("arn:aws:sts::111122223333:federated-user/orders-role"),
      places: [],
    },
    {
      because: "a condition",
      role: withInline({
        Action: "s3:*",
        Resource: "*",
        Condition: { ArnEquals: { "aws:PrincipalArn": OLD } },
      }),
      places: IN_INLINE,
    },
    {
      because: "the id in a condition for sessions",
      role: withInline({
        Action: "*",
        Resource: "*",
        Condition: { StringLike: { "aws:userid": "AROAORDERS:*" } },
      }),
      places: IN_INLINE,
    },
    {
      because: "a pattern that does not match the new role",
      role: withInline({ Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/orders-*" }),
      places: IN_INLINE,
    },
    {
      because: "a pattern that matches both",
      role: withInline({ Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/*orders*" }),
      places: [],
    },
    { because: "the account", role: trusting("arn:aws:iam::111122223333:root"), places: [] },
    { because: "a longer name", role: trusting(`${OLD}-2`), places: [] },
    {
      because: "the same name in another account",
      role: trusting("arn:aws:sts::999999999999:assumed-role/orders-role/x"),
      places: [],
    },
  ])("$because: $places", ({ role, places }) => {
    expect(costOf([role])?.mentions).toEqual(places.length === 0 ? [] : [{ role: OLD, places }]);
  });

  test("a resource policy of a function and a customer-managed policy are searched too", () => {
    const text = JSON.stringify({ Statement: [{ Principal: { AWS: OLD } }] });
    const called = estateFunction("search", {
      policies: new Map([["live", known({ text, revisionId: "1" })]]),
    });
    const policy = {
      name: "shared",
      path: "/",
      arn: "arn:aws:iam::111122223333:policy/shared" as never,
      policyId: "x",
      defaultVersionId: "v2",
      description: null,
      versions: [
        { id: "v1", text: "{}", createdAtMs: 0 },
        { id: "v2", text, createdAtMs: 0 },
      ],
      attachmentCount: null,
      boundaryUsageCount: null,
      tags: { kind: "unknown", reason: "not read" } as const,
    };
    const iam = estateIam([], { policies: new Map([[policy.arn, { kind: "present", value: policy }]]) });

    expect(costOf([], { functions: [called], iam: known(iam) })?.mentions).toEqual([
      { role: OLD, places: ["policy shared", "resource policy of function search:live in eu-west-1"] },
    ]);
  });
});

describe("what could not be read", () => {
  test("is listed after what is never read", () => {
    const unreadPolicy = estateFunction("search", {
      policies: new Map([["", notCalled("lambda:GetPolicy")]]),
    });
    const cost = switchCost({
      estates: [
        estate({
          functions: [unreadPolicy],
          iam: notCalled("iam:ListRoles"),
          roleQuota: notCalled("iam:GetAccountSummary"),
        }),
      ],
      unread: [{ account: estate().account, region: "us-east-1" as never, reason: "denied", next: "" }],
      switches: [SWITCH],
    });

    expect(cost).toMatchObject({ newRoles: null, roles: null, mentions: [] });
    expect(cost?.notRead).toEqual([
      expect.stringMatching(/buckets, keys/),
      "us-east-1: denied",
      "roles and policies of IAM: iam:ListRoles was not called",
      "resource policy of function search in eu-west-1: lambda:GetPolicy was not called",
      "the quota for roles: iam:GetAccountSummary was not called",
    ]);
  });
});

test("each role and policy that could not be read is listed, and one that is absent is not", () => {
  const reading = { kind: "unknown", reason: "it is no JSON" } as const;
  const [own, ownPolicy] = customerManaged("own", []);
  if (ownPolicy.kind !== "present") throw new Error("the policy is not there");
  const iam = {
    ...estateIam([]),
    roles: new Map<string, Reading<LiveRole>>([
      ["broken", reading],
      ["gone", { kind: "absent" }],
    ]),
    policies: new Map<string, Reading<LivePolicy>>([
      ["arn:broken", reading],
      ["arn:gone", { kind: "absent" }],
      [own, { kind: "present", value: { ...ownPolicy.value, defaultVersionId: "v9" } }],
    ]),
  };

  expect(costOf([], { iam: known(iam) })?.notRead.slice(1)).toEqual([
    "role broken: it is no JSON",
    "policy arn:broken: it is no JSON",
    `policy ${own}: its default version was not read`,
  ]);
});

test("a document that is nested deeper than calls can be is searched like any other", () => {
  const depth = 20_000;
  const trust = `${"[".repeat(depth)}"${OLD}"${"]".repeat(depth)}`;

  expect(costOf([estateRole("other", { trust })])?.mentions).toEqual([{ role: OLD, places: IN_TRUST }]);
});

test("numbers and empty members of a document name no role", () => {
  const text = '{"Version":"2012-10-17","Statement":[{"Condition":{"NumericEquals":{"aws:x":[1,null]}}}]}';

  expect(costOf([estateRole("other", { trust: text })])?.mentions).toEqual([]);
});

describe("the roles that are needed", () => {
  test("are counted once each, without those that exist", () => {
    const created = estateRole("orders-eu-west-1", { path: "/grantkeeper/", arn: NEW as never });
    const other = { ...SWITCH, to: `${NEW}-2` };
    const all = estate({ iam: known(estateIam([created])) });

    const cost = switchCost({ estates: [all], unread: [], switches: [SWITCH, SWITCH, other, other] });

    expect(cost).toMatchObject({ newRoles: 1, roles: { existing: 10, quota: 1_000 } });
  });

  test("are none if no function switches", () => {
    expect(switchCost({ estates: [estate()], unread: [], switches: [] })).toBeNull();
  });
});
