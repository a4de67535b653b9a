import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import type { DesiredRole } from "../../../../src/model/desired.ts";
import { sha256Hex } from "../../../../src/model/values/digest.ts";
import type { ObjectName } from "../../../../src/model/aws/ids.ts";
import type { LiveRole } from "../../../../src/model/live.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { isDue } from "../../../../src/plan/order/due.ts";
import type { Action, Due } from "../../../../src/model/action.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import { TRUST_DOCUMENT } from "../../../../src/iam/trust.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  attachment,
  awsAttachment,
  binding,
  BOUNDARY,
  compiled,
  context,
  deny,
  desiredAccount,
  desiredOf,
  documentOf,
  driftsOfBinding,
  emptyAccount,
  INSTANCE,
  liveFunctionOf,
  livePolicyOf,
  liveRoleOf,
  NOW_MS,
  ORDERS_READ,
  ORIGIN,
  OTHER_BOUNDARY,
  planOfBinding,
  policy,
  SETTLE_MS,
  stepsOf,
} from "../../../support/pass/bindings.ts";

const AUDIT = attachment("audit-read");
const WRITE = attachment("write");
const ADMIN = awsAttachment("AdministratorAccess");
const QUARANTINE = awsAttachment("AWSCompromisedKeyQuarantineV2");
const FOREIGN_TRUST = documentOf(JSON.parse(TRUST_DOCUMENT).Statement[0], {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::999988887777:root" },
  Action: "sts:AssumeRole",
} as never);

interface Scene {
  readonly live?: Partial<LiveRole>;
  readonly git?: Partial<DesiredRole>;
  /** The last applied binding: the same as in Git if undefined, none if null. */
  readonly applied?: Partial<DesiredRole> | null;
  readonly at?: Partial<PlanContext>;
  readonly boundaries?: readonly [string, string];
}

const BOUNDARIES = [documentOf(allow("*")), documentOf(allow("dynamodb:*"))] as const;

function sceneContext({ live = {}, git = {}, applied = git, at = {}, boundaries = BOUNDARIES }: Scene) {
  const desired = binding(git);
  const account = accountWith({
    role: liveRoleOf(desired, live),
    found: liveFunctionOf(desired),
    policies: [
      livePolicyOf(AUDIT.arn, [documentOf(allow("s3:GetObject"))]),
      livePolicyOf(BOUNDARY, [boundaries[0]]),
      livePolicyOf(OTHER_BOUNDARY, [boundaries[1]]),
    ],
    awsManaged: { [ADMIN.arn]: documentOf(allow("*")), [QUARANTINE.arn]: documentOf(deny("iam:*")) },
  });
  const record = applied === null ? null : appliedRecord(binding(applied));
  return { desired, context: context(account, { record, desired: desiredOf([desired]), ...at }) };
}

function planWith(scene: Scene): KeyPlan {
  const { desired, context: planning } = sceneContext(scene);
  return planOfBinding(desired, planning);
}

function inlineOf(...texts: readonly (readonly [string, string])[]): LiveRole["inline"] {
  return texts.map(([name, text]) => ({ name, text }));
}

const READ_WITH_SID = { Sid: "DynamodbRead0a1b2c3d", ...ORDERS_READ };
const OWN = ["grantkeeper", documentOf(ORDERS_READ)] as const;
const HOTFIX = ["hotfix", documentOf(allow("sqs:SendMessage"))] as const;

