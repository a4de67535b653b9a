import { describe, expect, test } from "@jest/globals";
import { contentOf } from "../../../../src/model/keys/adopted-role.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import type { LiveRegion } from "../../../../src/model/live.ts";
import {
  appliedRecord,
  allow,
  deny,
  documentOf,
  INSTANCE,
  ORDERS_READ,
  REGION,
} from "../../../support/pass/bindings.ts";
import { liveRoleOf } from "../../../support/pass/live-state.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import { stepsOf } from "../../../support/pass/plans.ts";
import { QUARANTINE } from "../role/scene.ts";
import { CLAIMED, DECLARED, FORMER, otherFunction, ROLE_ARN, takeOverPlan, type TakeOver } from "./scene.ts";

const tagged = (instance: string, owner: string) => [
  { key: INSTANCE_TAG, value: instance },
  { key: OWNER_TAG, value: owner },
];
const TRUST_OF_ACCOUNT = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    { Effect: "Allow", Principal: { AWS: "arn:aws:iam::999900001111:root" }, Action: "sts:AssumeRole" },
  ],
});
const FAILED: LiveRegion = { kind: "failed", reason: "AccessDenied" };

describe("a role is not taken over, and nothing is written", () => {
  test.each<TakeOver & { reason: string }>([
    { live: null, reason: "does not exist, and a role is created below /grantkeeper/ only" },
    { account: { adoptableRoles: [] }, reason: "account prod does not list it in adoptableRoles" },
    {
      account: { adoptableRoles: undefined as never },
      reason: "account prod does not list it in adoptableRoles",
    },
    { live: { arn: `${ROLE_ARN}x` as never, path: "/" }, reason: `the role in AWS is ${ROLE_ARN}x` },
    {
      live: { tags: tagged("other-1", "orders/orders-api") },
      reason: 'it belongs to the instance "other-1"',
    },
    { live: { tags: tagged(INSTANCE, "search/find") }, reason: "it belongs to search/find" },
    {
      live: { tags: [{ key: "aws:cloudformation:stack-name", value: "shop" }] },
      reason: "its tags show that stack shop of CloudFormation created it",
    },
    { stack: { kind: "present", value: "shop" }, reason: "stack shop of CloudFormation owns it" },
    {
      live: { tags: [{ key: "ManagedBy", value: "Terraform" }] },
      reason: "a tag shows that Terraform owns it",
    },
    { live: { tags: [{ key: "team", value: "a" }] }, reason: "its tag team would be removed" },
    {
      git: { tags: [...CLAIMED, { key: "team", value: "b" }] },
      live: { tags: [{ key: "team", value: "a" }] },
      reason: "its tag team would be changed",
    },
    { live: { trust: TRUST_OF_ACCOUNT }, reason: "its trust policy is not that of Lambda alone" },
    {
      live: { boundary: "arn:aws:iam::111122223333:policy/theirs" as never },
      reason: "its boundary arn:aws:iam::111122223333:policy/theirs is none of the account's",
    },
    { live: { attachments: [QUARANTINE.arn] }, reason: `${QUARANTINE.arn} restricts it on purpose` },
    {
      live: { inline: [{ name: "AWSRevokeOlderSessions", text: documentOf(deny("*")) }] },
      reason: 'inline policy "AWSRevokeOlderSessions" restricts it on purpose',
    },
    { live: { instanceProfiles: ["workers"] }, reason: "instance profile workers contains the role" },
    { found: null, reason: "function orders-api does not exist" },
    {
      found: { roleArn: "arn:aws:iam::111122223333:role/other" },
      reason: "function orders-api runs on arn:aws:iam::111122223333:role/other",
    },
    { others: [otherFunction({ roleArn: ROLE_ARN })], reason: "function:reports runs on it too" },
    {
      others: [
        otherFunction({ versions: { kind: "present", value: [{ version: "7", roleArn: ROLE_ARN }] } }),
      ],
      reason: "version 7 of arn:aws:lambda:eu-west-1:111122223333:function:reports runs on it",
    },
  ])("and the reason is shown: $reason", ({ reason, ...scene }) => {
    for (const stage of [{}, { isProven: false }, { adopted: {} }]) {
      const plan = takeOverPlan({ ...stage, ...scene });

      expect(plan.actions).toEqual([]);
      expect(plan.withheld.map((one) => one.reason).join()).toContain(reason);
      expect(plan.withheld.every(({ fix, kind }) => fix !== null && kind !== "waiting")).toBe(true);
    }
  });

  test.each<TakeOver & { reason: string }>([
    { stack: { kind: "unknown", reason: "AccessDenied" }, reason: "AccessDenied" },
    { stack: null, reason: "the stack that may own it is read in the next sweep" },
    { others: [otherFunction({ versions: { kind: "not-requested" } })], reason: "the published versions of" },
    {
      others: [otherFunction({ versions: { kind: "unknown", reason: "x" } })],
      reason: "the published versions of",
    },
    { seen: { complete: false }, reason: "the account was not read completely" },
    { seen: { regions: new Map([[REGION, FAILED]]) }, found: null, reason: "region eu-west-1: AccessDenied" },
  ])("as long as a part is not read: $reason", ({ reason, ...scene }) => {
    const plan = takeOverPlan(scene);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map((one) => one.reason).join()).toContain(reason);
  });

  test("and what was not read is no reason before the proof, since it is not asked for", () => {
    const versions = { kind: "not-requested" } as const;

    expect(
      takeOverPlan({ isProven: false, stack: null, others: [otherFunction({ versions })] }).withheld,
    ).toMatchObject([{ kind: "waiting", reason: expect.stringContaining("waits for the proof") }]);
  });

  test("before it is known that its policies fit next to ours: the sizes are named", () => {
    const statements = Array.from({ length: 90 }, (_, at) =>
      allow("s3:GetObject", `arn:aws:s3:::b${at}/${"x".repeat(60)}`),
    );
    const plan = takeOverPlan({ live: { inline: [{ name: "legacy", text: documentOf(...statements) }] } });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([
      { kind: "quota", reason: expect.stringMatching(/inline policies would have \d+ of 10240 characters/) },
    ]);
  });
});

