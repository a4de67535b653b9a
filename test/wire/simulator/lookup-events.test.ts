import {
  CloudTrailClient,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from "@aws-sdk/client-cloudtrail";
import { AttachRolePolicyCommand, IAMClient, TagRoleCommand } from "@aws-sdk/client-iam";
import { AddPermissionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import {
  addAccessKey,
  addAccount,
  addFunction,
  addRole,
  addUser,
  emptyWorld,
} from "../../../src/simulator/world.ts";

const ACCOUNT = "111122223333";
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:orders`;
const DAY_MS = 86_400_000;

describe("LookupEvents of the simulator", () => {
  let simulator: Simulator;
  let nowMs = Date.now();
  const clients = { destroy: [] as (() => void)[] };
  let iam: IAMClient;
  let lambda: LambdaClient;
  let trailOf: (region: string) => CloudTrailClient;

  beforeEach(async () => {
    nowMs = Date.now();
    const world = emptyWorld();
    addAccount(world, { id: ACCOUNT });
    const role = addRole(world, { accountId: ACCOUNT, name: "orders" });
    addFunction(world, { accountId: ACCOUNT, region: "eu-west-1", name: "orders", roleArn: role.arn });
    const principalArn = addUser(world, ACCOUNT, "dana").arn;
    const key = addAccessKey(world, { accountId: ACCOUNT, principalArn });
    const rates = { "cloudtrail:LookupEvents": { perSecond: 2, burst: 100 } };
    simulator = await startSimulator({ world, nowMs: () => nowMs, rates });
    const config = (region: string) => ({
      region,
      endpoint: simulator.endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
    });
    iam = new IAMClient(config("us-east-1"));
    lambda = new LambdaClient(config("eu-west-1"));
    trailOf = (region) => {
      const client = new CloudTrailClient(config(region));
      clients.destroy.push(() => client.destroy());
      return client;
    };
  });
  afterEach(async () => {
    for (const destroy of clients.destroy.splice(0)) destroy();
    iam.destroy();
    lambda.destroy();
    await simulator.close();
  });

  const attach = () =>
    iam.send(new AttachRolePolicyCommand({ RoleName: "orders", PolicyArn: ADMINISTRATOR }));
  const named = (name: string): LookupEventsCommandInput => ({
    LookupAttributes: [{ AttributeKey: "ResourceName", AttributeValue: name }],
  });
  const lookUp = (input: LookupEventsCommandInput, region = "us-east-1") =>
    trailOf(region).send(new LookupEventsCommand(input));

  test("finds a call by its role, with its record as text", async () => {
    await attach();

    const { Events = [], NextToken } = await lookUp(named("orders"));

    expect(NextToken).toBeUndefined();
    expect(Events).toMatchObject([
      {
        EventName: "AttachRolePolicy",
        EventSource: "iam.amazonaws.com",
        ReadOnly: "false",
        Username: "dana",
        Resources: [
          { ResourceType: "AWS::IAM::Role", ResourceName: "orders" },
          { ResourceType: "AWS::IAM::Policy", ResourceName: ADMINISTRATOR },
        ],
      },
    ]);
    expect(JSON.parse(Events[0]?.CloudTrailEvent ?? "")).toMatchObject({
      eventID: Events[0]?.EventId,
      eventName: "AttachRolePolicy",
      recipientAccountId: ACCOUNT,
      requestParameters: { roleName: "orders", policyArn: ADMINISTRATOR },
    });
  });

  test("finds nothing of IAM in another region, and a function by the name of its call alone", async () => {
    await attach();
    const input = {
      StatementId: "public",
      Action: "lambda:InvokeFunction",
      Principal: "*",
      FunctionName: FUNCTION,
    };
    await lambda.send(new AddPermissionCommand(input));

    const counts = await Promise.all(
      ["orders", FUNCTION].map(async (name) => (await lookUp(named(name), "eu-west-1")).Events?.length),
    );

    expect(counts).toEqual([0, 1]);
  });

  test("shows the newest first, on pages of at most 50", async () => {
    for (let at = 0; at < 60; at += 1)
      await iam.send(new TagRoleCommand({ RoleName: "orders", Tags: [{ Key: "at", Value: String(at) }] }));

    const first = await lookUp(named("orders"));
    const second = await lookUp({ ...named("orders"), NextToken: first.NextToken });

    expect([first.Events?.length, second.Events?.length, second.NextToken]).toEqual([50, 10, undefined]);
    const newest = JSON.parse(first.Events?.[0]?.CloudTrailEvent ?? "{}") as Record<string, unknown>;
    expect(newest["requestParameters"]).toMatchObject({ tags: [{ value: "59" }] });
    await expect(lookUp({ ...named("other"), NextToken: first.NextToken })).rejects.toMatchObject({
      name: "InvalidNextTokenException",
    });
  });

  test("shows an event only after its delay, within its time, and for 90 days", async () => {
    simulator.deliverHistory({ accountId: ACCOUNT, delayMs: 900_000 });
    const calledMs = nowMs;
    await attach();
    const count = async (input: LookupEventsCommandInput) => (await lookUp(input)).Events?.length;

    expect(await count(named("orders"))).toBe(0);
    nowMs += 900_000;
    expect(await count(named("orders"))).toBe(1);
    expect(await count({ ...named("orders"), EndTime: new Date(calledMs - 2_000) })).toBe(0);
    expect(await count({ ...named("orders"), StartTime: new Date(calledMs + 2_000) })).toBe(0);
    nowMs = calledMs + 91 * DAY_MS;
    expect(await count(named("orders"))).toBe(0);
  });

  test.each([
    { input: { MaxResults: 51 }, name: "InvalidMaxResultsException" },
    { input: { NextToken: "x" }, name: "InvalidNextTokenException" },
    { input: { StartTime: new Date(2), EndTime: new Date(1) }, name: "InvalidTimeRangeException" },
    {
      input: {
        LookupAttributes: [
          { AttributeKey: "EventName", AttributeValue: "a" },
          { AttributeKey: "EventId", AttributeValue: "b" },
        ],
      },
      name: "InvalidLookupAttributesException",
    },
  ] as const)("refuses a wrong request with $name", async ({ input, name }) => {
    await expect(lookUp(input as unknown as LookupEventsCommandInput)).rejects.toMatchObject({ name });
  });

  test("throttles by account and region", async () => {
    for (let at = 0; at < 100; at += 1) await lookUp({ MaxResults: 1 });

    await expect(lookUp({ MaxResults: 1 })).rejects.toMatchObject({ name: "ThrottlingException" });
    await lookUp({ MaxResults: 1 }, "eu-west-1");
    nowMs += 500;
    await lookUp({ MaxResults: 1 });
  });
});