describe("a role that does not exist", () => {
  test("is complete immediately: CreateRole has every setting, then the policies are added", () => {
    const desired = binding({ attachments: [AUDIT], inline: compiled(READ_WITH_SID) });
    const live = accountWith({
      found: liveFunctionOf(desired),
      policies: [livePolicyOf(AUDIT.arn, [documentOf(allow("s3:GetObject"))])],
    });

    const plan = planOfBinding(desired, context(live));

    expect(stepsOf(plan)).toEqual([
      "2 iam:CreateRole now",
      "6 iam:AttachRolePolicy now",
      "6 iam:PutRolePolicy now",
    ]);
    expect(plan.actions[0]).toMatchObject({
      input: {
        RoleName: "orders-api-eu-west-1",
        Path: "/grantkeeper/",
        AssumeRolePolicyDocument: TRUST_DOCUMENT,
        Description: "Orders API",
        MaxSessionDuration: 3600,
        PermissionsBoundary: BOUNDARY,
        Tags: [
          { Key: INSTANCE_TAG, Value: INSTANCE },
          { Key: OWNER_TAG, Value: "orders/orders-api" },
        ],
      },
      before: null,
      destructive: false,
    });
    expect(plan.actions[2]).toMatchObject({
      input: { PolicyName: "grantkeeper", PolicyDocument: documentOf(READ_WITH_SID) },
      delta: { allowed: [{ action: "dynamodb:GetItem", origin: { line: 10 } }] },
    });
  });

  test("has no description, boundary or policy unless Git declares one", () => {
    const desired = binding({ description: "", boundary: null, inline: compiled() });

    const plan = planOfBinding(desired, context(emptyAccount()));

    expect(stepsOf(plan)).toEqual(["2 iam:CreateRole now"]);
    expect(plan.actions[0]?.input).not.toHaveProperty("Description");
    expect(plan.actions[0]?.input).not.toHaveProperty("PermissionsBoundary");
  });

  test.each([
    { what: "does not exist", live: emptyAccount() },
    {
      what: "exists",
      live: accountWith({ role: liveRoleOf(binding()), found: liveFunctionOf(binding()) }),
    },
  ])("a role that $what attaches a policy that the same pass creates first", ({ live }) => {
    const wanted = policy(compiled(allow("dynamodb:PutItem")), { name: "write" as ObjectName });
    const desired = binding({ attachments: [WRITE] });

    const plan = planOfBinding(desired, context(live, { desired: desiredOf([desired], [wanted]) }));

    const attached = plan.actions.find(({ call }) => call === "iam:AttachRolePolicy");
    expect(plan.withheld).toEqual([]);
    expect(attached?.delta.allowed.map(({ action }) => action)).toEqual(["dynamodb:PutItem"]);
  });

  test.each([
    {
      git: { boundary: { arn: OTHER_BOUNDARY, origin: ORIGIN } },
      kind: "dependency",
      steps: [],
      because: "its boundary does not exist",
    },
    {
      git: { inline: compiled(allow("s3:GetObject", `arn:aws:s3:::${"x".repeat(10_240)}`)) },
      kind: "quota",
      steps: [],
      because: "its inline policy is too large",
    },
    {
      git: { attachments: Array.from({ length: 11 }, (_, at) => awsAttachment(`P${at}`)) },
      kind: "quota",
      steps: [],
      because: "eleven policies exceed the quota by one",
    },
    {
      git: { attachments: [WRITE] },
      kind: "dependency",
      steps: ["2 iam:CreateRole now", "6 iam:PutRolePolicy now"],
      because: "one of our policies does not exist yet, while the rest is created",
    },
  ])("is held if $because", ({ git, kind, steps }) => {
    const plan = planOfBinding(binding(git), context(emptyAccount()));

    expect(plan.withheld).toMatchObject([{ kind }]);
    expect(stepsOf(plan)).toEqual(steps);
  });

  test("is not created again if we created it recently and do not see it yet", () => {
    const desired = binding();
    const create = {
      key: desired.key,
      atMs: NOW_MS - 1_000,
      call: "iam:CreateRole",
      step: 2,
      target: desired.role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;

    const plan = planOfBinding(desired, context(emptyAccount(), { writes: recentWrites([create]) }));

    expect(plan.actions).toEqual([]);
    expect(plan.nextDueMs).toBe(NOW_MS + 60_000);
  });

  test("is restored after it was deleted in AWS", () => {
    const desired = binding();

    const plan = planOfBinding(desired, context(emptyAccount(), { record: appliedRecord(desired) }));

    expect(stepsOf(plan)).toEqual(["2 iam:CreateRole now", "6 iam:PutRolePolicy now"]);
    expect(plan.actions[0]?.cause).toBe("out-of-band");
  });
});

describe("a role that matches Git", () => {
  test("has an empty plan with a stable digest", () => {
    const plan = planWith({});

    expect(plan).toMatchObject({
      purpose: "converge",
      actions: [],
      approvable: [],
      withheld: [],
      nextDueMs: null,
    });
    expect(planWith({}).digest).toBe(plan.digest);
  });
});

describe("a role that changes in Git", () => {
  const wide = compiled(ORDERS_READ, allow("s3:PutObject"));
  /** So many members that they stay in one row. */
  const many = {
    ...allow(["s3:GetObject", ...Array.from({ length: 60 }, (_, at) => `s3:Get${at}`)]),
    Resource: Array.from({ length: 60 }, (_, at) => `arn:aws:s3:::b${at}/*`),
  };

  test.each<Scene & { steps: readonly string[]; because: string }>([
    {
      git: { inline: wide },
      applied: {},
      live: { inline: inlineOf(OWN) },
      steps: ["6 iam:PutRolePolicy now"],
      because: "one more grant is one call",
    },
    {
      git: {},
      applied: { inline: wide },
      live: { inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, allow("s3:PutObject"))]) },
      steps: ["10 iam:PutRolePolicy now"],
      because: "one grant less is one call without a wait",
    },
    {
      git: { inline: compiled() },
      applied: {},
      live: { inline: inlineOf(OWN) },
      steps: ["10 iam:DeleteRolePolicy now"],
      because: "a role without grants has no policy",
    },
    {
      git: { attachments: [AUDIT] },
      applied: {},
      live: { attachments: [] },
      steps: ["6 iam:AttachRolePolicy now"],
      because: "one more attachment is one call",
    },
    {
      git: { attachments: [AUDIT], inline: compiled(ORDERS_READ) },
      applied: { inline: compiled(ORDERS_READ, allow("s3:GetObject")) },
      live: {
        attachments: [],
        inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, allow("s3:GetObject"))]),
      },
      steps: ["6 iam:AttachRolePolicy now", "10 iam:PutRolePolicy after-wait"],
      because: "a permission that moves to a policy leaves the inline document after a wait",
    },
    {
      git: { attachments: [AUDIT], inline: compiled(ORDERS_READ, allow("sqs:SendMessage")) },
      applied: { inline: compiled(ORDERS_READ, allow("s3:GetObject")) },
      live: {
        attachments: [],
        inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, allow("s3:GetObject"))]),
      },
      steps: ["6 iam:AttachRolePolicy now", "6 iam:PutRolePolicy now", "10 iam:PutRolePolicy after-wait"],
      because: "a permission that moves while another is added is in both documents in between",
    },
    {
      git: { attachments: [AUDIT], inline: compiled(ORDERS_READ, allow("sqs:SendMessage")) },
      applied: { inline: compiled(ORDERS_READ, many) },
      live: { attachments: [], inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, many)]) },
      steps: ["6 iam:AttachRolePolicy now", "6 iam:PutRolePolicy now", "10 iam:PutRolePolicy after-wait"],
      because: "a long list that moves is in both documents in between",
    },
    {
      git: { attachments: [AUDIT] },
      applied: { attachments: [ADMIN] },
      live: { attachments: [ADMIN.arn] },
      steps: ["6 iam:AttachRolePolicy now", "10 iam:DetachRolePolicy after-wait"],
      because: "a policy that replaces another is attached, and the other detached after a wait",
    },
    {
      git: { attachments: [AUDIT], inline: compiled(deny("sqs:*"), ORDERS_READ) },
      applied: {},
      live: { attachments: [], inline: inlineOf(OWN) },
      steps: ["6 iam:PutRolePolicy now", "6 iam:AttachRolePolicy after-wait"],
      because: "a Deny is added before the permission that it denies",
    },
    {
      git: { inline: compiled(deny("sqs:*"), ORDERS_READ) },
      applied: { attachments: [AUDIT] },
      live: { attachments: [AUDIT.arn], inline: inlineOf(OWN) },
      steps: ["6 iam:PutRolePolicy now", "10 iam:DetachRolePolicy after-wait"],
      because: "a Deny is added before anything is removed",
    },
    {
      git: { attachments: [awsAttachment("Unread")], inline: compiled() },
      applied: {},
      live: { attachments: [], inline: inlineOf(OWN) },
      steps: ["6 iam:AttachRolePolicy now", "10 iam:DeleteRolePolicy after-wait"],
      because: "an AWS policy that was never read is assumed to grant what is removed",
    },
    {
      git: {},
      applied: { attachments: [ADMIN], inline: compiled(deny("sqs:*"), ORDERS_READ) },
      live: {
        attachments: [ADMIN.arn],
        inline: inlineOf(["grantkeeper", documentOf(deny("sqs:*"), ORDERS_READ)]),
      },
      steps: ["10 iam:DetachRolePolicy now", "10 iam:PutRolePolicy after-wait"],
      because: "a Deny is removed after the permission that it denies",
    },
    {
      git: { description: "x", maxSessionSeconds: 7200 },
      applied: {},
      live: { description: "Orders API", maxSessionSeconds: 3600 },
      steps: ["12 iam:UpdateRole now"],
      because: "description and session length are changed in one call",
    },
    {
      git: { tags: [...binding().role.tags, { key: "team", value: "a" }] },
      applied: { tags: [...binding().role.tags, { key: "old", value: "b" }] },
      live: { tags: [...binding().role.tags, { key: "old", value: "b" }] },
      steps: ["12 iam:TagRole now", "12 iam:UntagRole now"],
      because: "tags that are not declared are removed",
    },
  ])("$because", ({ steps, ...scene }) => {
    const plan = planWith(scene);

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.withheld).toEqual([]);
  });

  test("the plan has exactly AWS's input and both values for the record", () => {
    const plan = planWith({ git: { description: "x" }, applied: {}, live: { description: "y" } });

    expect(plan.actions).toMatchObject([
      {
        input: { RoleName: "orders-api-eu-west-1", Description: "x", MaxSessionDuration: 3600 },
        before: `{"description":"y","maxSessionSeconds":3600}`,
        after: `{"description":"x","maxSessionSeconds":3600}`,
        cause: "revision",
      },
    ]);
  });

  test("a removal waits until a recent addition has propagated", () => {
    const desired = binding();
    const added = {
      key: desired.key,
      atMs: NOW_MS - 10_000,
      call: "iam:AttachRolePolicy",
      step: 6,
      target: desired.role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;

    const plan = planWith({
      git: { attachments: [AUDIT] },
      applied: { attachments: [ADMIN] },
      live: { attachments: [ADMIN.arn, AUDIT.arn] },
      at: { writes: recentWrites([added]) },
    });

    expect(stepsOf(plan)).toEqual(["10 iam:DetachRolePolicy at"]);
    expect(plan.nextDueMs).toBe(NOW_MS - 10_000 + SETTLE_MS);
  });

  test("an addition that Git declares meanwhile has no grace period", () => {
    const hotfix = documentOf(allow("sqs:SendMessage"));

    const left = planWith({
      live: { inline: [...liveRoleOf(binding()).inline, { name: "hotfix", text: hotfix }] },
    });
    const taken = planWith({
      git: { inline: compiled(allow("sqs:SendMessage")) },
      live: {
        inline: [
          { name: "grantkeeper", text: documentOf(allow("sqs:SendMessage")) },
          { name: "hotfix", text: hotfix },
        ],
      },
    });

    expect(stepsOf(left)).toEqual(["10 iam:DeleteRolePolicy at"]);
    expect(stepsOf(taken)).toEqual(["10 iam:DeleteRolePolicy now"]);
  });

  test("nothing is removed until every declared policy exists", () => {
    const plan = planWith({
      git: { attachments: [WRITE] },
      applied: { attachments: [AUDIT] },
      live: { attachments: [AUDIT.arn] },
    });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ kind }) => kind)).toEqual(["dependency", "dependency"]);
  });

  test("a document that does not fit in between is held with its sizes, and nothing is removed first", () => {
    const large = (letter: string) => allow("s3:GetObject", `arn:aws:s3:::${letter.repeat(6_000)}`);
    const plan = planWith({
      git: { attachments: [AUDIT], inline: compiled({ ...large("a"), Action: "sqs:SendMessage" }) },
      applied: { inline: compiled(allow("s3:GetObject"), large("b")) },
      live: {
        attachments: [],
        inline: inlineOf(["grantkeeper", documentOf(allow("s3:GetObject"), large("b"))]),
      },
    });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([
      { kind: "quota", reason: expect.stringMatching(/would have 12\d\d\d of 10240 characters/) },
    ]);
  });

  test("a tenth and an eleventh policy are held", () => {
    const attached = Array.from({ length: 10 }, (_, at) => awsAttachment(`P${at}`));
    const plan = planWith({
      git: { attachments: [...attached, AUDIT] },
      applied: { attachments: attached },
      live: { attachments: attached.map(({ arn }) => arn) },
    });

    expect(plan.withheld).toMatchObject([
      { kind: "quota", reason: expect.stringContaining("11 of 10 policies") },
    ]);
  });
});

