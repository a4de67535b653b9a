import { describe, expect, test } from "@jest/globals";
import { AwsReferences } from "../../../../src/aws/references/references.ts";
import type { ReferenceGateway } from "../../../../src/aws/references/region-reader.ts";
import type { ReferenceAnswer } from "../../../../src/controller/ports/estate/references.ts";
import type { AccountId, Region } from "../../../../src/model/aws/ids.ts";
import type { ReferenceText } from "../../../../src/model/aws/reference.ts";
import type { DesiredAccount } from "../../../../src/model/desired.ts";

const REGION = "eu-west-1" as Region;
const ACCOUNT = { id: "111122223333" as AccountId, name: "prod", partition: "aws" } as DesiredAccount;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT.id}:orders`;

/** What AWS answers to each call: answers that no simulator gives, since they lack what AWS documents. */
function gatewayOf(answers: Readonly<Record<string, object>>): ReferenceGateway {
  return { send: ({ call }) => Promise.resolve((answers[call] ?? {}) as never) };
}

function read(
  texts: readonly string[],
  answers: Readonly<Record<string, object>>,
): Promise<readonly ReferenceAnswer[]> {
  const places = texts.map((text) => ({
    accountId: ACCOUNT.id,
    region: REGION,
    text: text as ReferenceText,
  }));
  return new AwsReferences(gatewayOf(answers)).read(places, ACCOUNT, new AbortController().signal);
}

const GOOD = { Name: "/good", Type: "String", Value: "good" };
const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT.id}:stack/orders/1`;
const STACK = {
  StackName: "orders",
  StackId: STACK_ID,
  Outputs: [{ OutputKey: "Good", OutputValue: "good" }],
};

describe("an answer that lacks a part", () => {
  test.each([
    { bad: [{ Name: "/bad", Type: "String" }], missing: "the value of parameter /bad" },
    { bad: [{ Name: "/bad", Value: "x" }], missing: "the type of parameter /bad" },
    { bad: [], missing: "parameter /bad" },
  ])("leaves one parameter unknown, and no other: $missing", async ({ bad, missing }) => {
    const answers = { "ssm:GetParameters": { Parameters: [GOOD, ...bad], InvalidParameters: [] } };

    expect(await read(["ssm./bad", "ssm./good"], answers)).toMatchObject([
      {
        kind: "unusable",
        isUnread: true,
        isTransient: true,
        reason: `ssm:GetParameters: the answer lacks ${missing}`,
      },
      { kind: "value", value: "good" },
    ]);
  });

  test.each([undefined, "orders", `${STACK_ID}/2`])(
    "has no value of a stack whose ID is %s, since it is not known which stack it is",
    async (StackId) => {
      const answers = { "cloudformation:DescribeStacks": { Stacks: [{ ...STACK, StackId }] } };

      expect(await read(["stack.orders.Good", "stack.orders.Missing"], answers)).toMatchObject([
        { isUnread: true, isTransient: true, reason: expect.stringContaining("the ID of stack orders") },
        { reason: "stack orders has no output Missing", isTransient: false },
      ]);
    },
  );

  test("leaves one output unknown, and is no proof that the stack does not have it", async () => {
    const stack = { ...STACK, Outputs: [...STACK.Outputs, { OutputKey: "Bad" }] };
    const answers = { "cloudformation:DescribeStacks": { Stacks: [stack] } };

    expect(await read(["stack.orders.Bad", "stack.orders.Good"], answers)).toMatchObject([
      { isUnread: true, isTransient: true, reason: expect.stringContaining("the value of output Bad") },
      { kind: "value", value: "good" },
    ]);
  });

  test.each([
    { of: "no list of stacks", call: "cloudformation:DescribeStacks", text: "stack.orders.Good" },
    { of: "no list of parameters", call: "ssm:GetParameters", text: "ssm./good" },
    { of: "no list of resources", call: "tag:GetResources", text: "tag.sqs.app=orders" },
  ])("leaves what was asked unknown, and the other kinds alone: $of", async ({ call, text }) => {
    const answers = {
      "cloudformation:DescribeStacks": { Stacks: [STACK] },
      "ssm:GetParameters": { Parameters: [GOOD] },
      "tag:GetResources": {
        ResourceTagMappingList: [{ ResourceARN: QUEUE, Tags: [{ Key: "app", Value: "orders" }] }],
      },
      [call]: {},
    };
    const texts = ["stack.orders.Good", "ssm./good", "tag.sqs.app=orders"];

    const found = await read(texts, answers);
    expect(found.map(({ kind }) => kind)).toEqual(texts.map((one) => (one === text ? "unusable" : "value")));
    expect(found[texts.indexOf(text)]).toMatchObject({ isUnread: true, isTransient: true });
  });

  test.each([
    { second: { Tags: [{ Key: "app", Value: "orders" }] }, missing: "the ARN of a resource" },
    { second: { ResourceARN: `${QUEUE}-2` }, missing: "the tags of a resource" },
  ])("never makes a resource the only one: $missing", async ({ second, missing }) => {
    const first = { ResourceARN: QUEUE, Tags: [{ Key: "app", Value: "orders" }] };
    const answers = { "tag:GetResources": { ResourceTagMappingList: [first, second] } };

    expect(await read(["tag.sqs.app=orders"], answers)).toMatchObject([
      { kind: "unusable", isUnread: true, reason: expect.stringContaining(missing) },
    ]);
  });
});
