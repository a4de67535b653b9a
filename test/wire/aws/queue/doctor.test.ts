import { describe, expect, test } from "@jest/globals";
import { examineQueue } from "../../../../src/aws/queue/examine.ts";
import { ACCOUNT, never, queue, REGION, send, useQueueWorld, world } from "./queue-world.ts";

describe("doctor examines a queue without receiving a message", () => {
  useQueueWorld();

  const policy = (...statements: readonly object[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const rule = `arn:aws:events:${REGION}:${ACCOUNT}:rule/pushes`;
  const allowed = { Effect: "Allow", Action: "sqs:SendMessage" };
  test.each([
    {
      because: "only the rule may send",
      given: policy({
        ...allowed,
        Principal: { Service: "events.amazonaws.com" },
        Condition: { ArnEquals: { "aws:SourceArn": rule } },
      }),
      outcome: "passed",
      detail: /1 message waits$/,
    },
    {
      because: "any rule may send",
      given: policy({ ...allowed, Principal: { Service: "events.amazonaws.com" } }),
      outcome: "warning",
      detail: /add the condition aws:SourceArn/,
    },
    {
      because: "anyone may send",
      given: policy({ ...allowed, Principal: "*" }),
      outcome: "warning",
      detail: /lets anyone send/,
    },
    {
      because: "anyone may send under a condition, which EventBridge can fulfil",
      given: policy({
        ...allowed,
        Principal: "*",
        Condition: { ArnEquals: { "aws:SourceArn": rule } },
      }),
      outcome: "passed",
      detail: /1 message waits$/,
    },
    {
      because: "any rule may send by a second statement",
      given: policy(
        {
          ...allowed,
          Principal: { Service: "events.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": rule } },
        },
        { ...allowed, Principal: { Service: ["events.amazonaws.com"] } },
      ),
      outcome: "warning",
      detail: /add the condition aws:SourceArn/,
    },
    { because: "no one may send", given: null, outcome: "warning", detail: /no push arrives/ },
    { because: "the policy cannot be read", given: "{", outcome: "warning", detail: /no push arrives/ },
  ])("$because", async ({ given, outcome, detail }) => {
    await send("one");
    world().state.policy = given;

    expect(await examineQueue(queue(), "pushes", never)).toEqual({
      outcome,
      detail: expect.stringMatching(detail),
    });
    expect(world().state.messages).toMatchObject([{ receiveCount: 0 }]);
  });

  test("and names a queue that does not exist", async () => {
    expect(await examineQueue(queue("missing"), "pushes", never)).toEqual({
      outcome: "failed",
      detail: expect.stringMatching(/QueueDoesNotExist: .*; check codecommit.queueUrl, which names/),
    });
  });

  const denied = Object.assign(new Error("not allowed"), { name: "AccessDenied" });

  test.each([
    {
      because: "is missing",
      state: (signal: AbortSignal) => queue("missing").state(signal),
      detail: /QueueDoesNotExist: .*; check changeEvents, which names arn:aws:sqs:.*:pushes/,
    },
    {
      because: "is forbidden",
      state: () => Promise.reject(denied),
      detail: /AccessDenied: not allowed; allow sqs:ReceiveMessage, sqs:DeleteMessage/,
    },
  ])("and shows how to fix a queue of change events that $because", async ({ state, detail }) => {
    const { address } = queue();

    expect(await examineQueue({ address, state }, "changes", never)).toEqual({
      outcome: "failed",
      detail: expect.stringMatching(detail),
    });
  });
});
