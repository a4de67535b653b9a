import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { changeMessage } from "../../support/aws/change-message.ts";
import { awsError, type FakeAws } from "../../support/fakes/fake-aws.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../support/fakes/fake-controller.ts";
import { ROLE_NAME, TRAIL_FIELDS } from "../../support/trail/fields.ts";
import type { AwsError } from "../../../src/model/aws/errors/aws-error.ts";
import { err } from "../../../src/model/values/result.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;

let fake: FakeController;
let aws: FakeAws;
/** Ends the read of the sweep, which shows the account as it was at its start, or fails with an error. */
let endSweep: PromiseWithResolvers<AwsError | null>;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  await fake.startConverged(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
  const sweep = aws.sweep.bind(aws);
  endSweep = Promise.withResolvers();
  aws.sweep = async (request) => {
    const live = await sweep(request);
    const failure = await endSweep.promise;
    return failure === null ? live : err(failure);
  };
  while (aws.sweeps.length === 0) await fake.clock.pass(10_000);
  await fake.clock.pass(5_000);
  fake.recorder.alerts.splice(0);
  fake.audit.log.splice(0);
});

afterEach(async () => {
  endSweep.resolve(null);
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const [, , DOCUMENT] = TRAIL_FIELDS;

/** A principal replaces the inline policy of the role. */
function replacePolicy(): void {
  if (DOCUMENT !== undefined) aws.live = DOCUMENT.set(aws.live, DOCUMENT.values[0] ?? null);
}

async function eventArrives(): Promise<void> {
  const requestParameters = {
    roleName: ROLE_NAME,
    policyName: "grantkeeper",
    policyDocument: DOCUMENT?.values[0],
  };
  const record = { eventID: "e1", eventName: "PutRolePolicy", requestParameters };
  await fake.changes.receive([changeMessage({ record })], new Set([ACCOUNT]));
  await fake.clock.pass(2_000);
}

const kinds = (): readonly string[] => fake.audit.log.map(({ kind }) => kind);
const callsOf = (): readonly string[] => aws.writes.map(({ call }) => call);
const alerts = (): readonly string[] => fake.recorder.alerts.map(({ kind }) => kind);

describe("an event that arrives while a sweep reads", () => {
  test("is alerted to and reverted before the sweep ends", async () => {
    replacePolicy();
    await eventArrives();

    expect(alerts()).toContain("drift-opened");
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
    expect((await fake.control.overview()).accounts[0]?.passing).toBe(true);
  });

  test("is not found again by the sweep, whose reading is older than the revert", async () => {
    endSweep.resolve(null);
    endSweep = Promise.withResolvers();
    await fake.clock.pass(SWEEP_MS * 0.5);
    replacePolicy();
    await fake.clock.pass(SWEEP_MS * 0.7);
    await eventArrives();
    const recorded = kinds();
    const reverted = callsOf();

    endSweep.resolve(null);
    await fake.clock.pass(5_000);

    expect([recorded, reverted]).toEqual([
      ["drift-found", "write-intended", "write-finished", "drift-ended"],
      ["iam:PutRolePolicy"],
    ]);
    expect([kinds(), callsOf()]).toEqual([recorded, reverted]);
    expect(Object.keys(fake.store.records.get(KEY)?.revertsMs ?? {})).toHaveLength(1);
  });

  test("is not lost if the sweep then fails: the account is shown as unreadable, and the revert stays recorded", async () => {
    replacePolicy();
    await eventArrives();

    endSweep.resolve(awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" }));
    await settled();

    expect(fake.store.accountRecords.get(ACCOUNT)?.failing?.reason).toContain("iam:ListRoles");
    expect(Object.keys(fake.store.records.get(KEY)?.revertsMs ?? {})).toHaveLength(1);
    endSweep = Promise.withResolvers();
  });
});

describe("a push while a sweep reads", () => {
  test("is written before the sweep ends, and the sweep does not write what was declared at its start", async () => {
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(10_000);
    await fake.approveAll();
    await fake.clock.pass(10_000);
    const written = callsOf();
    const drifts = kinds().filter((kind) => kind === "drift-found").length;

    endSweep.resolve(null);
    await fake.clock.pass(20_000);

    expect(written).not.toEqual([]);
    expect(callsOf()).toEqual(written);
    expect(kinds().filter((kind) => kind === "drift-found")).toHaveLength(drifts);
    expect(fake.control.uncomparedSince(KEY)).toBeNull();
  });

  test("with a new function: the sweep, which was not asked for it, does not take it for missing", async () => {
    await fake.push(manifests({ a: READ_ORDERS, b: READ_ORDERS, c: READ_ORDERS }));
    await fake.clock.pass(10_000);
    await fake.approveAll();
    await fake.clock.pass(10_000);
    const created = callsOf();
    const recorded = kinds();

    endSweep.resolve(null);
    await fake.clock.pass(10_000);

    expect(created).toContain("iam:CreateRole");
    expect(callsOf()).toEqual(created);
    expect(kinds()).toEqual(recorded);
    expect((await fake.control.overview()).orphans).toEqual([]);
  });

  test("that changes the account ends the sweep as one that did not read all of it", async () => {
    const sweptMs = fake.store.accountRecords.get(ACCOUNT)?.lastSweepMs;
    const files = manifests({ a: WRITE_ORDERS, b: READ_ORDERS });
    const accounts = files["platform/accounts.yaml"]?.replace("[eu-west-1]", "[eu-west-1, eu-west-2]") ?? "";
    await fake.push({ ...files, "platform/accounts.yaml": accounts });
    await fake.clock.pass(5_000);

    endSweep.resolve(null);
    endSweep = Promise.withResolvers();
    await fake.clock.pass(5_000);

    expect(aws.sweeps.length).toBeGreaterThan(1);
    expect(fake.store.accountRecords.get(ACCOUNT)?.lastSweepMs).toBe(sweptMs);
  });

  test("that removes the account ends a request that waits for another sweep of it", async () => {
    const asked = await fake.control.reconcile({ kind: "all" }, "dana");
    const token = asked.kind === "ok" ? asked.value.token : "";
    await fake.clock.pass(5_000);
    const isDone = fake.control.reconciled(token)?.done;
    await fake.push(manifests({}, {}));
    await fake.clock.pass(5_000);

    endSweep.resolve(null);
    await fake.clock.pass(5_000);

    expect(isDone).toBe(false);
    expect(fake.control.reconciled(token)).toMatchObject({ done: true, waitingFor: [] });
  });

  test("that removes the account leaves nothing of the sweep in the record", async () => {
    replacePolicy();
    await eventArrives();
    await fake.push({ ...manifests({}, {}) });
    await fake.clock.pass(5_000);
    const recorded = kinds();

    endSweep.resolve(null);
    await fake.clock.pass(500);

    expect(kinds()).toEqual(recorded);
    expect((await fake.control.overview()).accounts).toEqual([]);
  });
});

test("a push of many functions is read by one sweep, which the read of an event does not wait for", async () => {
  const names = Array.from({ length: 60 }, (_, at) => `f${at}`);
  const all = Object.fromEntries(names.map((name) => [name, WRITE_ORDERS]));
  endSweep.resolve(null);
  await fake.clock.pass(5_000);
  endSweep = Promise.withResolvers();
  aws.sweeps.splice(0);
  aws.reads.splice(0);

  await fake.push(manifests({ ...all, a: READ_ORDERS, b: READ_ORDERS }));
  await fake.clock.pass(2_000);
  const [sweeps, reads] = [aws.sweeps.length, aws.reads.length];
  replacePolicy();
  await eventArrives();

  expect([sweeps, reads]).toEqual([1, 0]);
  expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
  expect(aws.sweeps).toHaveLength(1);
});

describe("a push of many functions during each sweep", () => {
  const manyFunctions = (round: number): Readonly<Record<string, string>> => {
    const [text, other] = round % 2 === 0 ? [WRITE_ORDERS, READ_ORDERS] : [READ_ORDERS, WRITE_ORDERS];
    const names = Array.from({ length: 60 }, (_, at) => `f${at}`);
    return {
      ...Object.fromEntries(names.map((name) => [name, at(name) ? text : other])),
      a: READ_ORDERS,
      b: READ_ORDERS,
    };
  };
  const at = (name: string): boolean => name.endsWith("0") || name.length === 2;

  test("ends no writes: a drift without an event is reverted by the sweep, in the revision in force", async () => {
    endSweep.resolve(null);
    await fake.clock.pass(5_000);
    endSweep = Promise.withResolvers();
    replacePolicy();
    aws.sweeps.splice(0);
    while (aws.sweeps.length === 0) await fake.clock.pass(10_000);
    await fake.push(manifests(manyFunctions(0)));
    await fake.clock.pass(5_000);
    const before = callsOf();
    const ends = endSweep;
    // The next sweep, which the push makes due, never ends.
    endSweep = Promise.withResolvers();
    ends.resolve(null);
    await fake.clock.pass(5_000);

    expect(before).toEqual([]);
    expect(callsOf()).toContain("iam:PutRolePolicy");
  });
});
