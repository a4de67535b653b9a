import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AddPermissionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readChangeMessage, type ChangeMessage } from "../../../src/iam/trail/change-message.ts";
import { documentDigest } from "../../../src/iam/trail/changes.ts";
import type { EventDelivery } from "../../../src/simulator/cloudtrail/deliveries.ts";
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
const QUEUE = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/changes`;

describe("the simulator sends events of CloudTrail", () => {
  let simulator: Simulator;
  let iam: IAMClient;
  let lambda: LambdaClient;
  let sqs: SQSClient;

  beforeEach(async () => {
    const world = emptyWorld();
    addAccount(world, { id: ACCOUNT });
    const role = addRole(world, { accountId: ACCOUNT, name: "orders" });
    addFunction(world, { accountId: ACCOUNT, region: "eu-west-1", name: "orders", roleArn: role.arn });
    const key = addAccessKey(world, {
      accountId: ACCOUNT,
      principalArn: addUser(world, ACCOUNT, "dana").arn,
    });
    simulator = await startSimulator({ world });
    const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
    const config = { endpoint: simulator.endpoint, region: "eu-west-1", credentials, maxAttempts: 1 };
    iam = new IAMClient(config);
    lambda = new LambdaClient(config);
    sqs = new SQSClient(config);
  });
  afterEach(() => simulator.close());

  const send = (delivery: Partial<EventDelivery> = {}): void =>
    simulator.sendEvents({ accountId: ACCOUNT, region: "eu-west-1", queue: "changes", ...delivery });
  const attach = () =>
    iam.send(new AttachRolePolicyCommand({ RoleName: "orders", PolicyArn: ADMINISTRATOR }));
  const detach = () =>
    iam.send(new DetachRolePolicyCommand({ RoleName: "orders", PolicyArn: ADMINISTRATOR }));

  async function received(): Promise<readonly ChangeMessage[]> {
    const input = { QueueUrl: QUEUE, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: QUEUE, Entries }));
    return Messages.map(({ Body = "" }) => readChangeMessage(Body, new Set([ACCOUNT])));
  }

  test("that name the call, the object, the caller and the request", async () => {
    send({ sourceAddress: "203.0.113.7" });
    const policyDocument =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}';

    const { $metadata } = await attach();
    await iam.send(
      new PutRolePolicyCommand({ RoleName: "orders", PolicyName: "p", PolicyDocument: policyDocument }),
    );
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: "orders",
        StatementId: "s",
        Action: "lambda:InvokeFunction",
        Principal: "sns.amazonaws.com",
      }),
    );

    const actor = { kind: "user", name: "dana", sourceAddress: "203.0.113.7" };
    expect(await received()).toMatchObject([
      {
        event: {
          region: "us-east-1",
          call: "iam:AttachRolePolicy",
          object: { kind: "role", name: "orders" },
          aspect: { kind: "attached", arn: ADMINISTRATOR },
          requestId: $metadata.requestId,
          actor,
        },
      },
      {
        event: { aspect: { kind: "inline-set", policyName: "p", document: documentDigest(policyDocument) } },
      },
      {
        event: {
          region: "eu-west-1",
          call: "lambda:AddPermission",
          object: { kind: "function", name: "orders", qualifier: null },
          aspect: { kind: "statement-added", sid: "s" },
        },
      },
    ]);
  });

  test("only for calls that have an effect, and until it is stopped", async () => {
    send();

    await expect(
      iam.send(new AttachRolePolicyCommand({ RoleName: "none", PolicyArn: ADMINISTRATOR })),
    ).rejects.toMatchObject({ name: "NoSuchEntityException" });
    simulator.stopEvents();
    await attach();

    send();
    expect(await received()).toEqual([]);
  });

  test.each([
    ["lost", { loseEvery: 2 }, ["attached", "attached"]],
    ["repeated", { repeatEvery: 3 }, ["attached", "detached", "attached", "attached"]],
    ["out of order", { overtakeEvery: 2 }, ["detached", "attached", "attached"]],
    ["late", { delayMs: 200 }, ["attached", "detached", "attached"]],
  ])("that may be %s", async (_, delivery, kinds) => {
    send(delivery);

    for (const call of [attach, detach, attach]) await call();

    const found: ChangeMessage[] = [];
    while (found.length < kinds.length) found.push(...(await received()));
    expect(found.map((one) => (one.kind === "change" ? one.event.aspect.kind : one.kind))).toEqual(kinds);
  });
});
