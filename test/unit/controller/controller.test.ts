import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { awsError, type FakeAws } from "../../support/fakes/fake-aws.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const OTHER_KEY = `function/${ACCOUNT}/eu-west-1/orders/b` as Key;

const BOTH = manifests({ a: READ_ORDERS, b: READ_ORDERS });

let fake: FakeController;
let aws: FakeAws;

beforeEach(() => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
});
afterEach(async () => {
  fake.store.failure = null;
  fake.audit.failure = null;
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const callsOf = (): readonly string[] => aws.writes.map(({ call }) => call);
const kinds = (): readonly string[] => fake.audit.log.map(({ kind }) => kind);

describe("the beginning", () => {
  test("of a replica that took over is in the record before its start, and of any other is not", async () => {
    const takeover = { from: "pid 1 on gk-0", epoch: 7, leaseEnd: "expired" } as const;
    fake.store.takeover = takeover;
    await fake.start();

    const [first, second] = fake.audit.log;
    expect([first, second?.kind]).toMatchObject([{ kind: "replica-took-over", ...takeover }, "started"]);
  });

  test("is one held plan over the account, and nothing is written before the approval", async () => {
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.start();

    const { holds } = await fake.control.overview();
    expect(holds.map(({ keys }) => keys)).toEqual([[KEY, OTHER_KEY]]);
    expect([aws.writes, fake.condition(KEY, "Ready")]).toEqual([[], "False AwaitingApproval"]);
    expect(fake.recorder.alerts.map(({ kind }) => kind)).toEqual(["first-comparison", "held"]);
  });

  test("ends with the approval: everything is written and read back, and a second pass writes nothing", async () => {
    await fake.startConverged(BOTH);

    expect(fake.condition(KEY, "Ready")).toBe("Unknown WaitingForFunction");
    await fake.clock.pass(2 * SWEEP_MS);
    expect([callsOf(), aws.sweeps.length]).toEqual([[], 2]);
    expect((await fake.control.overview()).holds).toEqual([]);
  });

  test("is recorded: started, accepted, found, held", async () => {
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();

    expect([...new Set(kinds())]).toEqual(["started", "revision-accepted", "drift-found", "plan-held"]);
  });

  test("is ready once the first revision is compiled, and names the accounts that are not compared yet", async () => {
    const look = Promise.withResolvers<void>();
    const sweep = aws.sweep.bind(aws);
    aws.sweep = async (request) => {
      await look.promise;
      return sweep(request);
    };
    await fake.start();
    const before = fake.control.readiness();
    await fake.push(manifests({ a: READ_ORDERS }));
    const looking = fake.control.readiness();
    const { accounts } = await fake.control.overview();
    look.resolve();
    await settled();

    expect(before).toEqual({ ready: false, waitingFor: ["nothing was pushed"], comparing: [] });
    const comparing = [{ account: "prod", failing: null }];
    expect(looking).toEqual({ ready: true, waitingFor: [], comparing });
    expect(accounts[0]?.comparing).toBe(true);
    expect(fake.control.readiness()).toEqual({ ready: true, waitingFor: [], comparing: [] });
    expect((await fake.control.overview()).accounts[0]?.comparing).toBe(false);
  });

  test("is ready with an account that can't be read, which is probed and recovers by itself", async () => {
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();
    const [account] = (await fake.control.overview()).accounts;

    expect(fake.control.readiness()).toMatchObject({
      ready: true,
      comparing: [{ account: "prod", failing: expect.stringContaining("iam:ListRoles") }],
    });
    expect(account?.record?.failing?.reason).toContain("iam:ListRoles: AccessDenied");
    aws.readError = null;
    await fake.clock.pass(61_000);
    expect((await fake.control.overview()).accounts[0]?.record?.failing).toBeNull();
    expect(fake.control.readiness().comparing).toEqual([]);
  });

  test("of a push leaves what it changed uncompared until a pass has compared it and is in the record", async () => {
    await fake.startConverged(BOTH);
    const answer = Promise.withResolvers<void>();
    const read = aws.read.bind(aws);
    aws.read = async (request) => {
      await answer.promise;
      return read(request);
    };
    const uncompared = (): readonly boolean[] =>
      [KEY, OTHER_KEY].map((key) => fake.control.uncomparedSince(key) !== null);

    const before = uncompared();
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const looking = uncompared();
    answer.resolve();
    await settled();

    expect([before, looking, uncompared()]).toEqual([
      [false, false],
      [true, false],
      [false, false],
    ]);
  });

  test("after a failed sweep still covers the complete account, so that no write is unreviewed", async () => {
    aws.readError = awsError("throttled");
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.start();
    aws.readError = null;
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    const { holds } = await fake.control.overview();
    expect(holds.map(({ keys }) => keys)).toEqual([[KEY, OTHER_KEY]]);
    expect(fake.store.accountRecords.get(ACCOUNT)?.started).toBe(false);
  });
});

describe("a restart", () => {
  test("that reads no manifest of the accepted revision is shown as a failure of the source", async () => {
    await fake.startConverged(BOTH);
    await fake.stop();
    await fake.start({ manifestLimits: { ...SETTINGS.manifestLimits, fileBytes: 1 } });

    expect((await fake.control.overview()).source).toMatchObject({
      accepted: null,
      failure: { message: expect.stringContaining("0 manifests"), fix: expect.stringContaining("limits") },
    });
  });

  test("continues from the record, and enforces the accepted revision while the source is unreachable", async () => {
    await fake.startConverged(BOTH);
    await fake.stop();
    fake.source.failure = new SourceError({ code: "unreachable", message: "no route", fix: "fix it" });
    await fake.start();

    const { source, holds } = await fake.control.overview();
    expect([source.accepted !== null, source.failure?.message, holds, callsOf()]).toEqual([
      true,
      "no route",
      [],
      [],
    ]);
    expect(aws.sweeps).toHaveLength(1);
  });

  test("with an unreachable source and without the accepted revision reports both", async () => {
    await fake.startConverged(BOTH);
    await fake.stop();
    fake.source.failure = new SourceError({ code: "unreachable", message: "no route", fix: "fix it" });
    const gone = new SourceError({ code: "not-found", message: "the mirror is gone", fix: "fetch" });
    fake.source.at = () => Promise.resolve({ kind: "err", error: gone });
    await fake.start();

    expect(fake.control.readiness()).toEqual({
      ready: false,
      waitingFor: ["the mirror is gone"],
      comparing: [],
    });
    expect(aws.sweeps).toEqual([]);
  });

  test("is recorded and signed at both ends", async () => {
    await fake.startConverged(BOTH);
    const signed = fake.audit.checkpoints;
    await fake.stop();

    expect([fake.audit.log.at(-1)?.kind, fake.audit.checkpoints]).toEqual(["stopped", signed + 1]);
  });
});

describe("a team that claims the function of another", () => {
  test("does not affect the other team, even after a restart", async () => {
    await fake.startConverged(BOTH);
    const claim = manifests({ b: `  function: a\n${READ_ORDERS}` })["teams/orders/b.yaml"] ?? "";

    await fake.push({
      ...manifests({ a: WRITE_ORDERS, b: READ_ORDERS }),
      "teams/payments/claim.yaml": claim.replace("name: b", "name: claim"),
    });
    await fake.clock.pass(SWEEP_MS);
    const written = [...aws.writes];
    await fake.stop();
    await fake.start();

    expect(written).toMatchObject([{ call: "iam:PutRolePolicy", key: KEY }]);
    const { diagnostics } = await fake.control.overview();
    expect(
      diagnostics.filter(({ severity }) => severity === "error").map(({ origin }) => origin.file),
    ).toEqual(["teams/payments/claim.yaml"]);
  });
});

describe("the record's disk", () => {
  beforeEach(() => fake.startConverged(BOTH));

  test("makes no call while it is full, and continues by itself once there is space", async () => {
    fake.audit.failure = new Error("no space left on the device");
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(120_000);
    const meanwhile = [callsOf(), fake.telemetry.errors().includes("step failed")];
    fake.audit.failure = null;
    await fake.clock.pass(360_000);

    expect(meanwhile).toEqual([[], true]);
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
    expect(fake.condition(KEY, "Drifted")).toBe("False NoDriftDetected");
  });

  test("causes no permanent stop if it can't be read", async () => {
    fake.store.failure = new Error("disk I/O error");
    await fake.clock.pass(SWEEP_MS);
    fake.store.failure = null;
    await fake.clock.pass(SWEEP_MS * 1.5);

    expect(aws.sweeps.length).toBeGreaterThan(0);
  });
});

describe("the clock", () => {
  test("going back causes neither a busy loop nor a write", async () => {
    await fake.startConverged(BOTH);
    fake.clock.set(NOW_MS - 3_600_000);
    const sleeps = fake.clock.sleeps;
    await fake.clock.pass(10_000);

    expect(fake.clock.sleeps - sleeps).toBeLessThan(20);
    expect(callsOf()).toEqual([]);
  });

  test("jumping ahead causes one pass, not many", async () => {
    await fake.startConverged(BOTH);
    fake.clock.set(fake.clock.nowMs() + 86_400_000);
    fake.control.fetchSoon("test", [null]);
    await settled();

    expect([aws.sweeps.length, callsOf()]).toEqual([1, []]);
  });
});
