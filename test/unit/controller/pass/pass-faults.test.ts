import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const FAULT = new TypeError(
  "cannot read https://dana:hunter22@example.com/x?token=hunter22\n    at settle (src/settle.ts:1)",
);

let fake: FakeController;
let aws: FakeAws;
let sweep: FakeAws["sweep"];

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  sweep = aws.sweep.bind(aws);
  fake.source.push(manifests({ a: READ_ORDERS }));
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

async function converged(): Promise<void> {
  await fake.start();
  for (const { subject } of (await fake.control.overview()).holds)
    await fake.control.approve({ subject, reason: "test", forMs: 3_600_000 }, "dana");
  await fake.clock.pass(5_000);
}

async function failingNow(): Promise<void> {
  aws.sweep = () => Promise.reject(FAULT);
  const sweeps = fake.telemetry.errors().length;
  for (let minutes = 0; minutes < 10 && fake.telemetry.errors().length === sweeps; minutes += 1)
    await fake.clock.pass(60_000);
}

const alertsOf = (kind: string): readonly unknown[] =>
  fake.recorder.alerts.filter((alert) => alert.kind === kind);

describe("a pass that fails because of a bug", () => {
  test("is an account that fails, immediately, by the first line of the error and without secrets", async () => {
    await converged();
    await failingNow();
    const [account] = (await fake.control.overview()).accounts;

    expect(account).toMatchObject({ hasFault: true });
    expect(account?.record?.failing?.reason).toMatch(/^TypeError: cannot read https:\/\//);
    expect(account?.record?.failing?.reason).not.toMatch(/hunter22|dana|at settle|\n/);
    expect(fake.store.accountRecords.get(ACCOUNT)?.failing).toBeNull();
  });

  test("shows nothing as read: the effective permissions show since when reads fail", async () => {
    await converged();
    await failingNow();
    const { accounts, suspensions, rejections } = await fake.control.overview();
    const record = fake.store.records.get(KEY) ?? null;
    const state = fake.control.permissionState(KEY, {
      record,
      isUncompared: false,
      applied: record?.applied ?? null,
      account: accounts[0]?.record ?? null,
      suspensions,
      rejections,
    });

    expect(state.pending.map(({ reason }) => reason.kind)).toContain("unreadable");
  });

  test("alerts once while it lasts, and once when the account is read again", async () => {
    await converged();
    await failingNow();
    await fake.clock.pass(2 * SWEEP_MS);
    const during = [alertsOf("pass-failed").length, alertsOf("pass-recovered").length];
    aws.sweep = sweep;
    await fake.clock.pass(2 * SWEEP_MS);

    expect(during).toEqual([1, 0]);
    expect([alertsOf("pass-failed").length, alertsOf("pass-recovered").length]).toEqual([1, 1]);
    expect((await fake.control.overview()).accounts[0]).toMatchObject({ hasFault: false });
    expect((await fake.control.overview()).accounts[0]?.record?.failing).toBeNull();
  });

  test("loses no alert of its end if that cannot be recorded the first time", async () => {
    await converged();
    await failingNow();
    const { recorder } = fake;
    const record = recorder.record.bind(recorder);
    recorder.record = (settlement) => {
      if (settlement.alerts.every(({ kind }) => kind !== "pass-recovered")) return record(settlement);
      recorder.record = record;
      return Promise.reject(new Error("the disk is full"));
    };
    aws.sweep = sweep;
    await fake.clock.pass(10 * SWEEP_MS);

    expect(alertsOf("pass-recovered")).toHaveLength(1);
  });

  test("of the first pass is named by the readiness probe", async () => {
    aws.sweep = () => Promise.reject(FAULT);
    await fake.start();

    expect(fake.control.readiness().comparing).toEqual([
      { account: "prod", failing: expect.stringMatching(/^TypeError: cannot read/) },
    ]);
  });

  test("ends a waiting reconcile: the account is reported as unreadable", async () => {
    await converged();
    aws.sweep = () => Promise.reject(FAULT);
    const asked = await fake.control.reconcile({ kind: "all" }, "dana");
    await settled();
    await fake.clock.pass(5_000);

    expect(fake.control.reconciled(asked.kind === "ok" ? asked.value.token : "")).toMatchObject({
      done: true,
      unreadable: [{ account: "prod", reason: expect.stringContaining("TypeError") }],
    });
  });
});

test("shows only the first line of a fetch error, without secrets", async () => {
  await converged();
  fake.source.failure = FAULT;
  fake.control.fetchSoon("test", [null]);
  await settled();

  const { failure } = (await fake.control.overview()).source;
  expect(failure?.message).toContain("TypeError: cannot read https://");
  expect(failure?.message).not.toMatch(/hunter22|dana|at settle|\n/);
});
