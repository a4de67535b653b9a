import { describe, expect, test } from "@jest/globals";
import { provedNarrower } from "../../../../src/iam/compare/containment.ts";
import { IDENTITY, type Fields, allow, deny, document } from "./table-roles.ts";

describe("one document is proved narrower than another", () => {
  const when = (block: Fields): string => document(allow({ Condition: block }));
  test.each([
    { because: "they are the same text", inner: "text", outer: "text", proved: true },
    {
      because: "it lacks an action",
      inner: document(allow()),
      outer: document(allow({ Action: ["dynamodb:GetItem", "s3:*"] })),
      proved: true,
    },
    {
      because: "it has another action",
      inner: document(allow({ Action: ["dynamodb:GetItem", "s3:*"] })),
      outer: document(allow()),
      proved: false,
    },
    {
      because: "it has an additional condition",
      inner: when({ Bool: { k: "true" } }),
      outer: document(allow()),
      proved: true,
    },
    {
      because: "it has another condition",
      inner: when({ Bool: { k: "true" } }),
      outer: when({ Bool: { j: "true" } }),
      proved: false,
    },
    {
      because: "its condition has fewer values",
      inner: when({ StringEquals: { k: "a" } }),
      outer: when({ StringEquals: { k: ["a", "b"] } }),
      proved: true,
    },
    {
      because: "its condition has more values",
      inner: when({ StringEquals: { k: ["a", "b"] } }),
      outer: when({ StringEquals: { k: "a" } }),
      proved: false,
    },
    {
      because: "its condition excepts more values",
      inner: when({ StringNotEquals: { k: ["a", "b"] } }),
      outer: when({ StringNotEquals: { k: "a" } }),
      proved: true,
    },
    {
      because: "its pattern is narrower",
      inner: when({ StringLike: { k: "ab*" } }),
      outer: when({ StringLike: { k: "a*" } }),
      proved: true,
    },
    {
      because: "its pattern is wider",
      inner: when({ StringLike: { k: "a*" } }),
      outer: when({ StringLike: { k: "ab*" } }),
      proved: false,
    },
    {
      because: "it also requires the key to exist",
      inner: when({ StringEquals: { k: "a" } }),
      outer: when({ StringEqualsIfExists: { k: "a" } }),
      proved: true,
    },
    {
      because: "it does not require the key to exist",
      inner: when({ StringEqualsIfExists: { k: "a" } }),
      outer: when({ StringEquals: { k: "a" } }),
      proved: false,
    },
    {
      because: "a condition without values allows nothing",
      inner: when({ StringEquals: { k: [] } }),
      outer: when({ StringEquals: { k: "a" } }),
      proved: true,
    },
    {
      because: "its upper bound is lower",
      inner: when({ NumericLessThan: { k: "1" } }),
      outer: when({ NumericLessThan: { k: "2" } }),
      proved: true,
    },
    {
      because: "its upper bound is higher",
      inner: when({ NumericLessThan: { k: "2" } }),
      outer: when({ NumericLessThan: { k: "1" } }),
      proved: false,
    },
    {
      because: "it denies more",
      inner: document(allow(), deny({ Action: "dynamodb:*" })),
      outer: document(allow(), deny()),
      proved: true,
    },
    { because: "it denies less", inner: document(allow()), outer: document(allow(), deny()), proved: false },
    {
      because: "a resource's policy may allow what the other denies",
      inner: document(allow()),
      outer: document(allow(), deny({ Action: "s3:*" })),
      proved: false,
    },
    {
      because: "it excepts more",
      inner: document({ Effect: "Allow", NotAction: ["iam:*", "s3:*"], Resource: "*" }),
      outer: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      proved: true,
    },
    {
      because: "it excepts less",
      inner: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      outer: document({ Effect: "Allow", NotAction: ["iam:*", "s3:*"], Resource: "*" }),
      proved: false,
    },
    {
      because: "its action is none of the exceptions",
      inner: document(allow({ Resource: "*" })),
      outer: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      proved: true,
    },
    {
      because: "its action may be one of the exceptions",
      inner: document(allow({ Action: "*", Resource: "*" })),
      outer: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      proved: false,
    },
    {
      because: "all actions cover all but some",
      inner: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      outer: document(allow({ Action: "*", Resource: "*" })),
      proved: true,
    },
    {
      because: "all actions of one service do not cover all but some",
      inner: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      outer: document(allow({ Action: "s3:*", Resource: "*" })),
      proved: false,
    },
    {
      because: "a resource's policy may allow what the other denies beyond its own grants",
      inner: document(allow()),
      outer: document(allow(), { Effect: "Deny", NotAction: "dynamodb:*", Resource: "*" }),
      proved: false,
    },
    {
      because: "two exceptions may overlap",
      inner: document({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }),
      outer: document(allow({ Action: "*", Resource: "*" }), {
        Effect: "Deny",
        NotAction: "dynamodb:*",
        Resource: "*",
      }),
      proved: false,
    },
    {
      because: "its ARN condition is covered part by part",
      inner: when({ ArnLike: { k: "arn:aws:sns:eu-west-1:1:t1" } }),
      outer: when({ ArnLike: { k: "arn:aws:sns:*:*:t*" } }),
      proved: true,
    },
    {
      because: "any ARN covers its ARN condition",
      inner: when({ ArnLike: { k: "arn:aws:sns:eu-west-1:1:t1" } }),
      outer: when({ ArnLike: { k: "*" } }),
      proved: true,
    },
    {
      because: "a star in the other's ARN condition would have to match a colon",
      inner: when({ ArnLike: { k: "arn:aws:sns:eu-west-1:1:t1" } }),
      outer: when({ ArnLike: { k: "arn:aws:*:t1" } }),
      proved: false,
    },
    {
      because: "one of its statements is not understood",
      inner: document(allow(), { Fresh: 1 }),
      outer: document(allow()),
      proved: false,
    },
    {
      because: "a statement of the other is not understood",
      inner: document(allow()),
      outer: document(allow(), { Fresh: 1 }),
      proved: false,
    },
  ])("$proved: $because", ({ inner, outer, proved }) => {
    expect(provedNarrower(inner, outer, { ...IDENTITY, dialect: "boundary" }).kind).toBe(
      proved ? "proved" : "not-proved",
    );
  });

  test("one document is never proved narrower for another principal", () => {
    const by = (principal: string): string =>
      document({ Effect: "Allow", Principal: { Service: principal }, Action: "sts:AssumeRole" });

    expect(
      provedNarrower(by("a.amazonaws.com"), by("b.amazonaws.com"), { ...IDENTITY, dialect: "trust" }).kind,
    ).toBe("not-proved");
  });
});
