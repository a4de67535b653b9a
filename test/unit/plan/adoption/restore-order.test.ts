import { describe, expect, test } from "@jest/globals";
import { contentOf } from "../../../../src/model/keys/adopted-role.ts";
import { allow, OTHER_BOUNDARY } from "../../../support/pass/bindings.ts";
import { callsOf, deny, kindsOf, policy, ROLE, trustOf, undo, type Scene } from "./restore-scene.ts";

describe("a way back of a role whose order is not safe", () => {
  test.each<Scene & { readonly fix: string; readonly because: string }>([
    {
      former: { boundary: OTHER_BOUNDARY },
      boundaries: [allow("s3:*"), allow("sqs:*")],
      fix: `declare boundary ${OTHER_BOUNDARY} in the manifest`,
      because: "neither boundary contains the other",
    },
    {
      former: {
        inline: [
          policy("a", allow("s3:*"), deny("s3:PutObject")),
          policy("b", allow("s3:PutObject"), deny("s3:GetObject")),
        ],
      },
      fix: "declare the Deny statements",
      because: "a Deny of one policy limits another",
    },
    {
      former: {
        boundary: null,
        inline: [
          policy("a", allow("s3:*"), deny("s3:PutObject")),
          policy("b", allow("s3:PutObject"), deny("s3:GetObject")),
        ],
      },
      fix: "declare the Deny statements",
      because: "a Deny of one policy limits another",
    },
    {
      role: { ...ROLE, trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") },
      former: { trust: trustOf("lambda.amazonaws.com", "events.amazonaws.com") },
      fix: "restore the role by hand",
      because: "it is not proved that one of the trust policies",
    },
  ])("names the way out if no order is safe: $because", ({ fix, because, ...scene }) => {
    expect(undo(scene)).toMatchObject({
      kind: "refused",
      obstacles: [
        {
          kind: "order",
          message: expect.stringContaining(because),
          fix: expect.stringContaining(fix),
        },
      ],
    });
  });

  test("is planned once the Deny statements of the former policies are in effect, also if two of them limit each other", () => {
    const [first, second] = [deny("s3:PutObject"), deny("s3:GetObject")];
    const role = { ...ROLE, inline: [policy("grantkeeper", allow("sqs:*"), first, second)] };
    const inline = [policy("a", allow("s3:*"), first), policy("b", allow("s3:PutObject"), second)];

    expect(kindsOf(undo({ role, former: { inline } }))).toEqual(["planned"]);
  });

  test("is planned with trust policies that do not contain each other if nothing else changes", () => {
    const role = { ...ROLE, trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") };
    const former = { ...contentOf(ROLE), trust: trustOf("lambda.amazonaws.com", "events.amazonaws.com") };

    expect(callsOf(undo({ role, former }))).toEqual(["iam:UpdateAssumeRolePolicy", "iam:UntagRole"]);
  });
});

describe("the order of its calls", () => {
  test.each<Scene & { readonly calls: readonly string[]; readonly because: string }>([
    {
      former: { inline: [policy("a", allow("s3:*")), policy("z", deny("s3:PutObject"))] },
      calls: ["iam:PutRolePolicy z", "iam:PutRolePolicy a", "iam:DeleteRolePolicy grantkeeper"],
      because: "a Deny is added before what it limits",
    },
    {
      role: {
        ...ROLE,
        inline: [policy("a", deny("sqs:SendMessage")), policy("grantkeeper", allow("sqs:*"))],
      },
      calls: ["iam:PutRolePolicy old", "iam:DeleteRolePolicy grantkeeper", "iam:DeleteRolePolicy a"],
      because: "a Deny is removed after what it limits",
    },
    {
      former: { boundary: OTHER_BOUNDARY },
      boundaries: [allow("*"), allow("s3:*")],
      calls: [
        `iam:PutRolePermissionsBoundary ${OTHER_BOUNDARY}`,
        "iam:PutRolePolicy old",
        "iam:DeleteRolePolicy grantkeeper",
      ],
      because: "a narrower boundary is set first",
    },
    {
      former: { boundary: OTHER_BOUNDARY },
      boundaries: [allow("s3:*"), allow("*")],
      calls: [
        "iam:PutRolePolicy old",
        "iam:DeleteRolePolicy grantkeeper",
        `iam:PutRolePermissionsBoundary ${OTHER_BOUNDARY}`,
      ],
      because: "a wider boundary is set last",
    },
    {
      role: { ...ROLE, boundary: null },
      former: { boundary: OTHER_BOUNDARY },
      calls: [
        `iam:PutRolePermissionsBoundary ${OTHER_BOUNDARY}`,
        "iam:PutRolePolicy old",
        "iam:DeleteRolePolicy grantkeeper",
      ],
      because: "a boundary restricts a role that has none",
    },
    {
      former: { trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") },
      calls: ["iam:PutRolePolicy old", "iam:DeleteRolePolicy grantkeeper", "iam:UpdateAssumeRolePolicy"],
      because: "no other principal may get the present permissions",
    },
    {
      role: { ...ROLE, trust: trustOf("lambda.amazonaws.com", "ec2.amazonaws.com") },
      former: { trust: trustOf("lambda.amazonaws.com") },
      calls: ["iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy old", "iam:DeleteRolePolicy grantkeeper"],
      because: "a principal that is no longer trusted must not get the former permissions",
    },
  ])("is safe: $because", ({ calls, ...scene }) => {
    const [last, ...rest] = callsOf(undo(scene)).toReversed();

    expect(rest.toReversed()).toEqual(calls);
    expect(last).toBe("iam:UntagRole");
  });

  test("waits until AWS shows a Deny before it adds what the Deny limits", () => {
    const finding = undo({
      former: { inline: [policy("a", allow("s3:*")), policy("z", deny("s3:PutObject"))] },
    });

    const [first, second] = finding.kind === "planned" ? finding.plan.actions : [];

    expect(first?.due.kind).toBe("now");
    expect(second?.due.kind).toBe("after-wait");
  });
});
