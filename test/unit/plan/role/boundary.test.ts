import { describe, expect, test } from "@jest/globals";
import {
  allow,
  attachment,
  BOUNDARY,
  compiled,
  documentOf,
  ORDERS_READ,
  ORIGIN,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";
import { stepsOf } from "../../../support/pass/plans.ts";
import { ADMIN, QUARANTINE, type Scene, BOUNDARIES, planWith, inlineOf, OWN, HOTFIX } from "./scene.ts";

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
