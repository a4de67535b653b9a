import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { judged, stating, verdicts } from "./judged.ts";

const actionData = await new IamActionData().load([
  "bedrock",
  "cloudwatch",
  "dynamodb",
  "ec2",
  "events",
  "execute-api",
  "kms",
  "lambda",
  "polly",
  "rds",
  "s3",
  "secretsmanager",
  "sqs",
  "ssm",
  "translate",
]);

const HERE = "eu-west-1:222222222222";

const rulesOf = (statement: Statement): readonly string[] =>
  verdicts(judged(stating(statement), { actionData })).filter((text) => text.startsWith("RES-"));

const allow = (Action: string, Resource: string, Condition?: Statement["Condition"]): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

describe("a resource without a name", () => {
  test.each([
    { action: "dynamodb:GetItem", resource: `arn:aws:dynamodb:${HERE}:table/?*` },
    { action: "dynamodb:GetItem", resource: `arn:aws:dynamodb:${HERE}:tab*` },
    { action: "dynamodb:GetItem", resource: `arn:aws:dynamodb:${HERE}:table/o*` },
    { action: "dynamodb:GetItem", resource: `arn:aws:dynamodb:${HERE}:table/\${aws:PrincipalTag/team}` },
    { action: "dynamodb:Get*", resource: `arn:aws:dynamodb:${HERE}:table/*-*` },
    { action: "secretsmanager:GetSecretValue", resource: `arn:aws:secretsmanager:${HERE}:secret:*-??????` },
    { action: "s3:GetObject", resource: "arn:aws:s3:::*-*" },
    { action: "s3:GetObject", resource: "arn:aws:s3:::*/orders/*" },
    { action: "s3:GetObject", resource: "arn:aws:s3:::${aws:PrincipalTag/team}/*" },
    { action: "s3:GetObject", resource: "arn:aws:s3:::?*/*" },
    { action: "sqs:SendMessage", resource: `arn:aws:sqs:${HERE}:*-events` },
    { action: "ssm:GetParameter", resource: `arn:aws:ssm:${HERE}:parameter/*` },
    { action: "kms:Decrypt", resource: `arn:aws:kms:${HERE}:key/*` },
    { action: "execute-api:Invoke", resource: `arn:aws:execute-api:${HERE}:*/prod/GET/orders` },
    { action: "bedrock:InvokeModel", resource: "arn:aws:bedrock:*::foundation-model/*" },
  ])("$action on $resource is refused", ({ action, resource }) => {
    expect(rulesOf(allow(action, resource))).toEqual(["RES-002 block"]);
  });
});

describe("a resource with a name", () => {
  test.each([
    { action: "dynamodb:GetItem", resource: `arn:aws:dynamodb:${HERE}:table/orders-*` },
    { action: "dynamodb:Query", resource: `arn:aws:dynamodb:${HERE}:table/orders/index/*` },
    { action: "secretsmanager:GetSecretValue", resource: `arn:aws:secretsmanager:${HERE}:secret:db-??????` },
    { action: "s3:GetObject", resource: "arn:aws:s3:::uploads/${aws:PrincipalTag/team}/*" },
    { action: "s3:GetObject", resource: "arn:aws:s3:::acc*/x" },
    { action: "sqs:SendMessage", resource: `arn:aws:sqs:${HERE}:orders*` },
    { action: "ssm:GetParameter", resource: `arn:aws:ssm:${HERE}:parameter/orders/*` },
    { action: "execute-api:Invoke", resource: `arn:aws:execute-api:${HERE}:abc123/*` },
    { action: "bedrock:InvokeModel", resource: "arn:aws:bedrock:*::foundation-model/amazon.titan-*" },
    { action: "lambda:InvokeFunction", resource: `arn:aws:lambda:${HERE}:function:orders:*` },
  ])("$action on $resource passes", ({ action, resource }) => {
    expect(rulesOf(allow(action, resource))).toEqual([]);
  });
});

describe("an action whose requests need not name a resource", () => {
  test.each([
    { action: "translate:TranslateText" },
    { action: "polly:SynthesizeSpeech" },
    { action: "cloudwatch:PutMetricData" },
    { action: "rds:DescribeDBInstances" },
  ])("$action may have *", ({ action }) => {
    expect(rulesOf(allow(action, "*"))).toEqual([]);
  });

  test.each([
    { action: "s3:GetObject", because: "an object and an access point are alternatives" },
    { action: "events:PutEvents", because: "every event goes to a bus" },
    { action: "execute-api:Invoke", because: "every call is to one API" },
  ])("does not include $action: $because", ({ action }) => {
    expect(rulesOf(allow(action, "*"))).toEqual(["RES-001 block"]);
  });
});

describe("a name in more than one place", () => {
  test.each([
    {
      resource: "arn:aws:dynamodb:*:222222222222:table/orders",
      breaks: ["RES-002 warn"],
      fix: `write Resource: "arn:aws:dynamodb:${HERE}:table/orders"`,
      because: "in other regions it is still a table of this account",
    },
    {
      resource: "arn:aws:dynamodb:*:*:table/orders",
      breaks: ["RES-002 warn", "RES-005 block"],
      fix: `write Resource: "arn:aws:dynamodb:${HERE}:table/orders"`,
      because: "both are corrected together",
    },
    {
      resource: `arn:aws:dynamodb:${HERE}:table/*`,
      breaks: ["RES-002 block"],
      fix: `write Resource: "arn:aws:dynamodb:${HERE}:table/NAME"`,
      because: "an open name is corrected to the form of a name",
    },
  ])("$because", ({ resource, breaks, fix }) => {
    const found = judged(stating(allow("dynamodb:GetItem", resource)), { actionData });

    expect(verdicts(found)).toEqual(breaks);
    expect(found[0]?.fix).toBe(fix);
  });
});

describe("a condition", () => {
  const KEYS = `arn:aws:kms:${HERE}:key/*`;
  const INSTANCES = `arn:aws:ec2:${HERE}:instance/*`;

  test.each([
    {
      statement: allow("kms:Decrypt", KEYS, {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/orders" },
      }),
      breaks: [],
      because: "that names a key by its alias, as the catalogue does, names the key",
    },
    {
      statement: allow("kms:Decrypt", KEYS, {
        "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/*" },
      }),
      breaks: ["RES-002 block"],
      because: "on every alias names none",
    },
    {
      statement: allow("kms:Decrypt", KEYS, {
        "ForAllValues:StringEquals": { "kms:ResourceAliases": "alias/orders" },
      }),
      breaks: ["RES-002 block"],
      because: "that holds without an alias names none",
    },
    {
      statement: allow("ec2:StopInstances", INSTANCES, {
        StringEquals: { "aws:ResourceTag/schedule": "office" },
      }),
      breaks: ["RES-002 warn"],
      because: "on a tag leaves the instances with this tag",
    },
    {
      statement: allow("ec2:StopInstances", INSTANCES, {
        StringEqualsIfExists: { "aws:ResourceTag/schedule": "office" },
      }),
      breaks: ["RES-002 block"],
      because: "that holds without the tag limits nothing",
    },
    {
      statement: allow("ec2:StopInstances", INSTANCES, {
        StringEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" },
      }),
      breaks: ["RES-002 block"],
      because: "on a variable has no value of its own",
    },
  ])("$because", ({ statement, breaks }) => {
    expect(rulesOf(statement)).toEqual(breaks);
  });
});
