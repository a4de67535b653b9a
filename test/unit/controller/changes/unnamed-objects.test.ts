import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { changeMessage } from "../../../support/aws/change-message.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeController } from "../../../support/fakes/fake-controller.ts";
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
