import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { accountText } from "../../support/manifests.ts";
import { WIDE } from "./escalation.ts";
import { ACCOUNT, FUNCTION_ARN, judged, stating } from "./judged.ts";
import { actionData, arn, allow, OTHER_FUNCTION, breaks } from "./control-rules.ts";

/** What an attacker who owns one folder would do with a resource of another team, each by its name. */
const ATTACKS: readonly { readonly action: string; readonly resource: string; readonly rule: string }[] = [
  { action: "glue:StartJobRun", resource: arn("glue", "job/nightly-*"), rule: "ESC-StartJobRun" },
  { action: "glue:StartJobRun", resource: "arn:aws:glue:eu-west-1:*:job/nightly", rule: "ESC-StartJobRun" },
  {
    action: "glue:StartJobRun",
    resource: "arn:aws:glue:eu-west-1:999999999999:job/nightly",
    rule: "ESC-StartJobRun",
  },
  { action: "batch:SubmitJob", resource: arn("batch", "job-definition/re*:1"), rule: "ESC-SubmitJob" },
  { action: "batch:SubmitJob", resource: arn("batch", "job*"), rule: "ESC-SubmitJob" },
  // The star of the account reaches over the colon after it: every job definition with this revision.
  { action: "batch:SubmitJob", resource: "arn:aws:batch:eu-west-1:*:3", rule: "ESC-SubmitJob" },
  { action: "batch:SubmitJob", resource: "arn:aws:batch:*:job-definition/*:3", rule: "ESC-SubmitJob" },
  { action: "ecs:UpdateService", resource: arn("ecs", "service/shop/*"), rule: "ESC-UpdateService" },
  {
    action: "emr-containers:StartJobRun",
    resource: arn("emr-containers", "/virtualclusters/0123abcd"),
    rule: "ESC-StartJobRun",
  },
  {
    action: "kinesisanalytics:UpdateApplication",
    resource: arn("kinesisanalytics", "application/clicks"),
    rule: "ESC-UpdateApplication",
  },
  {
    action: "sagemaker:UpdatePipeline",
    resource: arn("sagemaker", "pipeline/train"),
    rule: "ESC-UpdatePipeline",
  },
  {
    action: "sagemaker:UpdateNotebookInstanceLifecycleConfig",
    resource: arn("sagemaker", "notebook-instance-lifecycle-config/setup"),
    rule: "ESC-UpdateNotebookInstanceLifecycleConfig",
  },
  { action: "glue:UpdateJob", resource: arn("glue", "job/nightly"), rule: "ESC-UpdateJob" },
  {
    action: "states:UpdateStateMachine",
    resource: arn("states", "stateMachine:refund"),
    rule: "ESC-UpdateStateMachine",
  },
  {
    action: "ec2:ModifyInstanceAttribute",
    resource: arn("ec2", "instance/i-0123456789abcdef0"),
    rule: "ESC-ModifyInstanceAttribute",
  },
  { action: "codebuild:StartBuild", resource: arn("codebuild", "project/site"), rule: "ESC-StartBuild" },
  {
    action: "codebuild:UpdateProject",
    resource: arn("codebuild", "project/site"),
    rule: "ESC-UpdateProject",
  },
  {
    action: "ssm:SendCommand",
    resource: arn("ec2", "instance/i-0123456789abcdef0"),
    rule: "ESC-SendCommand",
  },
  {
    action: "ssm-guiconnect:StartConnection",
    resource: arn("ec2", "instance/i-0123456789abcdef0"),
    rule: "ESC-StartConnection",
  },
  {
    action: "cloudformation:UpdateStack",
    resource: arn("cloudformation", "stack/vpc/1"),
    rule: "ESC-UpdateStack",
  },
  { action: "ecs:ExecuteCommand", resource: arn("ecs", "cluster/shop"), rule: "ESC-ExecuteCommand" },
  { action: "glue:CreateTrigger", resource: arn("glue", "trigger/nightly"), rule: "ESC-CreateTrigger" },
  { action: "glue:UpdateTrigger", resource: arn("glue", "trigger/nightly"), rule: "ESC-UpdateTrigger" },
  { action: "lambda:UpdateFunctionCode", resource: OTHER_FUNCTION, rule: "ESC-UpdateFunctionCode" },
  {
    action: "s3:PutObject",
    resource: `arn:aws:s3:::cdk-hnb659fds-assets-${ACCOUNT}-eu-west-1/*`,
    rule: "ESC-PutObject",
  },
  { action: "s3:PutObject", resource: "arn:aws:s3:::cdk-*/*", rule: "ESC-PutObject" },
  { action: "s3:Put*", resource: "arn:aws:s3:::cf-templates-abc/*", rule: "ESC-PutObject" },
  {
    action: "cloudformation:ExecuteChangeSet",
    resource: arn("cloudformation", "stack/vpc/1"),
    rule: "TMP-001",
  },
  { action: "lambda:UpdateAlias", resource: OTHER_FUNCTION, rule: "TMP-001" },
  { action: "lambda:PublishLayerVersion", resource: arn("lambda", "layer:shared"), rule: "TMP-001" },
  { action: "lambda:DeleteFunction", resource: OTHER_FUNCTION, rule: "TMP-001" },
  { action: "lambda:PutFunctionConcurrency", resource: OTHER_FUNCTION, rule: "TMP-001" },
  { action: "lambda:DeleteEventSourceMapping", resource: "*", rule: "TMP-001" },
  { action: "lambda:UpdateEventSourceMapping", resource: "*", rule: "EXP-001" },
  { action: "dynamodb:DeleteTable", resource: arn("dynamodb", "table/refunds"), rule: "TMP-001" },
  { action: "rds:DeleteDBCluster", resource: arn("rds", "cluster:orders"), rule: "TMP-001" },
  { action: "events:DisableRule", resource: arn("events", "rule/nightly"), rule: "TMP-001" },
  { action: "events:PutTargets", resource: arn("events", "rule/nightly"), rule: "EXP-001" },
  {
    action: "ec2:AuthorizeSecurityGroupIngress",
    resource: arn("ec2", "security-group/sg-0123456789abcdef0"),
    rule: "EXP-001",
  },
  { action: "securityhub:BatchUpdateFindings", resource: arn("securityhub", "hub/default"), rule: "TMP-001" },
  { action: "sqs:PurgeQueue", resource: arn("sqs", "refunds"), rule: "TMP-001" },
  { action: "sns:Subscribe", resource: arn("sns", "orders-placed"), rule: "EXP-001" },
];

