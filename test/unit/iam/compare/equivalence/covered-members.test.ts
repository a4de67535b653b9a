import { describe, expect, test } from "@jest/globals";
import { compareDocuments } from "../../../../../src/iam/compare/comparer.ts";
import { context, when, identity } from "./documents.ts";

describe("two identity documents with members that cover each other", () => {
  test.each([
    {
      because: "an action that another one covers adds nothing",
      a: identity({ Action: ["s3:*", "s3:GetObject"] }),
      b: identity({ Action: "s3:*" }),
      tier: "meaning",
    },
    {
      because: "a resource that another one covers adds nothing",
      a: identity({ Resource: ["*", "arn:aws:s3:::b"] }),
      b: identity({ Resource: "*" }),
      tier: "meaning",
    },
    {
      because: "two stars equal one",
      a: identity({ Action: "s3:**" }),
      b: identity({ Action: "s3:*" }),
      tier: "meaning",
    },
    {
      because: "a value that another one covers adds nothing",
      a: when({ StringLike: { k: ["a*", "ab"] } }),
      b: when({ StringLike: { k: "a*" } }),
      tier: "meaning",
    },
    {
      because: "an ARN that another one covers part by part adds nothing",
      a: when({ ArnLike: { k: ["arn:aws:sns:*:*:t*", "arn:aws:sns:eu-west-1:*:t1"] } }),
      b: when({ ArnLike: { k: "arn:aws:sns:*:*:t*" } }),
      tier: "meaning",
    },
    {
      because: "a star of an ARN operator matches no colon",
      a: when({ ArnLike: { k: ["arn:aws:sns:*:t", "arn:aws:sns:eu-west-1:1:t"] } }),
      b: when({ ArnLike: { k: "arn:aws:sns:*:t" } }),
      tier: "security",
    },
    {
      because: "a star inside a field of a resource matches no colon",
      a: identity({ Resource: ["arn:aws:s*s:eu:1:q", "arn:aws:sns:sqs:eu:1:q"] }),
      b: identity({ Resource: "arn:aws:s*s:eu:1:q" }),
      tier: "security",
    },
    {
      because: "one of two resources that cover each other is kept",
      a: identity({ Resource: ["arn:aws:sqs:*", "arn:aws:sqs:*:*:*"] }),
      b: identity({ Resource: "arn:aws:sqs:*" }),
      tier: "meaning",
    },
    {
      because: "a star is not a wildcard for StringEquals",
      a: when({ StringEquals: { k: ["a*", "ab"] } }),
      b: when({ StringEquals: { k: "a*" } }),
      tier: "security",
    },
    {
      because: "a star before a question mark does not match the colon that follows",
      a: identity({ Resource: "arn:aws:sqs:*?:111122223333:q" }),
      b: identity({ Resource: "arn:aws:sqs:?*:111122223333:q" }),
      tier: "security",
    },
    {
      because: "the patterns are the same if no colon follows",
      a: identity({ Resource: "arn:aws:s3:::b/*?" }),
      b: identity({ Resource: "arn:aws:s3:::b/?*" }),
      tier: "meaning",
    },
    {
      because: "stars in the default of a variable are plain text",
      a: identity({ Resource: "arn:aws:s3:::b/${aws:username, '**'}" }),
      b: identity({ Resource: "arn:aws:s3:::b/${aws:username, '*'}" }),
      tier: "security",
    },
    {
      because: "a star does not match a part of a variable",
      a: identity({ Resource: ["arn:aws:s3:::b/*}", "arn:aws:s3:::b/${aws:username}"] }),
      b: identity({ Resource: "arn:aws:s3:::b/*}" }),
      tier: "security",
    },
  ])("are $tier: $because", ({ a, b, tier }) => {
    expect(compareDocuments(a, b, context("identity"))).toBe(tier);
    expect(compareDocuments(b, a, context("identity"))).toBe(tier);
  });

  test("keep every covered member of a list that is too long to compare pair by pair", () => {
    const wide = Array.from({ length: 1_100 }, (_, at) => `s3:A${at}*`);

    expect(
      compareDocuments(
        identity({ Action: [...wide, "s3:A0b"] }),
        identity({ Action: wide }),
        context("identity"),
      ),
    ).toBe("security");
  });
});