describe("a role that is taken over in place", () => {
  test("gets the two ownership tags in one call, and nothing else, once its permissions are proven equal", () => {
    const plan = takeOverPlan();

    expect(plan.withheld).toEqual([]);
    expect(plan.actions).toMatchObject([
      {
        call: "iam:TagRole",
        input: { RoleName: DECLARED.role.name, Tags: [{ Key: INSTANCE_TAG }, { Key: OWNER_TAG }] },
      },
    ]);
  });

  test("is not tagged for a proof about a role with another id", () => {
    expect(takeOverPlan({ live: { roleId: "AROAOTHER" } })).toMatchObject({
      actions: [],
      withheld: [{ reason: expect.stringContaining("waits for the proof") }],
    });
  });

  test.each<TakeOver & { because: string; reason: string }>([
    { because: "it is not recorded yet", live: { tags: CLAIMED }, reason: "is recorded first" },
    {
      because: "it was changed since it was recorded",
      live: { tags: CLAIMED },
      adopted: { former: contentOf(liveRoleOf(DECLARED)) },
      reason: "recorded again",
    },
    {
      because: "the proof was lost",
      live: { tags: CLAIMED },
      adopted: {},
      isProven: false,
      reason: "waits for the proof",
    },
  ])("keeps its policies while $because", ({ reason, ...scene }) => {
    expect(takeOverPlan(scene)).toMatchObject({
      actions: [],
      withheld: [{ kind: "waiting", reason: expect.stringContaining(reason) }],
    });
  });

  test("gets the boundary, then our policy, and loses its own ones last, after the propagation wait", () => {
    const plan = takeOverPlan({ live: { tags: CLAIMED }, adopted: {} });

    expect(plan.withheld).toEqual([]);
    expect(stepsOf(plan)).toEqual([
      "3 iam:PutRolePermissionsBoundary now",
      "6 iam:PutRolePolicy now",
      "10 iam:DeleteRolePolicy after-wait",
      "12 iam:UpdateRole after-wait",
    ]);
  });

  test("is approved with the text of the boundary that it gets: a narrower one needs another approval", () => {
    const planWith = (action: string) =>
      takeOverPlan({ live: { tags: CLAIMED }, adopted: {}, boundary: documentOf(allow(action)) });
    const [wide, same, narrow] = [planWith("*"), planWith("*"), planWith("dynamodb:*")];
    const calls = ({ actions }: KeyPlan) => actions.map(({ call, input }) => [call, input]);

    expect(calls(wide)).toEqual(calls(narrow));
    expect(same.digest).toBe(wide.digest);
    expect(narrow.digest).not.toBe(wide.digest);
  });

  test.each<TakeOver & { because: string; reason: string }>([
    { because: "its tags were about to be written", live: { tags: [] }, reason: "waits for the proof" },
    { because: "it had its tags", live: { tags: CLAIMED }, adopted: {}, reason: "created again" },
    {
      because: "its policies were being replaced",
      live: { tags: CLAIMED },
      adopted: { changedAtMs: 1 },
      reason: "created again",
    },
  ])("is not written if it was created again while $because, and the reason shows it", (row) => {
    const { live, reason, ...scene } = row;

    const plan = takeOverPlan({ ...scene, live: { ...live, roleId: "AROAOTHER" } });

    expect([plan.actions, plan.approvable]).toEqual([[], []]);
    expect(plan.withheld).toMatchObject([{ reason: expect.stringContaining(reason) }]);
  });

  test("may have a Deny of its own, which Git declares too", () => {
    const both = documentOf(ORDERS_READ, deny("s3:*"));
    const plan = takeOverPlan({
      git: { inline: DECLARED.role.inline },
      live: { tags: CLAIMED, inline: [{ name: "legacy", text: both }] },
      adopted: {},
    });

    expect(plan.approvable).toEqual([]);
    expect(stepsOf(plan)).toContain("10 iam:DeleteRolePolicy after-wait");
  });

  test("goes on after a kill, and reverts what someone else adds meanwhile as on any other role", () => {
    const live = {
      tags: CLAIMED,
      inline: [...(FORMER.inline ?? []), { name: "hotfix", text: documentOf(deny("s3:*")) }],
    };
    const former = contentOf(liveRoleOf(DECLARED, FORMER));
    const plan = takeOverPlan({ live, adopted: { changedAtMs: 1, former }, isProven: false });

    expect(plan.approvable).toMatchObject([{ reason: expect.stringContaining("hotfix") }]);
  });

  test.each<TakeOver & { because: string; kind: string }>([
    { because: "it was deleted", live: null, kind: "dependency" },
    {
      because: "the platform no longer lists it",
      account: { adoptableRoles: [] },
      kind: "ownership-conflict",
    },
    { because: "it was created again", live: { roleId: "AROAOTHER" }, kind: "not-in-this-version" },
    {
      because: "another instance tagged it",
      live: { tags: tagged("other-1", "a/b") },
      kind: "ownership-conflict",
    },
  ])("is not written after it was applied if $because", ({ kind, ...scene }) => {
    const record = appliedRecord(DECLARED);
    const plan = takeOverPlan({ adopted: { changedAtMs: 1 }, ...scene, record });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind, fix: expect.any(String) }]);
  });
});
