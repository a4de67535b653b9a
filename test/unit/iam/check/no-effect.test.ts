import { describe, expect, test } from "@jest/globals";
import { findingsOf, allow, deny, when, Q } from "./findings.ts";

describe("parts without an effect (DEN-001, BND-002)", () => {
  test.each([
    {
      because: "a Deny revokes the statement",
      statements: [allow("s3:GetObject"), deny("s3:*", "*", { Sid: "No" })],
      findings: [
        "DEN-001 warning Statement[0]: this statement takes no effect: statement No denies it (remove it)",
      ],
    },
    {
      because: "a Deny revokes one action",
      statements: [allow(["s3:GetObject", "s3:GetObjectAcl"]), deny("S3:getObjectacl")],
      findings: [
        'DEN-001 warning Statement[0].Action[1]: "s3:GetObjectAcl" takes no effect: statement 2 denies it (remove it)',
      ],
    },
    {
      because: "a Deny revokes one resource",
      statements: [
        allow("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]),
        deny("s3:GetObject", "arn:aws:s3:::c/*"),
      ],
      findings: [
        'DEN-001 warning Statement[0].Resource[1]: "arn:aws:s3:::c/*" takes no effect: statement 2 denies it (remove it)',
      ],
    },
    {
      because: "another policy denies it",
      statements: [allow("s3:GetObject")],
      setting: { attached: [deny("s3:GetObject")] },
      findings: [
        "DEN-001 warning Statement[0]: this statement takes no effect: a statement of other.json denies it (remove it)",
      ],
    },
    {
      because: "the boundary denies it",
      statements: [allow("s3:GetObject")],
      setting: { boundary: [allow("*", "*"), deny("s3:GetObject", "*", { Sid: "Never" })] },
      findings: [
        "DEN-001 warning Statement[0]: this statement takes no effect: statement Never of boundary.json denies it (remove it)",
      ],
    },
    {
      because: "the boundary lacks an action",
      statements: [allow(["sqs:SendMessage", "sqs:ReceiveMessage"], Q)],
      setting: { boundary: [allow("sqs:Send*", "*")] },
      findings: [
        'BND-002 error Statement[0].Action[1]: "sqs:ReceiveMessage" takes no effect: no statement of the boundary allows it (remove it)',
      ],
    },
    {
      because: "the boundary lacks the statement",
      statements: [allow("sqs:SendMessage", Q)],
      setting: { boundary: [allow("sqs:SendMessage", `${Q}2`)] },
      findings: [
        "BND-002 error Statement[0]: this statement takes no effect: no statement of the boundary allows it (remove it)",
      ],
    },
    {
      because: "the boundary is only partly understood, and the check findings so",
      statements: [allow("sqs:SendMessage", Q)],
      setting: { boundary: [{ Fresh: 1 }] },
      findings: ["BND-002 note : boundary.json is not understood completely: its limits are not checked"],
    },
  ])("are reported: $because", ({ statements, setting = {}, findings }) => {
    expect(findingsOf(statements, setting)).toEqual(findings);
  });

  test.each([
    {
      because: "the Deny has a condition",
      statements: [
        allow("s3:GetObject"),
        deny("s3:*", "*", when({ Bool: { "aws:SecureTransport": "false" } })),
      ],
    },
    {
      because: "the Deny is narrower",
      statements: [allow("s3:GetObject"), deny("s3:GetObject", "arn:aws:s3:::b/k")],
    },
    {
      because: "a variable is plain text in the Deny of version 2008 and a variable here",
      statements: [allow("s3:GetObject", "arn:aws:s3:::${aws:userid}/*")],
      setting: { version: "2008-10-17", attached: [deny("s3:GetObject", "arn:aws:s3:::${aws:userid}/*")] },
    },
    {
      because: "the boundary allows a part of it",
      statements: [allow("s3:GetObject", "arn:aws:s3:::b/*")],
      setting: { boundary: [allow("s3:GetObject", "arn:aws:s3:::b/k")] },
    },
    {
      because: "opaque statements already have another finding",
      statements: [{ Effect: "Allow" }, null, "x"],
    },
    {
      because: "a Deny needs no boundary",
      statements: [deny("s3:GetObject", "arn:aws:s3:::b/*")],
      setting: { boundary: [allow("sqs:SendMessage", "*")] },
    },
  ])("are not reported if $because", ({ statements, setting = {} }) => {
    expect(findingsOf(statements, setting)).toEqual([]);
  });
});

describe("an expiry without an effect (EXP-101)", () => {
  const END = when({ DateLessThan: { "aws:CurrentTime": "2026-12-31T00:00:00Z" } });
  const place = "Statement[0].Condition.DateLessThan.aws:CurrentTime";

  test.each([
    {
      because: "another statement allows the same without an end",
      statements: [
        allow("sqs:SendMessage", Q, END),
        allow(["sqs:SendMessage", "sqs:ReceiveMessage"], Q, { Sid: "On" }),
      ],
      findings: `EXP-101 warning ${place}: statement On allows the same without end: nothing ends here (end the other one too, or take this out of it)`,
    },
    {
      because: "another policy allows a part of it without an end",
      statements: [allow("s3:GetObject", "arn:aws:s3:::b/*", END)],
      attached: [allow("s3:GetObject", "arn:aws:s3:::b/k")],
      findings: `EXP-101 warning ${place}: a statement of other.json may allow some of it without end (end the other one too, or take this out of it)`,
    },
  ])("is reported: $because", ({ statements, attached = [], findings }) => {
    expect(findingsOf(statements, { attached })).toEqual([findings]);
  });

  test.each([
    {
      because: "the other statement expires too",
      other: allow("sqs:SendMessage", Q, when({ NumericLessThanEquals: { "aws:EpochTime": "1800000000" } })),
    },
    {
      because: "the other statement denies",
      other: deny("sqs:SendMessage", Q, when({ Bool: { "aws:SecureTransport": "false" } })),
    },
    { because: "the other statement grants another action", other: allow("sqs:ReceiveMessage", Q) },
  ])("is not reported if $because", ({ other }) => {
    expect(findingsOf([allow("sqs:SendMessage", Q, END), other])).toEqual([]);
  });

  test("is not reported if the conditions of the two exclude each other", () => {
    const [one, another] = [
      { StringEquals: { "aws:SourceVpc": "a" }, DateLessThan: { "aws:CurrentTime": "2026-12-31" } },
      { StringNotEquals: { "aws:SourceVpc": "a" } },
    ];

    expect(
      findingsOf([allow("sqs:SendMessage", Q, when(one)), allow("sqs:SendMessage", Q, when(another))]),
    ).toEqual([]);
  });

  test("of a Deny is not checked", () => {
    expect(findingsOf([deny("sqs:SendMessage", Q, END), allow("s3:GetObject")])).toEqual([]);
  });
});