describe("a role that was changed in AWS", () => {
  const grace = NOW_MS + 900_000;

  test.each<Scene & { steps: readonly string[]; because: string }>([
    {
      live: { attachments: [ADMIN.arn] },
      steps: ["3 iam:DetachRolePolicy now"],
      because: "an attached policy that escalates is detached immediately",
    },
    {
      live: { inline: inlineOf(["admin", documentOf(allow("iam:PutRolePolicy"))], OWN) },
      steps: ["3 iam:DeleteRolePolicy now"],
      because: "an inline policy that escalates is deleted immediately",
    },
    {
      live: { inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, allow("*"))]) },
      steps: ["3 iam:PutRolePolicy now"],
      because: "an escalating statement in our own document is removed immediately",
    },
    {
      live: { inline: inlineOf(OWN, HOTFIX) },
      steps: ["10 iam:DeleteRolePolicy at"],
      because: "another addition has a grace period",
    },
    {
      live: { inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, allow("sqs:SendMessage"))]) },
      steps: ["10 iam:PutRolePolicy at"],
      because: "an addition in our own document has a grace period",
    },
    {
      live: { inline: [] },
      steps: ["6 iam:PutRolePolicy now"],
      because: "a removed permission is restored immediately",
    },
    {
      live: { inline: inlineOf(["grantkeeper", documentOf(allow("sqs:SendMessage"))]) },
      steps: ["6 iam:PutRolePolicy now"],
      because: "a removed permission is restored immediately even if another was added in the document",
    },
    {
      git: { attachments: [AUDIT] },
      live: { attachments: [] },
      steps: ["6 iam:AttachRolePolicy now"],
      because: "a detached policy is attached immediately",
    },
    {
      live: { trust: FOREIGN_TRUST },
      steps: ["3 iam:UpdateAssumeRolePolicy now"],
      because: "a foreign principal in the trust policy is removed immediately",
    },
    {
      live: {
        trust: documentOf({
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: "sts:TagSession",
        } as never),
      },
      steps: ["5 iam:UpdateAssumeRolePolicy now"],
      because: "the missing trust in Lambda is restored immediately",
    },
    {
      live: { boundary: null },
      steps: ["3 iam:PutRolePermissionsBoundary now"],
      because: "a removed boundary is restored",
    },
    {
      live: { boundary: awsAttachment("PowerUserAccess").arn },
      steps: ["3 iam:PutRolePermissionsBoundary now"],
      because: "a boundary that the account does not know is replaced",
    },
    {
      live: { tags: [...binding().role.tags, { key: "team", value: "x" }] },
      steps: ["12 iam:UntagRole at"],
      because: "an additional tag has a grace period",
    },
    {
      live: { tags: [] },
      steps: ["3 iam:TagRole now"],
      because: "ownership tags of a recorded role are restored first",
    },
  ])("$because", ({ steps, ...scene }) => {
    const plan = planWith(scene);

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.nextDueMs).toBe(steps.some((step) => step.endsWith("at")) ? grace : null);
  });

  test("the grace period starts with the first observation", () => {
    const scene: Scene = { live: { inline: inlineOf(OWN, HOTFIX) } };
    const { desired, context: planning } = sceneContext(scene);
    const [drift] = driftsOfBinding(desired, planning);
    if (drift === undefined) throw new Error("no drift");
    const record = appliedRecord(desired, { driftSinceMs: { [driftFingerprint(drift)]: NOW_MS - 900_000 } });

    expect(stepsOf(planWith({ ...scene, at: { record } }))).toEqual(["10 iam:DeleteRolePolicy now"]);
  });

  test("both ownership tags are restored in one call", () => {
    const plan = planWith({ live: { tags: [] } });

    expect(plan.actions).toMatchObject([
      { input: { Tags: [{ Key: INSTANCE_TAG }, { Key: OWNER_TAG }] }, before: "{}" },
    ]);
  });

  test("a declared tag is restored after the ownership tags, each with its own previous value", () => {
    const tags = [...binding().role.tags, { key: "team", value: "a" }];
    const plan = planWith({ git: { tags }, live: { tags: [] } });

    expect(stepsOf(plan)).toEqual(["3 iam:TagRole now", "12 iam:TagRole after-wait"]);
    expect(plan.actions[1]?.before).toBe(plan.actions[0]?.after);
  });

  test("a value from before our own write is not written again, unless it is an exposure", () => {
    const written = {
      key: binding().key,
      atMs: NOW_MS - 1_000,
      call: "iam:DeleteRolePolicy",
      step: 10,
      target: binding().role.arn,
      beforeHash: sha256Hex(HOTFIX[1]),
      afterHash: null,
    } as const;

    const plan = planWith({
      live: { inline: inlineOf(OWN, HOTFIX), attachments: [ADMIN.arn] },
      at: { writes: recentWrites([written]) },
    });

    expect(stepsOf(plan)).toEqual(["3 iam:DetachRolePolicy now"]);
    expect(plan.nextDueMs).toBe(NOW_MS + 60_000);
  });
});

