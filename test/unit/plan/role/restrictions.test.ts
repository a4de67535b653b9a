import { describe, expect, test } from "@jest/globals";
import { TRUST_DOCUMENT } from "../../../../src/iam/trust.ts";
import {
  allow,
  awsAttachment,
  compiled,
  deny,
  desiredAccount,
  documentOf,
  ORDERS_READ,
} from "../../../support/pass/bindings.ts";
import { stepsOf } from "../../../support/pass/plans.ts";
import { AUDIT, ADMIN, QUARANTINE, type Scene, planWith, inlineOf, OWN } from "./scene.ts";

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
