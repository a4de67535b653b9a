import { ACCOUNT, ALL, HOUR_MS, Operator, recordAway, startedWithTwoFunctions } from "./operator.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";

let fake: FakeController;
let dana: Operator;

beforeEach(async () => {
  fake = await startedWithTwoFunctions();
  dana = new Operator(fake);
});
afterEach(() => fake.stop());

const MINUTE_MS = 60_000;

describe("a suspension", () => {
  beforeEach(() => fake.converge());

  test("and an orphan are reported again every day, also if the record is away at midnight", async () => {
    await dana.suspend({ ...ALL, namespace: "orders" }, 48 * HOUR_MS);
    await fake.push(manifests({ a: READ_ORDERS }));
    await fake.clock.pass(12 * HOUR_MS - MINUTE_MS);
    const back = recordAway(fake);
    await fake.clock.pass(2 * MINUTE_MS);
    back();
    await fake.clock.pass(10 * MINUTE_MS);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "daily-reminder")).toEqual([
      {
        kind: "daily-reminder",
        suspensions: [
          { id: expect.any(String), target: "orders/", until: "2026-10-03T12:00:05.000Z", actor: "dana" },
        ],
        orphans: [{ arn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/b-eu-west-1`, account: "prod" }],
      },
    ]);
  });

  test.each([
    { startMs: 11 * HOUR_MS, reminders: 0, because: "the day is the same" },
    { startMs: 13 * HOUR_MS, reminders: 1, because: "another day has begun meanwhile" },
  ])(
    "is in $reminders reminders of a controller that was stopped until after $startMs ms: $because",
    async ({ startMs, reminders }) => {
      await dana.suspend(ALL, 48 * HOUR_MS);
      await fake.clock.pass(MINUTE_MS);
      await fake.stop();
      await fake.clock.pass(startMs - 10 * MINUTE_MS);
      await fake.start();
      await fake.clock.pass(2 * MINUTE_MS);
      await fake.stop();
      await fake.start();
      await fake.clock.pass(2 * MINUTE_MS);

      expect(fake.recorder.alerts.filter(({ kind }) => kind === "daily-reminder")).toHaveLength(reminders);
    },
  );
});
