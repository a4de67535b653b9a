import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { accountText } from "../../support/manifests.ts";
import { WIDE } from "./escalation.ts";
import { ORDERS, teamText } from "./fences/fenced.ts";
import { ACCOUNT, FUNCTION_ARN, judged, stating, verdicts } from "./judged.ts";

const actionData = await new IamActionData().load([
  "batch",
  "cloudformation",
  "codebuild",
  "dynamodb",
  "ec2",
  "ecs",
  "events",
  "emr-containers",
  "glue",
  "kinesisanalytics",
  "lambda",
  "rds",
  "s3",
  "sagemaker",
  "securityhub",
  "sns",
  "sqs",
  "ssm",
  "ssm-guiconnect",
  "states",
  "sts",
  "tag",
]);

const JUDGED = /^(ESC|CRED|EXP-001|TMP)/;
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;
const OTHER_FUNCTION = arn("lambda", "function:payments");

const allow = (
  Action: Statement["Action"] & {},
  Resource: Statement["Resource"] & {},
  more: Partial<Statement> = {},
): Statement => ({ Effect: "Allow", Action, Resource, ...more });

function breaks(statement: Statement, files: Readonly<Record<string, string>> = {}): readonly string[] {
  const found = judged(stating(statement, { ...WIDE, ...files }), { actionData });
  return verdicts(found).filter((text) => JUDGED.test(text));
}

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

