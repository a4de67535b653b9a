import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { awsError, type FakeAws } from "../../support/fakes/fake-aws.ts";
import { FakeController, manifests, READ_ORDERS, WRITE_ORDERS } from "../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const FILES = manifests({ a: READ_ORDERS });

let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const gauge = (name: string): number | undefined => fake.telemetry.gauges.get(name);

function revisionStates(): Readonly<Record<string, number | undefined>> {
  const states = ["in-force", "held", "failed"];
  return Object.fromEntries(states.map((state) => [state, gauge(`revision_state main ${state}`)]));
}

describe("account_compared", () => {
  test("is 0 until a pass has compared the account, and stays 1 while later reads fail", async () => {
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    fake.source.push(FILES);
    await fake.start();
    await fake.clock.pass(2_000);
    const before = gauge("account_compared prod");
    aws.readError = null;
    await fake.clock.pass(90_000);
    const compared = gauge("account_compared prod");
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    await fake.clock.pass(400_000);

    expect([before, compared, gauge("account_compared prod")]).toEqual([0, 1, 1]);
  });
});

test("the offset of AWS's clock is measured, and shown", async () => {
  fake.clockOffset = { minMs: -600_400, maxMs: -600_000, wasSet: false };
  fake.source.push(FILES);
  await fake.start();
  await fake.clock.pass(2_000);

  expect(gauge("aws_clock_offset_seconds")).toBe(-600);
  expect((await fake.control.overview()).clockOffset).toBe(fake.clockOffset);
});

test("the limits of requests to declared accounts are measured, and shown where AWS throttles or denies", async () => {
  const limit = { region: null, family: "iamRead", budget: 10, rate: 2.5, waiting: 3 };
  const full = { ...limit, region: "eu-west-1", family: "lambda", rate: 10 };
  fake.requestLimits = [
    { ...limit, accountId: ACCOUNT },
    { ...full, accountId: ACCOUNT },
    { ...limit, accountId: "999999999999" as AccountId },
  ];
  fake.deniedCalls = [{ accountId: ACCOUNT, call: "lambda:GetPolicy", sinceMs: 0 }];
  fake.source.push(FILES);
  await fake.start();
  await fake.clock.pass(2_000);
  const [account] = (await fake.control.overview()).accounts;

  expect(gauge("aws_request_rate prod global iamRead")).toBe(2.5);
  expect(gauge("aws_request_budget prod global iamRead")).toBe(10);
  expect(gauge("aws_requests_waiting prod eu-west-1 lambda")).toBe(3);
  expect(gauge("aws_denied_calls prod")).toBe(1);
  expect(account?.requests?.throttled.map(({ family }) => family)).toEqual(["iamRead"]);
  expect(account?.requests?.deniedCalls.map(({ call }) => call)).toEqual(["lambda:GetPolicy"]);
});

describe("account_readable", () => {
  test("is 1 after a pass, and 0 while the reads fail", async () => {
    fake.source.push(FILES);
    await fake.start();
    await fake.clock.pass(2_000);
    const read = gauge("account_readable prod");
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    await fake.clock.pass(400_000);
    const denied = gauge("account_readable prod");
    aws.readError = null;
    await fake.clock.pass(90_000);

    expect([read, denied, gauge("account_readable prod")]).toEqual([1, 0, 1]);
  });

  test("is 0 from the start for an account that was never read, so that an alert can fire on it", async () => {
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    fake.source.push(FILES);
    await fake.start();
    await fake.clock.pass(2_000);

    expect(gauge("account_readable prod")).toBe(0);
    expect(gauge("last_sweep_timestamp_seconds prod")).toBeUndefined();
  });

  test("ends with the account, and so do its other gauges", async () => {
    fake.source.push(manifests({}, { prod: "111122223333", old: "222233334444" }));
    await fake.start();
    await fake.clock.pass(2_000);
    const before = [...fake.telemetry.forgotten];
    await fake.push(manifests({}));
    await fake.clock.pass(2_000);

    expect(before).toEqual([]);
    expect(fake.telemetry.forgotten).toEqual(["account=old"]);
  });
});

