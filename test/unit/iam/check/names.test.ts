import { describe, expect, test } from "@jest/globals";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";
import { DATED, findingsOf, allow, deny, when, Q } from "./findings.ts";

test("a policy without a doubtful part has no findings", () => {
  expect(
    findingsOf([
      allow(["s3:GetObject"], ["arn:aws:s3:::b/*"], { Sid: "Read" }),
      allow("s3:ListBucket", "arn:aws:s3:::b", when({ StringLike: { "s3:prefix": "a/*" } })),
      allow("sqs:SendMessage", Q, when({ DateLessThan: { "aws:CurrentTime": "2026-12-31T00:00:00Z" } })),
      deny("s3:*", "*", when({ Bool: { "aws:SecureTransport": "false" } })),
    ]),
  ).toEqual([]);
});

describe("names that AWS does not have (ACT-003)", () => {
  test.each([
    {
      because: "an action is misspelled",
      statement: allow("s3:GetObjct"),
      findings: `ACT-003 error Statement[0].Action: there is no action "s3:GetObjct" ${DATED} (write "s3:GetObject")`,
    },
    {
      because: "a service is misspelled",
      statement: allow(["sqss:SendMessage", "s3:GetObject"]),
      findings: `ACT-003 error Statement[0].Action[0]: there is no service "sqss" ${DATED} (write "sqs:SendMessage")`,
    },
    {
      because: "no similar name exists",
      statement: allow(["mechanicalturk:X", "s3:GetObject"]),
      findings: `ACT-003 error Statement[0].Action[0]: there is no service "mechanicalturk" ${DATED} (use AWS's prefix, such as s3 or dynamodb)`,
    },
    {
      because: "a pattern matches no action",
      statement: deny("s3:Zip*"),
      findings: `ACT-003 error Statement[0].Action: "s3:Zip*" matches no action ${DATED} (name the actions that the code calls)`,
    },
    {
      because: "excepted actions are checked too",
      statement: { Effect: "Deny", NotAction: "s3:Unheard", Resource: "*" },
      findings: `ACT-003 error Statement[0].NotAction: there is no action "s3:Unheard" ${DATED} (use an action of s3)`,
    },
    {
      because: "the action does not have the key",
      statement: allow("s3:GetObject", "*", when({ StringEquals: { "s3:prefix": "a" } })),
      findings: `ACT-003 error Statement[0].Condition.StringEquals.s3:prefix: a request of s3:GetObject has no condition key "s3:prefix" ${DATED} (use a key that the action has, or a statement of its own)`,
    },
    {
      because: "a global key is misspelled",
      statement: {
        Effect: "Deny",
        NotAction: "s3:*",
        Resource: "*",
        ...when({ Bool: { "aws:SecureTransprt": "true" } }),
      },
      findings:
        'ACT-003 error Statement[0].Condition.Bool.aws:SecureTransprt: there is no condition key "aws:SecureTransprt" (write "aws:SecureTransport")',
    },
  ])("are reported: $because", ({ statement, findings }) => {
    expect(findingsOf([statement])).toEqual([findings]);
  });

  test.each<{ because: string; statement: object; dialect?: Dialect }>([
    { because: "a star is not a name", statement: deny("*") },
    { because: "a pattern of services is not a name", statement: deny("s*:Get") },
    {
      because: "an action without a service already has a finding of the grammar",
      statement: deny("Get"),
    },
    {
      because: "tag keys are arbitrary",
      statement: allow("s3:GetObject", "*", when({ StringEquals: { "s3:ExistingObjectTag/a": "b" } })),
    },
    {
      because: "the keys of an identity provider are its own",
      statement: {
        Effect: "Allow",
        Principal: { Federated: "x" },
        Action: "sts:AssumeRole",
        ...when({ StringEquals: { "accounts.google.com:aud": "x" } }),
      },
      dialect: "trust" as const,
    },
  ])("are not checked: $because", ({ statement, dialect = "identity" }) => {
    expect(findingsOf([statement], { dialect })).toEqual([]);
  });
});

describe("policy variables", () => {
  const withVariable = (text: string): object => allow("s3:GetObject", `arn:aws:s3:::b/${text}`);

  test.each([
    {
      variable: "${aws:ColourOfShoes}",
      findings:
        "ACT-003 error Statement[0].Resource: no request has a value for the variable ${aws:ColourOfShoes} (use a key that the action has, or a statement of its own)",
    },
    {
      variable: "${aws:usrname, 'x'}",
      findings:
        'ACT-003 error Statement[0].Resource: no request has a value for the variable ${aws:usrname} (write "aws:username")',
    },
    {
      variable: "${team}",
      findings:
        "ACT-003 error Statement[0].Resource: no request has a value for the variable ${team} (name a condition key, such as ${aws:PrincipalTag/team})",
    },
    {
      variable: "${aws:userid",
      findings:
        'GRM-002 warning Statement[0].Resource: a variable of "arn:aws:s3:::b/${aws:userid" is not closed (close it with "}")',
    },
  ])("are reported if they match nothing: $variable", ({ variable, findings }) => {
    expect(findingsOf([withVariable(variable)])).toEqual([findings]);
  });

  test("are reported in the values of conditions", () => {
    const condition = { StringEquals: { "aws:SourceVpc": ["v", "${team}"] } };

    expect(findingsOf([allow("s3:GetObject", "*", when(condition))])).toEqual([
      "ACT-003 error Statement[0].Condition.StringEquals.aws:SourceVpc[1]: no request has a value for the variable ${team} (name a condition key, such as ${aws:PrincipalTag/team})",
    ]);
  });

  test.each(["${aws:PrincipalTag/team}/${*}${?}${$}", "${accounts.google.com:sub}", "${aws:userid, 'none'}"])(
    "are accepted: %s",
    (variable) => {
      expect(findingsOf([withVariable(variable)])).toEqual([]);
    },
  );

  test("are plain text in a document of version 2008", () => {
    expect(findingsOf([withVariable("${team}")], { version: "2008-10-17" })).toEqual([]);
  });
});
