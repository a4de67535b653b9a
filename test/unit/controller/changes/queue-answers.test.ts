import { expect, test } from "@jest/globals";
import { ChangeQueues } from "../../../../src/controller/state/changes/change-queues.ts";

const FAILURE = { code: "AccessDenied", reason: "denied", fix: "allow it" };
const A = "https://sqs.us-east-1.amazonaws.com/111122223333/a";
const B = "https://sqs.us-east-1.amazonaws.com/111122223333/b";

function queuesOf(...urls: readonly string[]): ChangeQueues {
  const queues = new ChangeQueues();
  for (const url of urls) queues.add(url, new Set(["111122223333"]));
  return queues;
}

test("an account has answers since the first one after the last failure of each of its queues", () => {
  const queues = queuesOf(A, B);
  queues.answered(A, null, 1_000);
  expect(queues.answerSinceMs("111122223333", 1_000)).toBeNull();
  queues.answered(B, null, 2_000);
  queues.answered(B, null, 3_000);
  expect(queues.answerSinceMs("111122223333", 3_000)).toBe(2_000);

  queues.answered(A, FAILURE, 4_000);
  expect(queues.answerSinceMs("111122223333", 4_000)).toBeNull();
  queues.answered(A, null, 5_000);

  expect(queues.answerSinceMs("111122223333", 5_000)).toBe(5_000);
});

test("a queue that has not answered for two minutes has no reader", () => {
  const queues = queuesOf(A);
  queues.answered(A, null, 1_000);

  expect(queues.answerSinceMs("111122223333", 120_999)).toBe(1_000);
  expect(queues.answerSinceMs("111122223333", 121_000)).toBeNull();
});

test("an account that no queue is for has no answers", () => {
  const queues = queuesOf(A);
  queues.answered(A, null, 1_000);

  expect(queues.answerSinceMs("222222222222", 1_000)).toBeNull();
});

test("messages that someone else received are counted within a day", () => {
  const queues = queuesOf(A);
  const days = [0, 30, 60, 60.5];
  for (const day of days) queues.receivedElsewhere(A, 1, day * 86_400_000);

  expect(queues.all[0]?.elsewhere).toEqual({ sinceMs: 60 * 86_400_000, lastMs: 60.5 * 86_400_000, count: 2 });
});
