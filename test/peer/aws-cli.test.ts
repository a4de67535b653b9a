import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { SIMULATED } from "../../src/simulator/operations.ts";
import { addEstate } from "../../src/simulator/estate/estate.ts";
import { readRecording } from "../../src/simulator/replay/recording.ts";
import { addQueue } from "../../src/simulator/sqs/state.ts";
import { accountOf, addOrganization, addRole } from "../../src/simulator/world.ts";
import { ACCOUNT, allow, startSimulated, type Simulated } from "../support/installation/simulated.ts";
import { startAwsCli, type AwsCli, type CliAnswer } from "./aws-cli.ts";
import { REPORT, STEPS, type Step } from "./aws-cli-steps.ts";

const STACK = `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/shop/0a1b2c3d-0000-4000-8000-000000000000`;

let simulated: Simulated;
let cli: AwsCli;
const answers: (CliAnswer & { readonly name: string })[] = [];

beforeAll(async () => {
  simulated = await startSimulated((world) => {
    addOrganization(world, "o-a1b2c31234", ACCOUNT).serviceControl = { policies: {}, attached: {} };
    const role = { logicalId: "Role", physicalId: "shop-role", type: "AWS::IAM::Role" };
    const outputs = { QueueName: "pushes" };
    accountOf(world, ACCOUNT).stacks = {
      "us-east-1": { shop: { name: "shop", id: STACK, resources: [role], outputs } },
    };
    accountOf(world, ACCOUNT).parameters = {
      "us-east-1": { "/shop/queue": { type: "String", value: "pushes" } },
    };
    addEstate(world, { accountId: ACCOUNT, region: "eu-west-1", functions: 60, seed: 1 });
    addQueue(accountOf(world, ACCOUNT), "us-east-1", "pushes");
    accountOf(world, ACCOUNT).iam.accessReports = {
      [REPORT]: {
        roleArn: addRole(world, {
          accountId: ACCOUNT,
          name: "accessed",
          inline: { app: allow(["sqs:*", "s3:Get*"]) },
          accessed: { sqs: { at: "2026-01-01T00:00:00.000Z", region: "us-east-1" } },
        }).arn,
        granularity: "ACTION_LEVEL",
        createdAt: "2026-01-02T00:00:00.000Z",
        principalArn: `arn:aws:iam::${ACCOUNT}:root`,
      },
    };
  });
  cli = startAwsCli({
    AWS_ACCESS_KEY_ID: simulated.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: simulated.credentials.secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL: simulated.simulator.endpoint,
  });
  for (const step of STEPS) answers.push({ name: `${step[0]}:${step[1]}`, ...(await run(step)) });
}, 240_000);
afterAll(async () => {
  await cli.close();
  await simulated.stop();
});

function run([service, operation, input = {}]: Step): Promise<CliAnswer> {
  const command = operation.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
  return cli.run([service, command, "--output", "json", "--cli-input-json", JSON.stringify(input)]);
}

const answerOf = (name: string): Readonly<Record<string, unknown>> => {
  const answer = answers.find((each) => each.name === name);
  return JSON.parse(answer?.out ?? "{}") as Readonly<Record<string, unknown>>;
};

