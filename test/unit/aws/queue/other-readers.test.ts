import { expect, test } from "@jest/globals";
import { OtherReaders } from "../../../../src/aws/queue/read-queue.ts";

const START_MS = 1_000_000;
const LATER_MS = START_MS + 600_000;

const message = (receiveCount: number, { id = "m1", sentMs = LATER_MS } = {}) => ({
  id,
  sentMs,
  receiveCount,
  body: "",
  receipt: "r",
});

test("a message that was received more often than this reader received it was received elsewhere, and counts once for that", () => {
  const readers = new OtherReaders(START_MS);

  expect(readers.received([message(2), message(1, { id: "m2" })])).toBe(1);
  expect(readers.received([message(3)])).toBe(0);
  expect(readers.received([message(5)])).toBe(1);
});

test("a message that this reader receives again, since it did not delete it, was not received elsewhere", () => {
  const readers = new OtherReaders(START_MS);

  for (const count of [1, 2, 3]) expect(readers.received([message(count)])).toBe(0);
});

test("an earlier process, or a request without an answer, may have received a message that was sent until ten minutes later", () => {
  const readers = new OtherReaders(START_MS);
  expect(readers.received([message(2, { sentMs: LATER_MS - 1 })])).toBe(0);

  readers.unanswered(LATER_MS);

  expect(readers.received([message(2, { id: "m2" })])).toBe(0);
  expect(readers.received([message(2, { id: "m3", sentMs: LATER_MS + 600_000 })])).toBe(1);
});

test("messages that stay in the queue, and that are more than are remembered, were not received elsewhere", () => {
  const readers = new OtherReaders(START_MS);
  const all = Array.from({ length: 10_100 }, (_, at) => `m${at}`);

  const rounds = [1, 2].map((count) => readers.received(all.map((id) => message(count, { id }))));

  expect(rounds).toEqual([0, 0]);
  expect(readers.received([message(2, { id: "new", sentMs: LATER_MS + 1 })])).toBe(1);
});