describe("restrictions that were added in AWS", () => {
  const fenced = ["fence", documentOf(deny("s3:*"))] as const;
  const more = compiled(ORDERS_READ, allow("s3:PutObject"));

  test.each<Scene & { asks: number; because: string }>([
    {
      live: { inline: inlineOf(fenced, OWN) },
      asks: 1,
      because: "an inline policy with a Deny needs an operator to lift it",
    },
    {
      live: { inline: inlineOf(["AWSRevokeOlderSessions", documentOf(deny("*"))], OWN) },
      asks: 0,
      because: "AWSRevokeOlderSessions is kept",
    },
    { live: { attachments: [QUARANTINE.arn] }, asks: 0, because: "AWS's quarantine policy is kept" },
    {
      live: { attachments: [AUDIT.arn] },
      at: { account: desiredAccount({ protectedPolicies: ["gk_orders_*"] }) },
      asks: 0,
      because: "a policy that the operator protects is kept",
    },
    {
      live: { inline: inlineOf(["grantkeeper", documentOf(deny("s3:*"), ORDERS_READ)]) },
      asks: 1,
      because: "a Deny in our own document needs an operator to lift it",
    },
    {
      live: {
        inline: inlineOf([
          "grantkeeper",
          documentOf(ORDERS_READ, { ...deny("s3:*"), Condition: { StringMatches: { k: "v" } } }),
        ]),
      },
      asks: 1,
      because: "a Deny with an unknown operator needs an operator to lift it",
    },
    {
      live: {
        trust: documentOf(JSON.parse(TRUST_DOCUMENT).Statement[0], {
          Effect: "Deny",
          Principal: "*",
          Action: "sts:AssumeRole",
        } as never),
      },
      asks: 1,
      because: "a Deny in the trust policy needs an operator to lift it",
    },
  ])("$because", ({ asks, ...scene }) => {
    const plan = planWith(scene);

    expect(plan.actions).toEqual([]);
    expect(plan.approvable).toHaveLength(asks);
    expect(plan.withheld.map(({ kind }) => kind)).toEqual(["restriction-added"]);
  });

  test("have a digest and actions of their own for the approval", () => {
    const plan = planWith({ live: { inline: inlineOf(fenced, OWN) } });

    expect(plan.approvable).toMatchObject([
      {
        reason: expect.stringContaining('inline policy "fence" has a Deny'),
        actions: [{ call: "iam:DeleteRolePolicy", destructive: true }],
        digest: expect.stringMatching(/^sha256:/),
      },
    ]);
    expect(plan.approvable[0]?.digest).not.toBe(plan.digest);
  });

  test("prevent additions under quarantine, but not removals", () => {
    const live = { attachments: [QUARANTINE.arn] };
    const widened = planWith({
      git: { inline: more },
      applied: {},
      live: { ...live, inline: inlineOf(OWN) },
    });
    const narrowed = planWith({
      git: {},
      applied: { inline: more },
      live: { ...live, inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, allow("s3:PutObject"))]) },
    });

    expect(widened.actions).toEqual([]);
    expect(widened.withheld.map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining("under quarantine"),
    );
    expect(stepsOf(narrowed)).toEqual(["10 iam:PutRolePolicy now"]);
  });

  test("do not keep an exposure open under quarantine", () => {
    const plan = planWith({ live: { attachments: [QUARANTINE.arn, ADMIN.arn] } });

    expect(stepsOf(plan)).toEqual(["3 iam:DetachRolePolicy now"]);
  });

  test.each([
    {
      text: documentOf({ ...deny("s3:*"), Colour: "red" } as never),
      asks: 1,
      because: "has a Deny is kept as a possible restriction",
    },
    { text: "{", asks: 1, because: "is not JSON is kept as a possible restriction" },
    {
      text: documentOf({ ...allow("s3:*"), Colour: "red" } as never),
      asks: 0,
      because: "has no Deny is deleted immediately",
    },
    {
      text: documentOf({ ...allow("s3:*"), Sid: "Deny", Colour: "red" } as never),
      asks: 0,
      because: "has the effect Allow is deleted immediately, although it mentions Deny",
    },
  ])("an inline policy that is not understood and $because", ({ text, asks }) => {
    const plan = planWith({ live: { inline: inlineOf(["odd", text], OWN) } });

    expect(plan.approvable).toHaveLength(asks);
    expect(stepsOf(plan)).toEqual(asks === 1 ? [] : ["3 iam:DeleteRolePolicy now"]);
  });

  test("keep an attached policy that could not be read", () => {
    const plan = planWith({ live: { attachments: [awsAttachment("Unread").arn] } });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind: "unreadable" }]);
  });

  test("do not include a Deny that Git itself removed", () => {
    const plan = planWith({
      git: {},
      applied: { inline: compiled(deny("s3:*"), ORDERS_READ) },
      live: { inline: inlineOf(["grantkeeper", documentOf(deny("s3:*"), ORDERS_READ)]) },
    });

    expect(stepsOf(plan)).toEqual(["6 iam:PutRolePolicy now"]);
  });

  test("include a Deny next to an opaque statement, since the two can't be separated", () => {
    const odd = { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Colour: "red" };
    const text = documentOf(odd as never);
    const plan = planWith({
      git: { attachments: [AUDIT], inline: compiled(deny("sqs:*")) },
      applied: { inline: compiled(ORDERS_READ) },
      live: { attachments: [], inline: inlineOf(["grantkeeper", text]) },
    });

    expect(plan.withheld).toMatchObject([{ kind: "unreadable" }]);
  });
});

