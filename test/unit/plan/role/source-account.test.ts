import { describe, expect, test } from "@jest/globals";
import { TRUST_DOCUMENT, trustText } from "../../../../src/iam/trust.ts";
import { ACCOUNT_ID, appliedRecord, binding, documentOf } from "../../../support/pass/bindings.ts";
import { context, driftsOfBinding, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { emptyAccount } from "../../../support/pass/live-state.ts";
import { planWith, sceneContext, type Scene } from "./scene.ts";

const REQUIRED = { sourceAccount: ACCOUNT_ID };
const statementFor = (accounts: unknown, operator = "StringEquals") =>
  ({
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: { [operator]: { "AWS:sourceaccount": accounts } },
  }) as never;
const FOREIGN = documentOf(JSON.parse(TRUST_DOCUMENT).Statement[0], {
  Effect: "Allow",
  Principal: { AWS: "arn:aws:iam::999988887777:root" },
  Action: "sts:AssumeRole",
} as never);

describe("a role whose trust names its account as the only source", () => {
  test.each<Scene & { steps: readonly string[]; cause: string | null; because: string }>([
    {
      git: REQUIRED,
      live: { trust: documentOf(statementFor([ACCOUNT_ID])) },
      steps: [],
      cause: null,
      because: "the same condition in other words is no drift",
    },
    {
      git: REQUIRED,
      applied: {},
      live: { trust: TRUST_DOCUMENT },
      steps: ["5 iam:UpdateAssumeRolePolicy now"],
      cause: "revision",
      because: "an applied role without it gets it before its permissions change",
    },
    {
      git: REQUIRED,
      applied: null,
      live: { trust: TRUST_DOCUMENT },
      steps: ["5 iam:UpdateAssumeRolePolicy now"],
      cause: "initial",
      because: "an adopted role without it gets it",
    },
    {
      git: REQUIRED,
      live: { trust: TRUST_DOCUMENT },
      steps: ["5 iam:UpdateAssumeRolePolicy now"],
      cause: "out-of-band",
      because: "a condition that was removed in AWS is restored immediately",
    },
    {
      git: REQUIRED,
      live: { trust: documentOf(statementFor("999988887777")) },
      steps: ["5 iam:UpdateAssumeRolePolicy now"],
      cause: "out-of-band",
      because: "another account in its place is replaced immediately",
    },
    {
      git: REQUIRED,
      live: { trust: documentOf(statementFor(ACCOUNT_ID, "StringEqualsIfExists")) },
      steps: ["5 iam:UpdateAssumeRolePolicy now"],
      cause: "out-of-band",
      because: "a condition that holds for a request without the key is drift",
    },
    {
      git: REQUIRED,
      applied: {},
      live: { trust: FOREIGN },
      steps: ["3 iam:UpdateAssumeRolePolicy now"],
      cause: "out-of-band",
      because: "a foreign principal is no part of the revision that adds the condition",
    },
    {
      git: {},
      applied: REQUIRED,
      live: { trust: trustText(REQUIRED) },
      steps: ["5 iam:UpdateAssumeRolePolicy now"],
      cause: "revision",
      because: "a condition that Git no longer declares is removed",
    },
  ])("$because", ({ steps, cause, ...scene }) => {
    const { desired, context: at } = sceneContext(scene);
    const drifts = driftsOfBinding(desired, at);

    expect(stepsOf(planWith(scene))).toEqual(steps);
    expect(drifts.map((drift) => drift.cause)).toEqual(cause === null ? [] : [cause]);
  });

  test.each([
    { git: REQUIRED, applied: REQUIRED, cause: "out-of-band", because: "as applied" },
    { git: {}, applied: REQUIRED, cause: "revision", because: "Git removed the condition" },
  ])("is created with the trust of Git after it was deleted: $because", ({ git, applied, cause }) => {
    const record = appliedRecord(binding(applied));

    const [action] = planOfBinding(binding(git), context(emptyAccount(), { record })).actions;

    expect(action).toMatchObject({ cause, input: { AssumeRolePolicyDocument: trustText(git) } });
  });

  test("shows the permission that the revision narrows, with the account", () => {
    const [action] = planWith({ git: REQUIRED, applied: {}, live: { trust: TRUST_DOCUMENT } }).actions;

    expect(action).toMatchObject({
      destructive: true,
      after: trustText(REQUIRED),
      delta: { allowed: [], noLongerAllowed: [{ principal: { name: "Service lambda.amazonaws.com" } }] },
    });
  });

  test("grants new access if the condition goes", () => {
    const [action] = planWith({ git: {}, applied: REQUIRED, live: { trust: trustText(REQUIRED) } }).actions;

    expect(action?.delta.allowed).toHaveLength(1);
  });
});
