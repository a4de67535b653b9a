import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { asFailure, httpStatusOf } from "../../../src/http/request/failure.ts";
import { StoreError } from "../../../src/store/errors.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../support/fakes/fake-controller.ts";

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const AWAY = new StoreError("unreachable", "cannot read the keys: the database cannot be reached");

test("a record that does not answer for minutes ends readiness and passes, is logged once, and then all goes on", async () => {
  await fake.startConverged(manifests({ a: READ_ORDERS }));
  const aws = fake.cloud.account("111122223333" as never);

  fake.store.failure = AWAY;
  await fake.clock.pass(3 * SWEEP_MS);
  const away = fake.control.readiness();
  fake.store.failure = null;
  const sweeps = aws.sweeps.length;
  await fake.clock.pass(2_000);

  expect(away).toMatchObject({
    ready: false,
    waitingFor: [
      "the record: cannot read the keys: the database cannot be reached; check the database server and the network to it",
    ],
  });
  expect(fake.control.readiness().ready).toBe(true);
  expect(aws.sweeps.length).toBeGreaterThan(sweeps);
  const texts = fake.telemetry.lines.map(({ text }) => text);
  expect(texts.filter((text) => text.startsWith("the record"))).toEqual([
    "the record does not answer",
    "the record answers again",
  ]);
  expect(texts).not.toContain("step failed");
});

test("a request gets the answer to come back, without names of hosts and files", () => {
  const failure = asFailure(AWAY);

  expect(failure === null ? null : httpStatusOf(failure)).toMatchObject({
    code: 503,
    reason: "ServiceUnavailable",
    message: "the record of the controller does not answer",
    details: { retryAfterSeconds: 5 },
  });
});