describe("the boundary of a role", () => {
  const other = { boundary: { arn: OTHER_BOUNDARY, origin: ORIGIN } };
  const narrow = documentOf(allow("dynamodb:GetItem"));
  const inline = compiled(ORDERS_READ, allow("s3:PutObject"));

  test.each<Scene & { steps: readonly string[]; because: string }>([
    {
      git: { ...other, inline },
      applied: {},
      live: { boundary: BOUNDARY, inline: inlineOf(OWN) },
      steps: ["4 iam:PutRolePermissionsBoundary now", "6 iam:PutRolePolicy now"],
      because: "is narrowed first",
    },
    {
      git: other,
      applied: { inline },
      live: {
        boundary: BOUNDARY,
        inline: inlineOf(["grantkeeper", documentOf(ORDERS_READ, allow("s3:PutObject"))]),
      },
      boundaries: [narrow, BOUNDARIES[0]],
      steps: ["10 iam:PutRolePolicy now", "11 iam:PutRolePermissionsBoundary now"],
      because: "is widened last",
    },
    {
      live: { boundary: OTHER_BOUNDARY },
      boundaries: [documentOf(allow("s3:*")), BOUNDARIES[1]],
      steps: ["4 iam:PutRolePermissionsBoundary now"],
      because: "is restored if it was replaced in AWS",
    },
    {
      live: { boundary: OTHER_BOUNDARY, inline: inlineOf(OWN, HOTFIX) },
      boundaries: [documentOf(allow("sqs:*")), BOUNDARIES[1]],
      steps: ["10 iam:DeleteRolePolicy at", "11 iam:PutRolePermissionsBoundary at"],
      because: "is widened after the permission that it would allow was removed",
    },
  ])("$because", ({ steps, ...scene }) => {
    expect(stepsOf(planWith(scene))).toEqual(steps);
  });

  test.each<Scene & { kind: string; reason?: string; because: string }>([
    {
      git: { ...other, inline },
      applied: {},
      live: { boundary: BOUNDARY, inline: inlineOf(OWN) },
      boundaries: [documentOf(allow("s3:*")), BOUNDARIES[1]],
      kind: "not-in-this-version",
      reason: "of the old one s3:* on * is allowed, of which the other allows nothing",
      because: "Git declares one that is not comparable",
    },
    {
      live: {
        boundary: OTHER_BOUNDARY,
        inline: inlineOf(["grantkeeper", documentOf(allow("sqs:SendMessage"))]),
      },
      boundaries: [documentOf(allow("s3:*")), BOUNDARIES[1]],
      kind: "not-in-this-version",
      reason: "of the new one s3:* on * is allowed, of which the other allows nothing",
      because: "it was replaced in AWS while the documents changed both ways",
    },
    {
      git: other,
      applied: {},
      live: { boundary: BOUNDARY, attachments: [QUARANTINE.arn] },
      boundaries: [narrow, BOUNDARIES[0]],
      kind: "restriction-added",
      because: "it becomes wider while the role is under quarantine",
    },
    {
      git: { boundary: { arn: attachment("gone").arn, origin: ORIGIN } },
      applied: {},
      live: { boundary: BOUNDARY },
      kind: "dependency",
      because: "the declared one does not exist",
    },
  ])("is held if $because", ({ kind, reason = "", ...scene }) => {
    const plan = planWith(scene);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toContainEqual(
      expect.objectContaining({ kind, reason: expect.stringContaining(reason) as unknown }),
    );
  });

  test("that AWS manages does not have to exist in the account", () => {
    const plan = planWith({
      git: { boundary: { arn: ADMIN.arn, origin: ORIGIN } },
      live: { boundary: null },
    });

    expect(stepsOf(plan)).toEqual(["3 iam:PutRolePermissionsBoundary now"]);
  });
});

