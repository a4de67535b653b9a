import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import type { Finding } from "../../../src/model/finding.ts";
import { boundary } from "./escalation.ts";
import { contextOf, judged, verdicts, world } from "./judged.ts";

function found(statement: object, files: Readonly<Record<string, string>> = {}): readonly Finding[] {
  const built = world("  tracing: true", { ...boundary(statement), ...files });
  const [policy] = [...built.desired.policies.values()].filter(({ use }) => use === "boundary");
  if (policy === undefined) throw new Error("no boundary");
  return judgeDesired(policy, contextOf(built)).filter(({ rule }) => rule === "BND-004");
}

const allow = (Action: string | readonly string[], Resource = "*", more: object = {}): object => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});

describe("BND-004", () => {
  test.each<{ statement: object; lets: readonly string[]; because: string }>([
    {
      statement: allow(["s3:GetObject", "rds-db:connect", "kms:Decrypt", "secretsmanager:GetSecretValue"]),
      lets: [],
      because: "functions have these on named resources, and a boundary names none",
    },
    {
      statement: allow(["dynamodb:DeleteTable", "lambda:UpdateFunctionCode", "codebuild:StartBuild"]),
      lets: [],
      because: "the function's own resources, and those that the platform lists, are no risk",
    },
    {
      statement: allow(["s3:GetObject", "s3:PutBucketPolicy"]),
      lets: ["s3:PutBucketPolicy"],
      because: "who may use a bucket is no matter of a function",
    },
    { statement: allow("iam:PutRolePolicy"), lets: ["iam:PutRolePolicy"], because: "more permissions" },
    {
      statement: allow("cloudtrail:stopl*"),
      lets: ["cloudtrail:StopLogging"],
      because: "a pattern lets through",
    },
    {
      statement: allow(["iam:PassRole", "sts:AssumeRole"]),
      lets: ["iam:PassRole", "sts:AssumeRole"],
      because: "any role",
    },
    {
      statement: allow(["iam:PassRole", "sts:AssumeRole"], "arn:aws:iam::222222222222:role/jobs/*"),
      lets: [],
      because: "roles that the boundary names",
    },
    {
      statement: allow("sqs:AddPermission", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
      lets: ["sqs:AddPermission"],
      because: "a condition does not make it harmless",
    },
    {
      statement: [
        allow("sqs:*"),
        { Effect: "Deny", Action: ["sqs:*Permission", "SQS:SetQueueAttributes"], Resource: "*" },
      ],
      lets: [],
      because: "a Deny closes what the pattern opens",
    },
    {
      statement: [
        allow("sqs:*"),
        { Effect: "Deny", Action: "sqs:*", Resource: "arn:aws:sqs:eu-west-1:222222222222:payments" },
      ],
      lets: ["sqs:AddPermission", "sqs:RemovePermission", "sqs:SetQueueAttributes"],
      because: "a Deny of one queue leaves the others open",
    },
  ])("lets through $lets: $because", ({ statement, lets }) => {
    const actions = found(statement).flatMap(({ why }) => /through (.*): /.exec(why)?.[1]?.split(", ") ?? []);

    expect(actions).toEqual(lets);
  });

  test("is a warning at the statement, with the Deny to add", () => {
    expect(found([allow("s3:GetObject"), allow(["sqs:AddPermission", "sqs:SendMessage"])])).toMatchObject([
      {
        severity: "warn",
        origin: { file: "platform/boundary.yaml", line: 4 },
        why: "the boundary lets through sqs:AddPermission: exposure",
        fix: 'add {Effect: Deny, Action: ["sqs:AddPermission"], Resource: "*"}',
      },
    ]);
  });

  test("proposes other actions if too many would have to be denied", () => {
    expect(found(allow("*"))).toMatchObject([
      {
        why: expect.stringMatching(
          /^the boundary lets through .* more: escalation, credential, exposure, tamper$/,
        ),
        fix: "list the actions that functions call, instead of *",
      },
    ]);
  });

  test("a profile makes it refuse, and the functions with the boundary go on", () => {
    const strict = {
      "platform/profile.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: GuardrailProfile
metadata: {name: p}
spec: {base: strict}
`,
    };

    expect(found(allow("iam:PutRolePolicy"), strict)).toMatchObject([{ severity: "block" }]);
    expect(
      verdicts(
        judged(world("  tracing: true", { ...boundary(allow(["iam:*", "logs:*", "xray:*"])), ...strict })),
      ),
    ).toEqual([]);
  });
});
