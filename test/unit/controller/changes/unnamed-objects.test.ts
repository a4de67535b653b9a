import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { changeMessage } from "../../../support/aws/change-message.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeController, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, BOTH, endOf } from "../revision/two-functions.ts";

const ACCOUNTS = new Set([ACCOUNT]);

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  await fake.startConverged(BOTH);
  fake.changes.addQueue("queue", ACCOUNTS);
});

afterEach(() => endOf(fake));

/** Calls whose parameters CloudTrail left out; the record lists no objects. */
const cut = (id: string): string =>
  changeMessage({ record: { eventID: id, requestParameters: { omitted: true }, resources: undefined } });

test("calls that may have changed any object of an account cause one sweep, and one more later: not a read of each role", async () => {
  await fake.changes.receive(["1", "2", "3"].map(cut), ACCOUNTS);
  await fake.clock.pass(1_000);
  const first = aws.sweeps.length;
  await fake.clock.pass(31_000);

  expect([first, aws.sweeps.length, aws.reads]).toEqual([1, 2, []]);
});

test("a flood of such calls causes two sweeps in each interval of the regular sweeps, and one that begins after the last call", async () => {
  const intervals = 3;
  for (let id = 0; id < (intervals * SWEEP_MS) / 15_000; id += 1) {
    await fake.changes.receive([cut(`flood-${id}`)], ACCOUNTS);
    await fake.clock.pass(15_000);
  }
  const during = aws.sweeps.length;
  await fake.clock.pass(SWEEP_MS + 31_000);

  // The interval that begins with the last call has its first sweep too.
  expect(during).toBeGreaterThanOrEqual(2 * intervals);
  expect(during).toBeLessThanOrEqual(2 * intervals + 1);
  expect(aws.sweeps.length).toBeGreaterThan(during);
  expect(aws.reads).toEqual([]);
});

test("a clock that was set back by a day does not postpone the sweep after such a call for longer than the interval", async () => {
  await fake.changes.receive([cut("before")], ACCOUNTS);
  await fake.clock.pass(1_000);
  fake.clock.set(fake.clock.nowMs() - 86_400_000);
  const before = aws.sweeps.length;

  await fake.changes.receive([cut("after")], ACCOUNTS);
  await fake.clock.pass(SWEEP_MS + 1_000);

  expect(aws.sweeps.length).toBeGreaterThan(before);
});
