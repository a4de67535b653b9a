import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ReferencePlace, ReferenceText } from "../../../src/model/aws/reference.ts";
import type { Region } from "../../../src/model/aws/ids.ts";
import type { ReferenceAnswer } from "../../../src/controller/ports/estate/references.ts";
import { accountOf, type WorldState } from "../../../src/simulator/world.ts";
import { ACCOUNT, never, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const REGION = "eu-west-1" as Region;
const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/orders/1`;

let world: AwsWorld;
// A denied call stays denied for a while, so each test has an AWS of its own.
beforeEach(async () => {
  world = await startAwsWorld(seed);
});
afterEach(() => world.stop());

function seed(state: WorldState): void {
  const account = accountOf(state, ACCOUNT);
  const id = STACK_ID;
  const outputs = { TableName: "orders-7F3A", TopicName: "placed" };
  account.stacks = { [REGION]: { orders: { name: "orders", id, resources: [], outputs } } };
  const tables = Object.fromEntries(
    Array.from({ length: 7 }, (_, index) => [
      `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/many-${index}`,
      { app: "many" },
    ]),
  );
  // Found by the filter of the service, and no buckets or topics themselves.
  const others = {
    [`arn:aws:s3:${REGION}:${ACCOUNT}:accesspoint/uploads`]: { app: "orders" },
    [`arn:aws:sns:${REGION}:${ACCOUNT}:orders:0a1b2c3d`]: { app: "orders" },
  };
  account.tagged = {
    [REGION]: {
      ...tables,
      ...others,
      ...Object.fromEntries(
        Array.from({ length: 230 }, (_, index) => [
          `arn:aws:sqs:${REGION}:${ACCOUNT}:bulk-${String(index).padStart(3, "0")}`,
          { app: "bulk", ...(index === 229 && { role: "last" }) },
        ]),
      ),
      [`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders-7F3A`]: { app: "orders", stage: "prod" },
      [`arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders-dev`]: { app: "orders", stage: "dev" },
      [`arn:aws:sns:${REGION}:${ACCOUNT}:orders`]: { app: "orders" },
      "arn:aws:s3:::orders-uploads": { app: "orders", "aws:cloudformation:logical-id": "Uploads" },
      [`arn:aws:sqs:us-east-1:${ACCOUNT}:elsewhere`]: { app: "elsewhere" },
      [`arn:aws:sqs:${REGION}:999999999999:foreign`]: { app: "foreign" },
    },
  };
  account.parameters = {
    [REGION]: {
      "/orders/table": { type: "String", value: "orders-7F3A" },
      "/orders/key": { type: "SecureString", value: "secret" },
      "/orders/list": { type: "StringList", value: "a,b" },
      ...Object.fromEntries(
        Array.from({ length: 25 }, (_, index) => [`/many/${index}`, { type: "String", value: `v${index}` }]),
      ),
    },
  };
}

function place(text: string, region = REGION): ReferencePlace {
  return { accountId: ACCOUNT, region, text: text as ReferenceText };
}

function read(texts: readonly string[], region = REGION): Promise<readonly ReferenceAnswer[]> {
  const places = texts.map((text) => place(text, region));
  return world.aws.references.read(places, world.account, never());
}

const callsOf = (operation: string): number =>
  world.simulator.calls().filter((call) => call.operation === operation).length;

function deny(action: string, resource: string): void {
  const Statement = [{ Effect: "Deny", Action: action, Resource: resource }];
  accountOf(world.world, ACCOUNT).denials = JSON.stringify({ Version: "2012-10-17", Statement });
}

describe("a read of references", () => {
  test("answers in the order of the question, and reads a stack once", async () => {
    const before = callsOf("DescribeStacks");

    expect(await read(["stack.orders.TopicName", "ssm./orders/table", "stack.orders.TableName"])).toEqual([
      { kind: "value", value: "placed", stackId: STACK_ID },
      { kind: "value", value: "orders-7F3A" },
      { kind: "value", value: "orders-7F3A", stackId: STACK_ID },
    ]);
    expect(callsOf("DescribeStacks") - before).toBe(1);
  });

  test("reads ten parameters in a call", async () => {
    const before = callsOf("GetParameters");
    const found = await read(Array.from({ length: 25 }, (_, index) => `ssm./many/${index}`));

    expect(found.map((answer) => (answer.kind === "value" ? answer.value : null))).toEqual(
      Array.from({ length: 25 }, (_, index) => `v${index}`),
    );
    expect(callsOf("GetParameters") - before).toBe(3);
  });

  test.each([
    { text: "stack.missing.X", reason: "there is no stack missing" },
    { text: "stack.orders.Missing", reason: "stack orders has no output Missing" },
    { text: "ssm./missing", reason: "there is no parameter /missing" },
    { text: "ssm./orders/key", reason: "parameter /orders/key is a SecureString, which is not decrypted" },
    { text: "ssm./orders/list", reason: "parameter /orders/list is a list" },
  ])("has no value for $text", async ({ text, reason }) => {
    const [answer] = await read([text]);

    expect(answer).toMatchObject({ kind: "unusable", reason, isTransient: false });
    expect(JSON.stringify(answer)).not.toContain("encrypted");
  });

  test("looks in the region of the binding", async () => {
    expect(await read(["ssm./orders/table"], "us-east-1" as Region)).toMatchObject([
      { kind: "unusable", reason: "there is no parameter /orders/table" },
    ]);
  });

  test("never asks for a decrypted value", async () => {
    await read(["ssm./orders/key"]);

    const inputs = world.simulator.calls().filter(({ operation }) => operation === "GetParameters");
    expect(inputs.map(({ input }) => input["WithDecryption"])).not.toContain(true);
  });
});

describe("a read of a tagged resource", () => {
  test.each([
    {
      text: "tag.dynamodb:table.app=orders,stage=prod",
      arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders-7F3A`,
      because: "one table has both tags",
    },
    {
      text: "tag.s3.app=orders",
      arn: "arn:aws:s3:::orders-uploads",
      because: "an access point of the same service is no bucket",
    },
    {
      text: "tag.s3.aws:cloudformation:logical-id=Uploads",
      arn: "arn:aws:s3:::orders-uploads",
      because: "AWS's own tags count",
    },
    {
      text: "tag.sns.app=orders",
      arn: `arn:aws:sns:${REGION}:${ACCOUNT}:orders`,
      because: "a subscription is no topic",
    },
    {
      text: "tag.sqs.app=bulk,role=last",
      arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:bulk-229`,
      because: "one of many has the second tag",
    },
  ])("answers with the ARN for $text: $because", async ({ text, arn }) => {
    expect(await read([text])).toEqual([{ kind: "value", value: arn }]);
  });

  test.each([
    { text: "tag.sqs.app=orders", reason: "there is no SQS queue with the tag app=orders" },
    { text: "tag.sns.app=Orders", reason: "there is no SNS topic with the tag app=Orders" },
    {
      text: "tag.dynamodb:table.app=orders",
      reason: "it is not the only DynamoDB table with the tag app=orders: 2 match",
    },
    {
      text: "tag.dynamodb:table.app=many",
      reason: expect.stringMatching(/: 7 match$/),
    },
    { text: "tag.sqs.app=bulk", reason: expect.stringMatching(/: 230 match$/) },
    {
      text: "tag.sqs.app=elsewhere",
      reason: expect.stringContaining("which is in another account or region"),
    },
    {
      text: "tag.sqs.app=foreign",
      reason: expect.stringContaining("which is in another account or region"),
    },
  ])("has no value for $text", async ({ text, reason }) => {
    expect(await read([text])).toMatchObject([{ kind: "unusable", reason, isTransient: false }]);
  });

  test("reads all pages before it answers", async () => {
    const before = callsOf("GetResources");
    await read(["tag.sqs.app=bulk"]);

    expect(callsOf("GetResources") - before).toBe(3);
  });

  test("has no value while a later page is throttled, in a way that time should fix", async () => {
    world.simulator.addFault({ operation: "GetResources", times: 10, kind: { kind: "throttle" } });

    expect(await read(["tag.sns.app=orders"])).toMatchObject([{ kind: "unusable", isTransient: true }]);
  });

  test("that is denied names the permission, and costs no other reference", async () => {
    deny("tag:GetResources", "*");

    expect(await read(["tag.sns.app=orders", "ssm./orders/table"])).toMatchObject([
      { kind: "unusable", reason: expect.stringContaining("tag:GetResources"), isTransient: false },
      { kind: "value" },
    ]);
  });
});

describe("a denied read", () => {
  test("of one parameter costs the others nothing, and names the permission", async () => {
    deny("ssm:GetParameters", "arn:aws:ssm:*:*:parameter/many/0");

    expect(await read(["ssm./orders/table", "ssm./many/0"])).toMatchObject([
      { kind: "value", value: "orders-7F3A" },
      { kind: "unusable", reason: expect.stringContaining("ssm:GetParameters"), isTransient: false },
    ]);
  });

  test("of a stack leaves the other reads of the account alone", async () => {
    deny("cloudformation:DescribeStacks", "*");

    expect(await read(["stack.orders.TableName", "ssm./orders/table"])).toMatchObject([
      { kind: "unusable", reason: expect.stringContaining("cloudformation:DescribeStacks stack/orders") },
      { kind: "value" },
    ]);
  });
});

test("throttled reads are transient", async () => {
  world.simulator.addFault({ operation: "GetParameters", times: 10, kind: { kind: "throttle" } });

  expect(await read(["ssm./many/1", "ssm./many/2"])).toMatchObject([
    { kind: "unusable", isTransient: true },
    { kind: "unusable", isTransient: true },
  ]);
});
