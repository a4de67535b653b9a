import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { TokenBucket } from "../../../../src/aws/requests/token-bucket.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, endOf } from "../revision/two-functions.ts";

const ACCOUNTS = new Set([ACCOUNT]);
const NAMES = ["a", "b", "c", "d", "e"];

let fake: FakeController;
let aws: FakeAws;

beforeEach(() => start(NAMES));

async function start(names: readonly string[]): Promise<void> {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  await fake.startConverged(manifests(Object.fromEntries(names.map((name) => [name, READ_ORDERS]))));
  fake.changes.addQueue("queue", ACCOUNTS);
  aws.reads.length = 0;
}

afterEach(() => endOf(fake));

/** The default budget of IAM, and the reads of a role with two inline policies and an attached one. */
const BUDGET = 10;
const READS_OF_A_KEY = 7;

/** Every targeted read needs the requests of its functions, at the budget. */
function limitReads(): void {
  const bucket = new TokenBucket(BUDGET, fake.clock);
  const read = aws.read.bind(aws);
  aws.read = async (request) => {
    const never = new AbortController().signal;
    const requests = Array.from({ length: request.functions.length * READS_OF_A_KEY }, () =>
      bucket.take(request.urgency ?? "read", never),
    );
    await Promise.all(requests);
    return read(request);
  };
}

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

test("with a change each second, each is read within a second of its event, and once more when the changes have ended", async () => {
  const names = Array.from({ length: 60 }, (_, at) => `f${`${at}`.padStart(2, "0")}`);
  await endOf(fake);
  await start(names);
  limitReads();
  const eventMs = new Map<string, number>();
  const readsMs = new Map<string, number[]>(names.map((name) => [name, []]));
  aws.beforeRead = ({ functions }) => {
    for (const { functionName } of functions)
      readsMs.get(functionName)?.push(fake.clock.nowMs() - (eventMs.get(functionName) ?? -Infinity));
  };

  for (const name of names) {
    eventMs.set(name, fake.clock.nowMs());
    await fake.changes.receive([tag(name, `burst-${name}`)], ACCOUNTS);
    await fake.clock.pass(1_000);
  }
  await fake.clock.pass(60_000);

  const reads = [...readsMs.values()];
  expect(Math.max(...reads.map(([first = Infinity]) => first))).toBeLessThan(1_000);
  expect(Math.min(...reads.map((all) => all.at(-1) ?? 0))).toBeGreaterThanOrEqual(30_000);
});
