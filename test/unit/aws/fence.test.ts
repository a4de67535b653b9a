import { describe, expect, test } from "@jest/globals";
import { hasFence } from "../../../src/aws/doctor/installed.ts";
import { ownPolicy } from "../../../src/aws/own/policies.ts";
import { EXAMPLE, EXAMPLE_KEY } from "../../../tools/pages/permissions.ts";
import { policyText } from "../../support/policies/own-policies.ts";
import { accountOf } from "../../wire/aws/aws-world.ts";

const account = accountOf();
const ALLOW = { Effect: "Allow", Action: ["iam:GetRole", "iam:List*"], Resource: "*" };
const FENCE = { Effect: "Deny", NotAction: ["iam:GetRole", "iam:List*"], Resource: "*" };

describe("the Deny of all actions that a policy does not allow", () => {
  test.each(["observer", "writer", "binder"] as const)(
    "is in the documented policy of the %s",
    (identity) => {
      const facts = { ...EXAMPLE, functionKeys: [EXAMPLE_KEY] };

      expect(hasFence([policyText(ownPolicy(identity, facts))], account)).toBe(true);
    },
  );

  test.each([
    { because: "it may be in another policy of the role", texts: [[ALLOW], [FENCE]], is: true },
    {
      because: "it may spare less than is allowed",
      texts: [[ALLOW, { ...FENCE, NotAction: "iam:ListRoles" }]],
      is: true,
    },
    { because: "an Allow alone denies nothing", texts: [[ALLOW]], is: false },
    {
      because: "a Deny of some actions leaves all others",
      texts: [[ALLOW, { Effect: "Deny", Action: "s3:*", Resource: "*" }]],
      is: false,
    },
    {
      because: "it must not spare more than is allowed",
      texts: [[ALLOW, { ...FENCE, NotAction: ["iam:GetRole", "s3:*"] }]],
      is: false,
    },
    {
      because: "it must not depend on a condition",
      texts: [[ALLOW, { ...FENCE, Condition: { Bool: { "aws:SecureTransport": "false" } } }]],
      is: false,
    },
    {
      because: "it must cover every resource",
      texts: [[ALLOW, { ...FENCE, Resource: "arn:aws:s3:::a" }]],
      is: false,
    },
    {
      because: "it must except no resource",
      texts: [[ALLOW, { Effect: "Deny", NotAction: "iam:GetRole", NotResource: "arn:aws:s3:::a" }]],
      is: false,
    },
  ])("is $is: $because", ({ texts, is }) => {
    expect(hasFence(texts.map(policyText), account)).toBe(is);
  });

  test("is not in a document that cannot be read", () => {
    expect(hasFence(["{"], account)).toBe(false);
  });
});
