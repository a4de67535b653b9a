import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { changeMessage } from "../../../support/aws/change-message.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, endOf } from "../revision/two-functions.ts";

const ACCOUNTS = new Set([ACCOUNT]);
const NAMES = ["a", "b", "c", "d", "e"];

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  await fake.startConverged(manifests(Object.fromEntries(NAMES.map((name) => [name, READ_ORDERS]))));
  fake.changes.addQueue("queue", ACCOUNTS);
  aws.reads.length = 0;
});

afterEach(() => endOf(fake));

const tag = (name: string, id: string): string =>
  changeMessage({
    record: {
      eventID: id,
      eventName: "TagRole",
      requestParameters: { roleName: `${name}-eu-west-1`, tags: [{ key: "k", value: id }] },
    },
  });

/** The functions that each read names, in order. */
const readNames = (): readonly (readonly string[])[] =>
  aws.reads.map(({ functions }) => functions.map(({ functionName }) => functionName).sort());

test("the functions of many events are read together at first, and again after 30 seconds, one each second, the oldest event first", async () => {
  await fake.changes.receive(
    NAMES.map((name) => tag(name, `1-${name}`)),
    ACCOUNTS,
  );
  await fake.clock.pass(1_000);
  const first = readNames();
  await fake.clock.pass(2_000);
  await fake.changes.receive([tag("a", "2-a")], ACCOUNTS);
  await fake.clock.pass(60_000);

  expect(first).toEqual([NAMES]);
  expect(readNames().slice(1)).toEqual([["a"], ["b"], ["c"], ["d"], ["e"], ["a"]]);
});

test("a sweep that begins after the time of the second reads makes them needless, an earlier one does not", async () => {
  const secondReads = async (sweepAfterMs: number): Promise<number> => {
    await fake.changes.receive(
      NAMES.map((name) => tag(name, `${sweepAfterMs}-${name}`)),
      ACCOUNTS,
    );
    await fake.clock.pass(sweepAfterMs);
    await fake.control.reconcile({ kind: "all" }, "dana");
    await fake.clock.pass(1_000);
    aws.reads.length = 0;
    await fake.clock.pass(60_000);
    return aws.reads.length;
  };

  expect(await secondReads(10_000)).toBe(NAMES.length);
  expect(await secondReads(30_000)).toBe(0);
});