describe("a named resource that may be of others", () => {
  test.each(ATTACKS)("$action on $resource breaks $rule", ({ action, resource, rule }) => {
    expect(breaks(allow(action, resource))).toContain(`${rule} block`);
  });

  test.each(ATTACKS.filter(({ resource }) => !resource.includes("*")))(
    "$action on $resource breaks nothing if the platform team lists the resource",
    ({ action, resource }) => {
      const listing = accountText(
        "prod",
        ACCOUNT,
        `  controllableResources: [${JSON.stringify(resource)}]\n`,
      );

      expect(breaks(allow(action, resource), { "platform/accounts.yaml": listing })).toEqual([]);
    },
  );

  test("the hint names the resource, and the list where the platform team adds it", () => {
    const [found] = judged(stating(allow("dynamodb:DeleteTable", arn("dynamodb", "table/refunds")), WIDE), {
      actionData,
    }).filter(({ rule }) => rule === "TMP-001");

    expect(found).toMatchObject({
      origin: { file: "teams/orders/orders-api.yaml", line: 6 },
      why: "dynamodb:DeleteTable can change or destroy a resource of others",
      fix: "remove the action, or ask the platform team for arn:aws:dynamodb:eu-west-1:222222222222:table/refunds in controllableResources of AwsAccount prod",
    });
  });
});

test("the hint names each resource of the statement", () => {
  const tables = [arn("dynamodb", "table/refunds"), arn("dynamodb", "table/orders")];
  const [found] = judged(stating(allow("dynamodb:DeleteTable", tables), WIDE), { actionData }).filter(
    ({ rule }) => rule === "TMP-001",
  );

  for (const table of tables) expect(found?.fix).toContain(table);
});

describe("controllableResources", () => {
  const listing = (entry: string): Record<string, string> => ({
    "platform/accounts.yaml": accountText("prod", ACCOUNT, `  controllableResources: ["${entry}"]\n`),
  });

  test.each<{
    entry: string;
    resource: Statement["Resource"] & {};
    expected: readonly string[];
    because: string;
  }>([
    {
      entry: arn("codebuild", "project/orders-*"),
      resource: arn("codebuild", "project/orders-site"),
      expected: [],
      because: "the entry covers the project",
    },
    {
      entry: arn("codebuild", "project/orders-*"),
      resource: arn("codebuild", "project/orders*"),
      expected: ["ESC-StartBuild block"],
      because: "the statement reaches beyond the entry",
    },
    {
      entry: arn("codebuild", "project/orders-*"),
      resource: [arn("codebuild", "project/orders-site"), arn("codebuild", "project/admin")],
      expected: ["ESC-StartBuild block"],
      because: "one of two projects is not listed",
    },
    {
      entry: arn("codebuild", "project/orders-*"),
      resource: "*",
      expected: ["ESC-StartBuild block"],
      because: "every project is more than the listed ones",
    },
  ])("$because", ({ entry, resource, expected }) => {
    expect(breaks(allow("codebuild:StartBuild", resource), listing(entry))).toEqual(expected);
  });
});

test.each(["sts:GetDelegatedAccessToken", "sns:Unsubscribe"])(
  "%s takes no resource, and is refused",
  (action) => {
    expect(breaks(allow(action, "*"))).toHaveLength(1);
  },
);

test("the place and the hint of an escalation are those of the open statement, not of the function's own", () => {
  const own = { reason: "own", statement: allow("lambda:UpdateFunctionCode", FUNCTION_ARN) };
  const other = { reason: "other", statement: allow("lambda:UpdateFunctionCode", OTHER_FUNCTION) };
  const manifest = `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: orders-api}
spec:
  targets: [{accounts: [prod], regions: [eu-west-1]}]
  statements:
    - ${JSON.stringify(own)}
    - ${JSON.stringify(other)}
`;
  const world = stating(allow("s3:GetObject", "arn:aws:s3:::b/*"), {
    ...WIDE,
    "teams/orders/orders-api.yaml": manifest,
  });
  const [found] = judged(world, { actionData }).filter(({ rule }) => rule === "ESC-UpdateFunctionCode");

  expect(found).toMatchObject({ severity: "block", origin: { line: 8 } });
  expect(found?.fix).toContain(`for ${OTHER_FUNCTION} in controllableResources`);
});