describe("the ownership of a role", () => {
  const tagged = (instance: string, owner: string) => [
    { key: INSTANCE_TAG, value: instance },
    { key: OWNER_TAG, value: owner },
  ];
  const drifted: Partial<LiveRole> = { boundary: null };

  test.each<Scene & { kind: string; reason: string; because: string }>([
    {
      live: { tags: [] },
      applied: null,
      kind: "ownership-conflict",
      reason: "has no ownership tags",
      because: "it has no tags and no recorded id",
    },
    {
      live: { tags: tagged("other-1", "orders/orders-api") },
      kind: "ownership-conflict",
      reason: 'belongs to the instance "other-1"',
      because: "it has the tag of another instance, although we recorded its id",
    },
    {
      live: { tags: tagged(INSTANCE, "orders/other") },
      applied: null,
      kind: "not-in-this-version",
      reason: "which git no longer names",
      because: "its former owner left Git, which is a handover",
    },
    {
      live: { path: "/" },
      kind: "ownership-conflict",
      reason: "is not below /grantkeeper/",
      because: "it has a path outside ours, even with our tags",
    },
    {
      live: { path: "/aws-service-role/x.amazonaws.com/" },
      kind: "unmodifiable",
      reason: "linked to an AWS service",
      because: "it is a service-linked role",
    },
    {
      live: { roleId: "AROAOTHER" },
      kind: "not-in-this-version",
      reason: "made again",
      because: "another id has its ARN",
    },
  ])("is missing, and the plan is held: $because", ({ kind, reason, ...scene }) => {
    const plan = planWith({ ...scene, live: { ...drifted, ...scene.live } });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind, reason: expect.stringContaining(reason) }]);
  });

  test("is missing while Git still declares its owner", () => {
    const other = {
      ...binding(),
      name: "other" as never,
      key: "function/111122223333/eu-west-1/orders/other" as never,
    };
    const plan = planWith({
      live: { ...drifted, tags: tagged(INSTANCE, "orders/other") },
      applied: null,
      at: { desired: desiredOf([binding(), other]) },
    });

    expect(plan.withheld).toMatchObject([
      { kind: "ownership-conflict", reason: expect.stringContaining("belongs to orders/other") },
    ]);
  });

  test("depends on the tags alone after the database was lost", () => {
    expect(stepsOf(planWith({ live: drifted, applied: null }))).toEqual([
      "3 iam:PutRolePermissionsBoundary now",
    ]);
  });

  test("does not depend on its path, which can never change", () => {
    const plan = planWith({
      git: { path: "/grantkeeper/new/" },
      live: { ...drifted, path: "/grantkeeper/" },
    });

    expect(plan.withheld).toMatchObject([{ kind: "immutable-field" }]);
    expect(stepsOf(plan)).toEqual(["3 iam:PutRolePermissionsBoundary now"]);
  });
});

