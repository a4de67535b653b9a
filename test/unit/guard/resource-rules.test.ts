import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { judged, stating, verdicts } from "./judged.ts";

const actionData = await new IamActionData().load([
  "autoscaling",
  "bedrock",
  "cloudwatch",
  "dynamodb",
  "ec2",
  "events",
  "execute-api",
  "kms",
  "lambda",
  "logs",
  "polly",
  "route53",
  "rds",
  "s3",
  "secretsmanager",
  "sqs",
  "ssm",
  "translate",
]);

const HERE = "eu-west-1:222222222222";

/** RES-004 has tests of its own. */
const rulesOf = (statement: Statement): readonly string[] =>
  verdicts(judged(stating(statement), { actionData })).filter((text) => /^RES-00[^4]/.test(text));

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
    { action: "logs:FilterLogEvents", resource: `arn:aws:logs:${HERE}:log-group:/aws/lambda/*` },
    { action: "logs:FilterLogEvents", resource: `arn:aws:logs:${HERE}:log-group:/aws/lam*` },
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
    { action: "logs:FilterLogEvents", resource: `arn:aws:logs:${HERE}:log-group:/aws/lambda/orders-*` },
    { action: "logs:FilterLogEvents", resource: `arn:aws:logs:${HERE}:log-group:/orders/*` },
    { action: "ssm:GetParameter", resource: `arn:aws:ssm:${HERE}:parameter/orders/*` },
    { action: "execute-api:Invoke", resource: `arn:aws:execute-api:${HERE}:abc123/*` },
    { action: "bedrock:InvokeModel", resource: "arn:aws:bedrock:*::foundation-model/amazon.titan-*" },
    { action: "lambda:InvokeFunction", resource: `arn:aws:lambda:${HERE}:function:orders:*` },
  ])("$action on $resource passes", ({ action, resource }) => {
    expect(rulesOf(allow(action, resource))).toEqual([]);
  });
});

describe("an id that AWS makes", () => {
  const snapshots = "arn:aws:ec2:eu-west-1::snapshot/*";
  const groups = (rest: string): string => `arn:aws:autoscaling:${HERE}:autoScalingGroup:${rest}`;

  test.each<{ statement: Statement; breaks: readonly string[]; because: string }>([
    {
      statement: allow("ec2:CreateSnapshot", snapshots),
      breaks: [],
      because: "a snapshot that does not exist yet has no name",
    },
    {
      statement: {
        Effect: "Allow",
        Action: ["ec2:CreateSnapshot", "ec2:DeleteSnapshot"],
        Resource: snapshots,
      },
      breaks: ["RES-002 block"],
      because: "another action in the same statement deletes every snapshot",
    },
    {
      statement: allow("ec2:CreateSnapshot", `arn:aws:ec2:${HERE}:volume/*`),
      breaks: ["RES-002 block"],
      because: "the volumes exist before",
    },
    {
      statement: allow("ec2:CreateTags", snapshots, {
        StringEquals: { "ec2:CreateAction": "CreateSnapshot" },
      }),
      breaks: [],
      because: "the condition limits it to what the same request creates",
    },
    {
      statement: allow("ec2:CreateTags", snapshots, { StringLike: { "ec2:CreateAction": "*" } }),
      breaks: ["RES-002 block"],
      because: "a pattern is no creation",
    },
    {
      statement: allow("ec2:CreateTags", snapshots, {
        StringEqualsIfExists: { "ec2:CreateAction": "CreateSnapshot" },
      }),
      breaks: ["RES-002 block"],
      because: "IfExists admits tags on what exists",
    },
    {
      statement: allow("route53:GetChange", "arn:aws:route53:::change/*"),
      breaks: [],
      because: "each change gets a new id",
    },
    {
      statement: allow("autoscaling:SetDesiredCapacity", groups("*:autoScalingGroupName/workers")),
      breaks: [],
      because: "the name comes after the id",
    },
    {
      statement: allow("autoscaling:SetDesiredCapacity", groups("*:autoScalingGroupName/*")),
      breaks: ["RES-002 block"],
      because: "neither the id nor the name is given",
    },
    {
      statement: allow("autoscaling:SetDesiredCapacity", groups("*")),
      breaks: ["RES-002 block"],
      because: "one star stands for the id and the name",
    },
  ])("$statement.Action on $statement.Resource: $because", ({ statement, breaks }) => {
    expect(rulesOf(statement)).toEqual(breaks);
  });

  test("is a star in the corrected line as well", () => {
    const [found] = judged(stating(allow("route53:GetChange", "*")), { actionData });

    expect(found?.fix).toBe('write Resource: "arn:aws:route53:::change/*"');
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
