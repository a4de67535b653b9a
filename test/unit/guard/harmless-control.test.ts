import { describe, expect, test } from "@jest/globals";
import { accountText } from "../../support/manifests.ts";
import { WIDE } from "./escalation.ts";
import { ORDERS, teamText } from "./fences/fenced.ts";
import { ACCOUNT, FUNCTION_ARN, judged, stating, verdicts } from "./judged.ts";
import { actionData, arn, allow, breaks } from "./control-rules.ts";

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