describe("bindings", () => {
  // With the boundary, which always differs here.
  const BOTH = manifests({ a: READ_ORDERS, b: READ_ORDERS });
  const states = ["synced", "drifted", "unknown", "not_compared"];
  const found = ["drifted", "held", "refused"];
  const counts = (): readonly unknown[] => states.map((state) => gauge(`bindings prod ${state}`));
  const heldNow = (): unknown => gauge("binding_verdicts prod held");
  const foundBefore = (): readonly unknown[] =>
    found.map((state) => gauge(`uncompared_bindings prod ${state}`));

  test.each([
    { pushed: { a: WRITE_ORDERS, b: READ_ORDERS }, during: [1, 1, 0, 1], after: [2, 1, 0, 0] },
    {
      pushed: { a: "- sqs: {queu: orders}", b: READ_ORDERS },
      during: [1, 1, 0, 1],
      after: [2, 1, 0, 0],
    },
    {
      pushed: { a: READ_ORDERS, b: READ_ORDERS, c: READ_ORDERS },
      during: [2, 1, 0, 1],
      after: [3, 1, 0, 0],
    },
    { pushed: { a: READ_ORDERS }, during: [1, 1, 0, 1], after: [2, 1, 0, 0] },
  ])(
    "count what a push changes as not compared until a pass has compared it: $pushed",
    async ({ pushed, during, after }) => {
      await fake.startConverged(BOTH);
      const answer = Promise.withResolvers<void>();
      const read = aws.read.bind(aws);
      aws.read = async (request) => {
        await answer.promise;
        return read(request);
      };

      const before = counts();
      await fake.push(manifests(pushed));
      const looking = counts();
      answer.resolve();
      await fake.clock.pass(5_000);

      expect([before, looking]).toEqual([[2, 1, 0, 0], during]);
      expect(counts()).toEqual(after);
    },
  );

  test("count no plan of the revision before as one that waits for approval", async () => {
    fake.source.push(BOTH);
    await fake.start();
    await fake.clock.pass(2_000);
    const held = [counts(), heldNow(), foundBefore()];
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    await fake.push(manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }));
    await fake.clock.pass(2_000);

    expect(held).toEqual([[0, 3, 0, 0], 2, [0, 0, 0]]);
    expect([counts(), heldNow(), foundBefore()]).toEqual([[0, 0, 1, 2], 0, [2, 2, 0]]);
  });

  test("count each key as unknown while its account cannot be read", async () => {
    await fake.startConverged(BOTH);
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    await fake.clock.pass(400_000);

    expect(counts()).toEqual([0, 0, 3, 0]);
  });
});

describe("adoption_bindings", () => {
  const states = ["not-needed", "unknown"];
  const counts = (): readonly unknown[] => states.map((state) => gauge(`adoption_bindings prod ${state}`));

  test("counts each function as unknown while its account cannot be read", async () => {
    fake.source.push(FILES);
    await fake.start();
    await fake.clock.pass(2_000);
    const read = counts();
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    await fake.clock.pass(400_000);

    expect([read, counts()]).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

test("a revision and the pass that applies it are measured stage by stage", async () => {
  fake.source.push(FILES);
  await fake.start();

  expect(fake.telemetry.spans.slice(0, 10)).toEqual([
    "revision intake",
    "fetch",
    "accept",
    "pass",
    "observe",
    "judge",
    "apply",
    "read-back",
    "settle",
    "record",
  ]);
});

describe("revision_state", () => {
  test("is in-force for an accepted revision", async () => {
    fake.source.push(FILES);
    await fake.start();

    expect(revisionStates()).toEqual({ "in-force": 1, held: 0, failed: 0 });
    expect(gauge("source_last_read_timestamp_seconds main")).toBe(fake.clock.nowMs() / 1_000);
  });

  test("is failed while the source is not read, and the time of the last reading stays", async () => {
    fake.source.push(FILES);
    await fake.start();
    const readAt = gauge("source_last_read_timestamp_seconds main");
    fake.source.failure = new SourceError({ code: "auth", message: "401", fix: "renew the token" });
    await fake.clock.pass(120_000);

    expect(revisionStates()).toEqual({ "in-force": 0, held: 0, failed: 1 });
    expect(gauge("source_last_read_timestamp_seconds main")).toBe(readAt);
  });

  test("is held for a rollback", async () => {
    await fake.startConverged(FILES);
    fake.source.relation = "rewritten";
    await fake.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));

    expect(revisionStates()).toEqual({ "in-force": 0, held: 1, failed: 0 });
  });
});