describe("a resource of the team or of the function", () => {
  const team = (resources: string): Record<string, string> => ({
    "platform/teams.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: Team
metadata: {name: orders}
spec: {accounts: ["*"], functions: ["orders-*"], resources: [${resources}], statements: true}
`,
  });

  test.each([
    {
      action: "dynamodb:DeleteTable",
      resource: arn("dynamodb", "table/orders-tmp"),
      resources: '"orders-*"',
      expected: [],
      because: "the Team names the table",
    },
    {
      action: "dynamodb:DeleteTable",
      resource: arn("dynamodb", "table/refunds"),
      resources: '"*"',
      expected: ["TMP-001 block"],
      because: "a Team that may use every resource owns none by its name",
    },
    {
      action: "codebuild:StartBuild",
      resource: arn("codebuild", "project/orders-site"),
      resources: '"orders-*"',
      expected: ["ESC-StartBuild warn"],
      because: "the project is the team's, and its role is not known",
    },
    {
      action: "lambda:UpdateFunctionCode",
      resource: arn("lambda", "function:orders-worker"),
      resources: '"orders-*"',
      expected: ["ESC-UpdateFunctionCode warn"],
      because: "the other function is the team's",
    },
    {
      action: "lambda:PutFunctionConcurrency",
      resource: FUNCTION_ARN,
      resources: '"none-*"',
      expected: [],
      because: "a function may limit itself",
    },
    {
      action: "iam:PutRolePolicy",
      resource: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
      resources: '"orders-*"',
      expected: ["ESC-PutRolePolicy block"],
      because: "no name makes a role's policy the team's",
    },
  ])("$because", ({ action, resource, resources, expected }) => {
    expect(breaks(allow(action, resource), team(resources))).toEqual(expected);
  });
});

describe("harmless neighbours", () => {
  test.each([
    {
      statement: allow("sns:Subscribe", arn("sns", "orders-placed"), {
        Condition: { StringLike: { "sns:Endpoint": "*@acme.example" } },
      }),
      because: "the endpoint is named",
    },
    {
      statement: allow("s3:PutObject", "arn:aws:s3:::orders-*/incoming/*"),
      because: "no tool deploys from a bucket of this name",
    },
    {
      statement: allow(
        ["dynamodb:DeleteItem", "sqs:DeleteMessage", "s3:DeleteObject"],
        [arn("dynamodb", "table/refunds"), arn("sqs", "refunds"), "arn:aws:s3:::uploads/*"],
      ),
      because: "items are data, and not the resource",
    },
    {
      statement: allow(["tag:TagResources", "tag:UntagResources"], "*"),
      because: "the service of each resource asks for its own action as well",
    },
  ])("$because", ({ statement }) => {
    expect(breaks(statement)).toEqual([]);
  });

  test.each([
    {
      action: "batch:SubmitJob",
      resources: [arn("batch", "job-definition/report:*"), arn("batch", "job-queue/*")],
      because: "all revisions of one definition, on any queue",
    },
    {
      action: "ecs:UpdateService",
      resources: [arn("ecs", "service/shop/web")],
      because: "one service of one cluster",
    },
    {
      action: "glue:StartJobRun",
      resources: [`arn:aws:glue:*:${ACCOUNT}:job/nightly`],
      because: "one job in any region",
    },
  ])("starting what is named exactly is not refused: $because", ({ action, resources }) => {
    expect(breaks(allow(action, resources))).not.toContainEqual(expect.stringMatching(/^ESC-.* block$/));
  });

  const STARTS = allow(
    ["batch:SubmitJob", "glue:StartJobRun", "ecs:UpdateService"],
    [
      arn("batch", "job-definition/orders-report:1"),
      arn("batch", "job-queue/orders-report"),
      arn("glue", "job/orders-nightly"),
      arn("ecs", "service/orders-shop/web"),
    ],
  );

  test("starting what is named exactly is a warning without a Team: no one knows whose it is", () => {
    const found = judged(stating(STARTS, WIDE), { actionData }).filter(({ rule }) => rule.startsWith("ESC-"));

    expect(verdicts(found)).toEqual(["ESC-StartJobRun warn", "ESC-SubmitJob warn", "ESC-UpdateService warn"]);
    expect(found[0]).toMatchObject({
      why: expect.stringMatching(
        /it names exactly what it starts, and without a Team it is not known whose that is$/,
      ),
      fix: expect.stringMatching(/in controllableResources of AwsAccount prod$/),
    });
  });

  test("starting what is named exactly passes if the platform team listed it, with any queue", () => {
    const listed = [
      "batch:*:job-definition/orders-report:1",
      "glue:*:job/orders-nightly",
      "ecs:*:service/orders-shop/web",
    ];
    const entries = listed.map((each) => `"arn:aws:${each.replace(":*:", `:eu-west-1:${ACCOUNT}:`)}"`);
    const accounts = accountText("prod", ACCOUNT, `  controllableResources: [${entries.join(", ")}]\n`);

    expect(breaks(STARTS, { "platform/accounts.yaml": accounts })).toEqual([]);
  });

  test.each([
    { team: ORDERS, refused: [], because: "the Team has it" },
    {
      team: ORDERS.replace("resources: ['orders-*']", "resources: ['refunds-*']"),
      refused: ["TEN-004 block"],
      because: "the Team does not have it",
    },
  ])("starting what is named exactly is decided by the Team: $because", ({ team, refused }) => {
    const files = { ...WIDE, "platform/teams.yaml": teamText("orders", team) };
    const found = verdicts(judged(stating(STARTS, files), { actionData }));

    expect([...new Set(found.filter((each) => /^(ESC|TEN-004)/.test(each)))]).toEqual(refused);
  });

  test.each([
    {
      condition: { StringLike: { "sns:Endpoint": "https://*" } },
      because: "any server is an endpoint",
    },
    {
      condition: { StringEqualsIfExists: { "sns:Endpoint": "ops@acme.example" } },
      because: "a request without the key passes",
    },
  ])("a subscription is refused if $because", ({ condition }) => {
    expect(breaks(allow("sns:Subscribe", arn("sns", "orders-placed"), { Condition: condition }))).toEqual([
      "EXP-001 block",
    ]);
  });

  test("resources that have a tag are a warning, as for RES-001", () => {
    const tagged = { Condition: { StringEquals: { "aws:ResourceTag/Backup": "daily" } } };

    expect(breaks(allow("ec2:DeleteSnapshot", "arn:aws:ec2:eu-west-1::snapshot/*", tagged))).toEqual([
      "TMP-001 warn",
    ]);
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
