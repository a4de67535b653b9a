import {
  ACCOUNT,
  ALL,
  HOUR_MS,
  KEY,
  keyOf,
  Operator,
  recordAway,
  startedWithTwoFunctions,
} from "./operator.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  type FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";

let fake: FakeController;
let aws: FakeAws;
let dana: Operator;

beforeEach(async () => {
  fake = await startedWithTwoFunctions();
  dana = new Operator(fake);
  aws = fake.cloud.account(ACCOUNT);
});
afterEach(() => fake.stop());

const MINUTE_MS = 60_000;

describe("a suspension", () => {
  beforeEach(() => fake.converge());

  test("is in the record before it takes effect, and covers its scope", async () => {
    const made = await dana.suspend({ ...ALL, key: KEY });
    await fake.push(manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }));

    expect(made).toMatchObject({ kind: "ok", value: { actor: "dana", reason: "INC-1" } });
    expect(fake.audit.log.find(({ kind }) => kind === "suspended")).toMatchObject({
      scopeParts: { key: KEY },
    });
    expect(aws.writes.map(({ key }) => key)).toEqual([keyOf("b")]);
  });

  test("ends a pass under way before its next write", async () => {
    const writing = Promise.withResolvers<void>();
    const apply = aws.apply.bind(aws);
    aws.apply = async (action, context) => {
      await writing.promise;
      return apply(action, context);
    };
    await fake.push(manifests({ a: READ_ORDERS, b: READ_ORDERS, c: READ_ORDERS }));
    await dana.suspend();
    writing.resolve();
    await settled();
    await fake.clock.pass(SWEEP_MS);

    expect(aws.writes.map(({ call }) => call)).toEqual(["iam:CreateRole"]);
  });

  test("is not followed by an intent of a pass that began while it was recorded", async () => {
    const recorded = Promise.withResolvers<void>();
    const record = fake.recorder.record.bind(fake.recorder);
    fake.recorder.record = async (settlement) => {
      // The entry is in the record, and the answer is on its way.
      await record(settlement);
      if (settlement.change.suspensions !== undefined) await recorded.promise;
    };

    const made = dana.suspend({ ...ALL, key: KEY });
    await fake.push(manifests({ a: READ_ORDERS, b: READ_ORDERS, c: READ_ORDERS }));
    expect(aws.writes).toEqual([]);
    recorded.resolve();
    await made;
    await fake.clock.pass(SWEEP_MS);

    expect(new Set(aws.writes.map(({ key }) => key))).toEqual(new Set([keyOf("c")]));
  });

  test("that cannot be recorded does not keep passes from writing", async () => {
    const recordable = recordAway(fake);
    await expect(dana.suspend()).rejects.toThrow("the disk is full");
    recordable();

    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect(aws.writes.map(({ key }) => key)).toEqual([KEY]);
  });

  test("begins and ends by the clock of the record, which processes on other machines share", async () => {
    fake.store.aheadMs = HOUR_MS;

    const past = await dana.suspend(ALL, HOUR_MS - 1);
    const made = await dana.suspend(ALL, 2 * HOUR_MS);

    expect(past).toMatchObject({ kind: "err", error: { code: "invalid" } });
    const at = new Date(fake.clock.nowMs() + HOUR_MS).toISOString();
    expect(made).toMatchObject({ kind: "ok", value: { at } });
    await fake.clock.pass(HOUR_MS + 2_000);
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    expect(aws.writes).toHaveLength(1);
  });

  test("ends by itself, and the withheld actions run then", async () => {
    await dana.suspend();
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const meanwhile = aws.writes.length;
    await fake.clock.pass(HOUR_MS + 2_000);

    expect([meanwhile, aws.writes.length]).toEqual([0, 1]);
  });

  test("ends even if it lasted only between two ticks", async () => {
    await dana.suspend(ALL, 500);
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const meanwhile = aws.writes.length;
    await fake.clock.pass(2_000);

    expect([meanwhile, aws.writes.length]).toEqual([0, 1]);
  });

  test("sends one alert 15 minutes before its end, with the changes that will follow", async () => {
    await dana.suspend();
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(HOUR_MS - 1_000);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending")).toMatchObject([
      { target: "everything", willChange: [{ key: KEY, account: "prod", writes: 1 }] },
    ]);
  });

  test("announces no plan of the revision before: a function that Git changed since is not compared", async () => {
    await dana.suspend();
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const answer = Promise.withResolvers<void>();
    const read = aws.read.bind(aws);
    await fake.clock.pass(HOUR_MS - 900_000 - 60_000);
    aws.read = async (request) => {
      await answer.promise;
      return read(request);
    };
    await fake.push(manifests({ a: READ_ORDERS, b: WRITE_ORDERS }));
    await fake.clock.pass(60_000);
    const alerts = fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending");
    answer.resolve();

    expect(alerts).toMatchObject([
      {
        willChange: [
          { key: KEY, writes: null },
          { key: keyOf("b"), writes: null },
        ],
      },
    ]);
  });

  test("is announced as soon as the record is back, if it was away at that moment", async () => {
    await dana.suspend(ALL, HOUR_MS);
    await fake.clock.pass(HOUR_MS - 20 * MINUTE_MS);
    const back = recordAway(fake);
    await fake.clock.pass(10 * MINUTE_MS);
    back();
    await fake.clock.pass(2 * MINUTE_MS);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending")).toHaveLength(1);
  });

  test("is announced once, also by a controller that starts after the alert", async () => {
    await dana.suspend(ALL, HOUR_MS);
    await fake.clock.pass(HOUR_MS - 10 * MINUTE_MS);
    await fake.stop();
    await fake.start();
    await fake.clock.pass(5 * MINUTE_MS);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending")).toHaveLength(1);
  });

  test("that is extended after the alert sends another one before its new end", async () => {
    await dana.suspend(ALL, HOUR_MS);
    await fake.clock.pass(HOUR_MS - 60_000);
    await dana.suspend(ALL, HOUR_MS, "INC-2");
    await fake.clock.pass(HOUR_MS - 60_000);

    const endingAlerts = fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending");
    expect(endingAlerts).toMatchObject([{ target: "everything" }, { until: dana.until(60_000) }]);
  });

  test("of the same scope again extends the first, and the record has both", async () => {
    const first = await dana.suspend(ALL, HOUR_MS);
    const second = await dana.suspend(ALL, 2 * HOUR_MS, "INC-2");
    const shorter = await dana.suspend(ALL, HOUR_MS / 2, "INC-3");

    const id = first.kind === "ok" ? first.value.id : "";
    expect([second, shorter]).toMatchObject([
      { value: { id, reason: "INC-2", until: dana.until(2 * HOUR_MS) } },
      { value: { id, reason: "INC-2", until: dana.until(2 * HOUR_MS) } },
    ]);
    expect(await fake.store.suspensions(fake.clock.nowMs())).toHaveLength(1);
    expect(fake.audit.log.filter(({ kind }) => kind === "suspended")).toMatchObject([
      { id, reason: "INC-1" },
      { id, reason: "INC-2" },
      { id, reason: "INC-3" },
    ]);
  });

  test("of another scope does not extend the first", async () => {
    await dana.suspend(ALL);
    await dana.suspend({ ...ALL, namespace: "orders" });

    expect(await fake.store.suspensions(fake.clock.nowMs())).toHaveLength(2);
  });

  test("announces no write for an account in observe, nor a write that still needs an approval", async () => {
    const files = manifests({ a: WRITE_ORDERS, b: READ_ORDERS });
    const accounts = files["platform/accounts.yaml"]?.replace("mode: enforce", "mode: observe") ?? "";
    await dana.suspend();
    await fake.push({ ...files, "platform/accounts.yaml": accounts });
    await fake.clock.pass(HOUR_MS - 1_000);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending")).toMatchObject([
      { target: "everything", willChange: [] },
    ]);
  });

  test("ends immediately by a resume, which records the operator and the reason", async () => {
    const made = await dana.suspend();
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const id = made.kind === "ok" ? made.value.id : "";

    await fake.control.resume({ id, reason: "over" }, "robin");
    await settled();

    expect(fake.audit.log.find(({ kind }) => kind === "resumed")).toMatchObject({
      id,
      actor: "robin",
      reason: "over",
    });
    expect(aws.writes).toHaveLength(1);
    expect(await fake.control.resume({ id, reason: "again" }, "robin")).toMatchObject({
      error: { code: "not-found" },
    });
  });

  test.each([
    { make: () => dana.suspend(ALL, -1), code: "invalid", because: "its end is in the past" },
    { make: () => dana.suspend(ALL, HOUR_MS, "  "), code: "invalid", because: "it has no reason" },
    {
      make: () => dana.suspend({ ...ALL, key: keyOf("unknown") }),
      code: "not-found",
      because: "there is no such key",
    },
    {
      make: () => fake.control.suspend({ scope: ALL, reason: "x", until: "tomorrow" }, "dana"),
      code: "invalid",
      because: "its end is not a time",
    },
  ])("is refused: $because", async ({ make, code }) => {
    expect(await make()).toMatchObject({ kind: "err", error: { code } });
    expect((await fake.control.overview()).suspensions).toEqual([]);
  });

  test("that can't be recorded does not take effect", async () => {
    fake.audit.failure = new Error("full");

    await expect(dana.suspend()).rejects.toThrow("full");
    fake.audit.failure = null;
    expect((await fake.control.overview()).suspensions).toEqual([]);
  });
});
