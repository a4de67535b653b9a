import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import {
  allow,
  awsAttachment,
  binding,
  compiled,
  deny,
  documentOf,
  NOW_MS,
  ORDERS_READ,
  SETTLE_MS,
} from "../../../support/pass/bindings.ts";
import { stepsOf } from "../../../support/pass/plans.ts";
import { liveRoleOf } from "../../../support/pass/live-state.ts";
import { AUDIT, WRITE, ADMIN, type Scene, planWith, inlineOf, OWN } from "./scene.ts";

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
    const used = planWith({
      git: { inline: compiled(allow("sqs:SendMessage")) },
      live: {
        inline: [
          { name: "grantkeeper", text: documentOf(allow("sqs:SendMessage")) },
          { name: "hotfix", text: hotfix },
        ],
      },
    });

    expect(stepsOf(left)).toEqual(["10 iam:DeleteRolePolicy at"]);
    expect(stepsOf(used)).toEqual(["10 iam:DeleteRolePolicy now"]);
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

  test("a new grant is written while the role has more policies attached than its quota, as after AWS lowered it", () => {
    const attached = Array.from({ length: 11 }, (_, at) => awsAttachment(`P${at}`));
    const plan = planWith({
      git: { attachments: attached, inline: wide },
      applied: { attachments: attached },
      live: { attachments: attached.map(({ arn }) => arn), inline: inlineOf(OWN) },
    });

    expect(plan.withheld).toEqual([]);
    expect(stepsOf(plan)).toEqual(["6 iam:PutRolePolicy now"]);
  });
});