describe("the AWS CLI, with the simulator as its endpoint", () => {
  test("carries out every command", () => {
    expect(answers).toHaveLength(STEPS.length);
    expect(answers.filter(({ code }) => code !== 0)).toEqual([]);
  });

  test("reaches every operation that is simulated", () => {
    const called = new Set(
      simulated.simulator.calls().map(({ service, operation }) => `${service}:${operation}`),
    );

    const all = Object.entries(SIMULATED).flatMap(([service, names]) =>
      names.map((each) => `${service}:${each}`),
    );
    expect([...called].sort()).toEqual(all.sort());
  });

  test("reads documents, texts, lists, maps, numbers and times out of the answers", () => {
    expect(answerOf("sts:GetCallerIdentity")).toMatchObject({ Account: ACCOUNT });
    expect(answerOf("iam:GetRolePolicy")["PolicyDocument"]).toMatchObject({
      Statement: [{ Resource: "arn:aws:s3:::ä+%/*" }],
    });
    expect(answerOf("iam:GetPolicyVersion")["PolicyVersion"]).toMatchObject({
      Document: { Statement: [{ Action: "s3:Put*" }] },
      IsDefaultVersion: true,
    });
    expect(answerOf("iam:GetRole")["Role"]).toMatchObject({
      MaxSessionDuration: 7_200,
      Tags: [{ Key: "team", Value: "orders" }],
      CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(answerOf("iam:GetAccountSummary")["SummaryMap"]).toMatchObject({ RolesQuota: 1_000 });
    expect(answerOf("iam:GetServiceLastAccessedDetails")).toMatchObject({
      JobStatus: "COMPLETED",
      ServicesLastAccessed: [
        { ServiceNamespace: "s3", TotalAuthenticatedEntities: 0 },
        { ServiceNamespace: "sqs", LastAuthenticated: expect.stringMatching(/^2026-01-01T/) },
      ],
    });
    expect(answerOf("lambda:ListTags")["Tags"]).toEqual({ team: "orders", tier: "1" });
    expect(JSON.parse(String(answerOf("lambda:GetPolicy")["Policy"]))).toMatchObject({ Id: "default" });
    expect(answerOf("lambda:ListFunctions")["Functions"]).toHaveLength(2);
    expect(answerOf("organizations:ListAccounts")["Accounts"]).toMatchObject([
      { Id: ACCOUNT, Name: "management", JoinedTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
    ]);
    expect(answerOf("sqs:ReceiveMessage")["Messages"]).toMatchObject([{ Body: "ü & <b>" }]);
    expect(answerOf("sqs:GetQueueAttributes")["Attributes"]).toMatchObject({
      QueueArn: `arn:aws:sqs:us-east-1:${ACCOUNT}:pushes`,
      ApproximateNumberOfMessages: "1",
    });
    expect(answerOf("sqs:DeleteMessageBatch")).toMatchObject({ Successful: [{ Id: "0" }] });
    expect(answerOf("organizations:ListParents")["Parents"]).toEqual([{ Id: "r-1234", Type: "ROOT" }]);
    expect(answerOf("organizations:ListPoliciesForTarget")["Policies"]).toMatchObject([
      { Id: "p-FullAWSAccess", AwsManaged: true },
    ]);
    expect(answerOf("organizations:DescribePolicy")["Policy"]).toMatchObject({
      Content: expect.stringContaining('"Effect":"Allow"'),
    });
  });

  test("reads the outputs of a stack and parameters, and which parameters there are not", () => {
    expect(answerOf("cloudformation:DescribeStacks")["Stacks"]).toMatchObject([
      { StackName: "shop", Outputs: [{ OutputKey: "QueueName", OutputValue: "pushes" }] },
    ]);
    expect(answerOf("ssm:GetParameters")).toMatchObject({
      Parameters: [{ Name: "/shop/queue", Type: "String", Value: "pushes" }],
      InvalidParameters: ["/shop/other"],
    });
  });

  test("reads the tags of functions and the resources of a stack", () => {
    expect(answerOf("resourcegroupstaggingapi:GetResources")["ResourceTagMappingList"]).toEqual([
      {
        ResourceARN: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`,
        Tags: [
          { Key: "team", Value: "orders" },
          { Key: "tier", Value: "1" },
        ],
      },
    ]);
    expect(answerOf("cloudformation:DescribeStackResources")["StackResources"]).toMatchObject([
      { StackName: "shop", LogicalResourceId: "Role", PhysicalResourceId: "shop-role" },
    ]);
  });

  test("prints an estate in the form that a recording has", async () => {
    const commands = [
      ["iam", "get-account-authorization-details"],
      ["iam", "list-roles"],
      ["lambda", "list-functions", "--function-version", "ALL"],
      ["lambda", "list-event-source-mappings"],
      ["resourcegroupstaggingapi", "get-resources", "--resource-type-filters", "lambda:function"],
    ];
    const files = [];
    for (const command of commands) {
      const { out } = await cli.run([...command, "--output", "json", "--region", "eu-west-1"]);
      files.push({ name: command.join(" "), text: out });
    }

    const { regions, lambda, notes } = readRecording(files);

    expect(regions).toEqual(["eu-west-1"]);
    expect(Object.keys(lambda["eu-west-1"]?.functions ?? {})).toHaveLength(60);
    expect(notes[1]).not.toMatch(/iam:GetRole|iam:ListRoles|lambda:ListTags|lambda:ListEventSourceMappings/);
  });

  test("shows a refusal as AWS's own", async () => {
    const { code, err } = await run(["iam", "GetRole", { RoleName: "none" }]);

    expect([code, err.trim()]).toEqual([
      254,
      "An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name none cannot be found.",
    ]);
  });
});
