import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import { sha256Hex } from "../../../../src/model/values/digest.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import { TRUST_DOCUMENT } from "../../../../src/iam/trust.ts";
import {
  allow,
  appliedRecord,
  awsAttachment,
  binding,
  documentOf,
  NOW_MS,
  ORDERS_READ,
} from "../../../support/pass/bindings.ts";
import { driftsOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { AUDIT, ADMIN, type Scene, sceneContext, planWith, inlineOf, OWN, HOTFIX } from "./scene.ts";

const FOREIGN_TRUST = documentOf(JSON.parse(TRUST_DOCUMENT).Statement[0], {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::999988887777:root" },
  Action: "sts:AssumeRole",
} as never);

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
