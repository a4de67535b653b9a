import { describe, expect, test } from "@jest/globals";
import { OBJECT, DATED, findingsOf, allow, deny, Q } from "./findings.ts";

describe("wildcards in allowed actions (ACT-001, ACT-002)", () => {
  test.each([
    {
      action: "s3:Get*",
      findings: [`ACT-002 note Statement[0].Action: "s3:Get*" is 2 actions today ${DATED}`],
    },
    {
      action: "s3:Get?bject",
      findings: [`ACT-002 note Statement[0].Action: "s3:Get?bject" is 1 action today ${DATED}`],
    },
    {
      action: "s3:*",
      findings: [
        `ACT-001 warning Statement[0].Action: "s3:*" allows the entire service, 5 actions today, 1 of which change permissions ${DATED}, also what AWS adds later (name the actions that the code calls)`,
      ],
    },
    {
      action: "*",
      findings: [
        'ACT-001 warning Statement[0].Action: "*" allows actions of every service that fits, also what AWS adds later (name the actions that the code calls)',
      ],
    },
  ])("are counted: $action", ({ action, findings }) => {
    expect(findingsOf([allow(action, "*")])).toEqual(findings);
  });

  test.each([
    { because: "a Deny is wide on purpose", statement: deny("s3:Get*"), dialect: "identity" },
    {
      because: "NotAction is not a wildcard",
      statement: { Effect: "Allow", NotAction: "s3:Get*", Resource: "*" },
      dialect: "identity",
    },
    {
      because: "a boundary is an upper limit",
      statement: allow(["s3:*", "sqs:Send*"], "*"),
      dialect: "boundary",
    },
  ] as const)("are not reported if $because", ({ statement, dialect }) => {
    expect(findingsOf([statement], { dialect })).toEqual([]);
  });

  test("of a service that AWS does not have are reported as an unknown name only", () => {
    expect(findingsOf([allow("nosuchservice:*", "*")]).map((line) => line.slice(0, 7))).toEqual(["ACT-003"]);
  });
});

describe("actions and resources that do not fit together (ACT-004)", () => {
  test.each([
    {
      because: "the action takes another type of resource",
      statement: allow("s3:GetObject", "arn:aws:s3:::b"),
      findings: [
        `ACT-004 warning Statement[0].Action: "s3:GetObject" has no effect on the resources of this statement: it takes ${OBJECT} ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the resource belongs to another service, in spite of its star",
      statement: allow(["s3:GetObject", "sqs:SendMessage"]),
      findings: [
        `ACT-004 warning Statement[0].Action[1]: "sqs:SendMessage" has no effect on the resources of this statement: it takes arn:*:sqs:*:*:* ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the action takes no resource",
      statement: allow(["s3:ListAllMyBuckets", "s3:GetObject"]),
      findings: [
        `ACT-004 warning Statement[0].Action[0]: "s3:ListAllMyBuckets" has no effect on the resources of this statement: it takes only * ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the name of the resource ends with a space",
      statement: {
        Effect: "Deny",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::b/* ", "arn:aws:s3:::c/*"],
      },
      findings: [
        'ACT-004 warning Statement[0].Resource[0]: "arn:aws:s3:::b/* " ends with a blank, which AWS takes for a part of the name (remove the blank if it is not meant)',
      ],
    },
    {
      because: "no action takes the resource",
      statement: allow("s3:GetObject", ["arn:aws:s3:::b/*", Q]),
      findings: [
        `ACT-004 warning Statement[0].Resource[1]: no action of this statement takes "${Q}" ${DATED} (remove it, or name actions that take it)`,
      ],
    },
  ])("are reported: $because", ({ statement, findings }) => {
    expect(findingsOf([statement])).toEqual(findings);
  });

  test.each([
    {
      because: "one statement names a bucket and its objects",
      statement: allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]),
    },
    { because: "a star fits every action", statement: allow(["s3:ListAllMyBuckets"], "*") },
    {
      because: "a variable may have any value",
      statement: allow("s3:GetObject", "arn:aws:s3:::${aws:userid}"),
    },
    {
      because: "the resources that NotResource leaves are not known",
      statement: { Effect: "Deny", Action: "s3:ListAllMyBuckets", NotResource: Q },
    },
    {
      because: "NotAction is not checked",
      statement: { Effect: "Deny", NotAction: "s3:ListAllMyBuckets", Resource: Q },
    },
    {
      because: "the star may also match the service",
      statement: allow(["s3:GetObject", "sqs:SendMessage"], "arn:aws:s*"),
    },
    { because: "a star may include a fitting action", statement: deny("*", ["arn:aws:s3:::b/*", Q]) },
    { because: "there is no action", statement: { Effect: "Allow", Resource: "arn:aws:s3:::b" } },
    {
      because: "a pattern of services may include a fitting action",
      statement: deny(["s*:Put*", "s3:GetObject"], ["arn:aws:s3:::b/*", Q]),
    },
  ])("are not reported if $because", ({ statement }) => {
    expect(findingsOf([statement])).toEqual([]);
  });
});
