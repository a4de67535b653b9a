import { describe, expect, test } from "@jest/globals";
import type { LiveRole } from "../../../../src/model/live.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import {
  appliedRecord,
  binding,
  desiredOf,
  INSTANCE,
  NOW_MS,
  OTHER_BOUNDARY,
} from "../../../support/pass/bindings.ts";
import { stepsOf } from "../../../support/pass/plans.ts";
import { ADMIN, type Scene, planWith, inlineOf, OWN, HOTFIX } from "./scene.ts";

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

describe("contention for a role", () => {
  const inline = inlineOf(OWN, HOTFIX);
  const field = `${binding().role.arn}#inline-extra`;
  const reverts = (count: number, agoMs: number) => Array.from({ length: count }, () => NOW_MS - agoMs);

  test.each([
    {
      times: reverts(3, 1_000),
      steps: ["10 iam:DeleteRolePolicy at"],
      because: "three reverts within an hour are no contention",
    },
    { times: reverts(4, 1_000), steps: [], because: "four reverts within an hour are contention" },
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
