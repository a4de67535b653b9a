import { GetQueueAttributesCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { ACCOUNT, address, never, queue, REGION, send, useQueueWorld, world } from "./queue-world.ts";

describe("the simulated queue", () => {
  useQueueWorld();

  const receive = (input: object = {}) =>
    world().sender.send(new ReceiveMessageCommand({ QueueUrl: address().url, ...input }));

  test("hides a received message for its visibility timeout; an old receipt deletes nothing", async () => {
    await send("one");
    const first = await queue().receive(never);
    expect(await queue().receive(never)).toEqual([]);

    world().nowMs += 30_000;
    const second = await queue().receive(never);
    await queue().remove(first, never);
    expect(world().state.messages).toHaveLength(1);
    await queue().remove(second, never);

    expect(world().state.messages).toEqual([]);
  });

  test.each([
    { because: "more messages than ten", input: { MaxNumberOfMessages: 11 }, name: "InvalidParameterValue" },
    { because: "a wait over 20 seconds", input: { WaitTimeSeconds: 21 }, name: "InvalidParameterValue" },
    {
      because: "another account",
      input: { QueueUrl: "https://h/999900001111/pushes" },
      name: "QueueDoesNotExist",
    },
  ])("refuses $because", async ({ input, name }) => {
    await expect(receive(input)).rejects.toMatchObject({ name });
  });

  test("refuses an empty message, an empty batch, and repeated ids in one", async () => {
    await expect(send("")).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(queue().remove([], never)).rejects.toMatchObject({
      name: expect.stringContaining("EmptyBatch"),
    });
  });

  test("shows the attributes that are asked for", async () => {
    const asked = new GetQueueAttributesCommand({ QueueUrl: address().url, AttributeNames: ["All"] });

    expect((await world().sender.send(asked)).Attributes).toEqual({
      QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:pushes`,
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      VisibilityTimeout: "30",
    });
  });
});
