import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { awsError, type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const MINUTE_MS = 60_000;

let fake: FakeController;
let aws: FakeAws;
let tries = 0;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  for (const { subject } of (await fake.control.overview()).holds)
    await fake.control.approve({ subject, reason: "test", forMs: 3_600_000 }, "dana");
  await fake.clock.pass(5_000);
  tries = 0;
  aws.mishap = () => {
    tries += 1;
    const error = awsError("replan", {
      code: "PreconditionFailed",
      message: "the revision id does not match",
    });
    return { kind: "fails", error };
  };
  fake.source.push(manifests({ a: WRITE_ORDERS }));
  fake.control.fetchSoon("test", [null]);
  await settled();
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

function conditions(): readonly string[] {
  const all = fake.store.records.get(KEY)?.status?.conditions ?? [];
  return all
    .filter(({ type }) => type === "Ready" || type === "Stalled")
    .map(({ type, status, reason }) => `${type} ${status} ${reason}`);
}

test("a plan that AWS always reports as outdated is Stalled after ten minutes, with AWS's message, and retried slowly", async () => {
  await fake.clock.pass(5 * MINUTE_MS);
  const soon = conditions();
  await fake.clock.pass(15 * MINUTE_MS);
  const late = conditions();
  const message = fake.store.records
    .get(KEY)
    ?.status?.conditions.find(({ type }) => type === "Stalled")?.message;
  tries = 0;
  await fake.clock.pass(60 * MINUTE_MS);

  expect(soon).toEqual(["Ready Unknown Progressing"]);
  expect(late).toEqual(["Ready False ReconciliationFailed", "Stalled True RejectedByAws"]);
  expect(message).toContain("the revision id does not match");
  expect(tries).toBeGreaterThan(0);
  expect(tries).toBeLessThanOrEqual(30);
});

test("the plan continues by itself once AWS accepts it", async () => {
  await fake.clock.pass(20 * MINUTE_MS);
  aws.mishap = () => null;
  await fake.clock.pass(10 * MINUTE_MS);

  expect(conditions()).toEqual(["Ready Unknown WaitingForFunction"]);
  expect(fake.store.records.get(KEY)?.retryingSinceMs).toBeNull();
});