describe("a fight over a role", () => {
  const inline = inlineOf(OWN, HOTFIX);
  const field = `${binding().role.arn}#inline-extra`;
  const reverts = (count: number, agoMs: number) => Array.from({ length: count }, () => NOW_MS - agoMs);

  test.each([
    {
      times: reverts(3, 1_000),
      steps: ["10 iam:DeleteRolePolicy at"],
      because: "three reverts within an hour are no fight",
    },
    { times: reverts(4, 1_000), steps: [], because: "four reverts within an hour are a fight" },
    {
      times: reverts(4, 3_600_000),
      steps: ["10 iam:DeleteRolePolicy at"],
      because: "reverts older than an hour do not count",
    },
  ])("$because", ({ times, steps }) => {
    const record = appliedRecord(binding(), { revertsMs: { [field]: times } });
    const plan = planWith({ live: { inline }, at: { record } });

    expect(stepsOf(plan)).toEqual(steps);
    expect(plan.withheld).toHaveLength(steps.length === 0 ? 1 : 0);
  });

  test("does not stop the restoration of a boundary", () => {
    const revertsMs = { [`${binding().role.arn}#boundary`]: reverts(9, 1_000) };
    const record = appliedRecord(binding(), { revertsMs });

    expect(stepsOf(planWith({ live: { boundary: null }, at: { record } }))).toEqual([
      "3 iam:PutRolePermissionsBoundary now",
    ]);
    expect(planWith({ live: { boundary: OTHER_BOUNDARY }, at: { record } })).toMatchObject({
      actions: [],
      withheld: [{ kind: "contended", reason: expect.stringContaining("keeps coming back") }],
    });
  });

  test("does not stop the removal of an escalation", () => {
    const revertsMs = { [`${binding().role.arn}#attachment-extra`]: reverts(9, 1_000) };
    const record = appliedRecord(binding(), { revertsMs });

    expect(stepsOf(planWith({ live: { attachments: [ADMIN.arn] }, at: { record } }))).toEqual([
      "3 iam:DetachRolePolicy now",
    ]);
  });
});

describe("the risk of an action", () => {
  test.each<Scene & { risk: string; because: string }>([
    { live: { inline: [] }, risk: "low", because: "an ordinary grant is low" },
    {
      git: { inline: compiled(allow("iam:PassRole")) },
      live: { inline: [] },
      risk: "high",
      because: "a grant that allows escalation is high",
    },
    { live: { boundary: null }, risk: "high", because: "every change of the boundary is high" },
  ])("$risk: $because", ({ risk, ...scene }) => {
    expect(planWith(scene).actions).toMatchObject([{ risk }]);
  });
});

describe("the due time of an action", () => {
  const [action] = planWith({ live: { inline: [] } }).actions;
  const at = (due: Due) => isDue({ ...(action as Action), due }, NOW_MS);

  test.each([
    { due: { kind: "now" }, is: true },
    { due: { kind: "after-wait" }, is: false },
    { due: { kind: "at", atMs: NOW_MS }, is: true },
    { due: { kind: "at", atMs: NOW_MS + 1 }, is: false },
  ] as const)("$due.kind: $is", ({ due, is }) => {
    expect(at(due)).toBe(is);
  });
});
