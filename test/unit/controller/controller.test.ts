import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { awsError, type FakeAws } from "../../support/fakes/fake-aws.ts";
import { settled } from "../../support/fakes/fake-clock.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const OTHER_KEY = `function/${ACCOUNT}/eu-west-1/orders/b` as Key;

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

/** Started, approved, and everything read back. */
async function converged(files = manifests({ a: READ_ORDERS, b: READ_ORDERS })): Promise<void> {
  fake.source.push(files);
  await fake.start();
  await approveAll();
  await fake.clock.pass(5_000);
  aws.writes.splice(0);
  aws.sweeps.splice(0);
  aws.reads.splice(0);
}

async function approveAll(): Promise<void> {
  for (const { subject } of (await fake.control.overview()).holds)
    await fake.control.approve({ subject, reason: "test", forMs: 3_600_000 }, "dana");
  await settled();
}

async function push(files: ReturnType<typeof manifests>): Promise<void> {
  fake.source.push(files);
  fake.control.fetchSoon("test");
  await settled();
}

const conditionOf = (key: Key, type: string): string | undefined => {
  const found = fake.store.records.get(key)?.status?.conditions.find((condition) => condition.type === type);
  return found === undefined ? undefined : `${found.status} ${found.reason}`;
};
const callsOf = (): readonly string[] => aws.writes.map(({ call }) => call);
const kinds = (): readonly string[] => fake.audit.log.map(({ kind }) => kind);

describe("the beginning", () => {
  test("is one held plan over the account, and nothing is written before the approval", async () => {
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.start();

    const { holds } = await fake.control.overview();
    expect(holds.map(({ keys }) => keys)).toEqual([[KEY, OTHER_KEY]]);
    expect([aws.writes, conditionOf(KEY, "Ready")]).toEqual([[], "False AwaitingApproval"]);
    expect(fake.recorder.alerts.map(({ kind }) => kind)).toEqual(["first-comparison", "held"]);
  });

  test("ends with the approval: everything is written and read back, and a second pass writes nothing", async () => {
    await converged();

    expect(conditionOf(KEY, "Ready")).toBe("Unknown WaitingForFunction");
    await fake.clock.pass(2 * SWEEP_MS);
    expect([callsOf(), aws.sweeps.length]).toEqual([[], 2]);
    expect((await fake.control.overview()).holds).toEqual([]);
  });

  test("is recorded: started, accepted, found, held", async () => {
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();

    expect([...new Set(kinds())]).toEqual(["started", "revision-accepted", "drift-found", "plan-held"]);
  });

  test("is ready once every account was read, or has a reported failure", async () => {
    const look = Promise.withResolvers<void>();
    const sweep = aws.sweep.bind(aws);
    aws.sweep = async (request) => {
      await look.promise;
      return sweep(request);
    };
    await fake.start();
    const before = fake.control.readiness();
    await push(manifests({ a: READ_ORDERS }));
    const looking = fake.control.readiness();
    look.resolve();
    await settled();

    expect(before).toEqual({ ready: false, waitingFor: ["nothing was pushed"] });
    expect(looking).toEqual({ ready: false, waitingFor: ["the first pass of account prod"] });
    expect(fake.control.readiness()).toEqual({ ready: true, waitingFor: [] });
  });

  test("is ready with an account that can't be read, which is probed and recovers by itself", async () => {
    aws.readError = awsError("circuit", { call: "iam:ListRoles", code: "AccessDenied" });
    fake.source.push(manifests({ a: READ_ORDERS }));
    await fake.start();
    const [account] = (await fake.control.overview()).accounts;

    expect(fake.control.readiness().ready).toBe(true);
    expect(account?.record?.failing?.reason).toContain("iam:ListRoles: AccessDenied");
    aws.readError = null;
    await fake.clock.pass(61_000);
    expect((await fake.control.overview()).accounts[0]?.record?.failing).toBeNull();
  });

  test("after a failed sweep still covers the complete account, so that no write is unreviewed", async () => {
    aws.readError = awsError("throttled");
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.start();
    aws.readError = null;
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    const { holds } = await fake.control.overview();
    expect(holds.map(({ keys }) => keys)).toEqual([[KEY, OTHER_KEY]]);
    expect(fake.store.accountRecords.get(ACCOUNT)?.started).toBe(false);
  });
});

describe("a push", () => {
  beforeEach(() => converged());

  test("is applied with targeted reads of the changed keys", async () => {
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
    expect([
      aws.sweeps.length,
      aws.reads.every(({ roleNames }) => roleNames.join() === "a-eu-west-1"),
    ]).toEqual([0, true]);
  });

  test("is found by polling alone", async () => {
    const { fetches } = fake.source;
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(INTERVAL_MS * 1.1 + 1_000);

    expect(fake.source.fetches).toBeGreaterThan(fetches);
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
  });

  test("during a fetch is fetched after it", async () => {
    const fetching = Promise.withResolvers<void>();
    fake.source.during = () => fetching.promise;
    fake.control.fetchSoon("test");
    await settled();
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    fake.control.fetchSoon("test");
    fake.source.during = () => Promise.resolve();
    fetching.resolve();
    await settled();

    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
  });

  test("of a watched directory is fetched on its change event", async () => {
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    fake.source.changed();
    await settled();

    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
  });

  test("ends a pass under way before its next write", async () => {
    const next = manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS, c: READ_ORDERS, d: READ_ORDERS });
    const writing = Promise.withResolvers<void>();
    const apply = aws.apply.bind(aws);
    aws.apply = async (action, context) => {
      await writing.promise;
      return apply(action, context);
    };
    await push(next);
    await push(manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }));
    writing.resolve();
    await settled();

    // c and d had begun: their roles exist, and nothing else of them was created.
    expect(callsOf().filter((call) => call === "iam:CreateRole")).toHaveLength(2);
    expect(callsOf().filter((call) => call === "iam:PutRolePolicy")).toHaveLength(2);
  });

  test("changes the observed generation of an object only by a pass over it", async () => {
    const generations = (): readonly (readonly [number, number])[] =>
      [...fake.store.objectRecords.values()]
        .filter(({ name }) => name === "a")
        .map(({ generation, observedGeneration }) => [generation, observedGeneration] as const);
    const looking = Promise.withResolvers<void>();
    const read = aws.read.bind(aws);
    aws.read = async (request) => {
      await looking.promise;
      return read(request);
    };
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const before = generations();
    looking.resolve();
    await settled();

    expect([before, generations()]).toEqual([[[2, 1]], [[2, 2]]]);
  });

  test("without manifests is refused and reported once, and the accepted revision stays in force", async () => {
    fake.source.push({ "README.md": "nothing" });
    await fake.clock.pass(3 * INTERVAL_MS);

    expect((await fake.control.overview()).source.failure?.message).toContain("0 manifests");
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);
    expect(fake.store.records.has(KEY)).toBe(true);
  });

  test("that rewrote history is held, reported once, and accepted after an approval", async () => {
    fake.source.relation = "rewritten";
    const revision = fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(3 * INTERVAL_MS);
    const held = [callsOf(), (await fake.control.overview()).holds.map(({ subject }) => subject)];

    await approveAll();

    expect(held).toEqual([[], [revision]]);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "revision-held")).toHaveLength(1);
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
  });

  test("that rewrote history and was reverted is no longer pending, and is reported again if it returns", async () => {
    const accepted = (await fake.control.overview()).source.accepted;
    fake.source.relation = "rewritten";
    const revision = fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(2 * INTERVAL_MS);
    if (accepted !== null) fake.source.reset(accepted);
    await fake.clock.pass(2 * INTERVAL_MS);
    const between = (await fake.control.overview()).holds;
    fake.source.reset(revision);
    await fake.clock.pass(2 * INTERVAL_MS);

    expect(between).toEqual([]);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "revision-held")).toHaveLength(2);
  });

  test("that can't be fetched is reported once, by name, with a fix", async () => {
    fake.source.failure = new SourceError("unreachable", "no route to git", "fix the network");
    await fake.clock.pass(3 * INTERVAL_MS);

    expect((await fake.control.overview()).source.failure).toEqual({
      message: "no route to git",
      fix: "fix the network",
      refused: false,
    });
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);
    fake.source.failure = null;
    await fake.clock.pass(2 * INTERVAL_MS);
    expect((await fake.control.overview()).source.failure).toBeNull();
  });

  test.each([
    { failure: new SourceError("unreachable", "no route to git", "fix the network"), because: "Git fails" },
    { failure: new TypeError("cannot read properties of undefined"), because: "Grantkeeper fails" },
  ])("sends its alert once the record can be written: $because", async ({ failure }) => {
    const record = fake.recorder.record.bind(fake.recorder);
    fake.recorder.record = (settlement) =>
      settlement.alerts.length > 0 ? Promise.reject(new Error("disk")) : record(settlement);
    fake.source.failure = failure;
    await fake.clock.pass(2 * INTERVAL_MS);
    fake.recorder.record = record;
    await fake.clock.pass(4 * INTERVAL_MS);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);
  });

  test("that could not be accepted is accepted by the next fetch", async () => {
    const accounts = fake.store.accounts.bind(fake.store);
    let failures = 0;
    fake.store.accounts = () => (failures++ === 0 ? Promise.reject(new Error("disk")) : accounts());
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const before = callsOf();

    await fake.clock.pass(INTERVAL_MS);

    expect([before, callsOf()]).toEqual([[], ["iam:PutRolePolicy"]]);
  });

  test("that removes an account from Git changes nothing in the account", async () => {
    await push({ ...manifests({}, { other: "444455556666" }) });
    await fake.clock.pass(SWEEP_MS * 2);

    expect(aws.sweeps).toEqual([]);
    expect((await fake.control.overview()).accounts.map(({ name }) => name)).toEqual(["other"]);
  });

  test("that breaks an AwsAccount still compares the applied state there", async () => {
    await push({ ...manifests({ a: READ_ORDERS, b: READ_ORDERS }), "platform/accounts.yaml": "kind: [\n" });
    await fake.clock.pass(SWEEP_MS * 1.2);

    expect(aws.sweeps.length).toBeGreaterThan(0);
    expect(conditionOf(KEY, "Stalled")).toBe("True ValidationFailed");
  });
});

describe("a restart", () => {
  test("continues from the record, and enforces the accepted revision while the source is unreachable", async () => {
    await converged();
    await fake.stop();
    fake.source.failure = new SourceError("unreachable", "no route", "fix it");
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
    await converged();
    await fake.stop();
    fake.source.failure = new SourceError("unreachable", "no route", "fix it");
    fake.source.at = () => Promise.reject(new SourceError("not-found", "the mirror is gone", "fetch"));
    await fake.start();

    expect(fake.control.readiness()).toEqual({ ready: false, waitingFor: ["the mirror is gone"] });
    expect(aws.sweeps).toEqual([]);
  });

  test("is recorded and signed at both ends", async () => {
    await converged();
    const signed = fake.audit.checkpoints;
    await fake.stop();

    expect([fake.audit.log.at(-1)?.kind, fake.audit.checkpoints]).toEqual(["stopped", signed + 1]);
  });
});

describe("a team that claims the function of another", () => {
  test("does not affect the other team, even after a restart", async () => {
    await converged();
    const claim = manifests({ b: `  function: a\n${READ_ORDERS}` })["teams/orders/b.yaml"] ?? "";

    await push({
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

describe("a fetch that fails because of a bug", () => {
  beforeEach(() => converged());

  test("is in the status and an alert, never shows the push as accepted, and ends by itself", async () => {
    const accepted = (await fake.control.overview()).source.accepted;
    fake.source.failure = new TypeError("cannot read properties of undefined");
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(120_000);
    const { source } = await fake.control.overview();
    const alerts = fake.recorder.alerts.filter(({ kind }) => kind === "source-failed");
    fake.source.failure = null;
    await fake.clock.pass(120_000);

    expect(source.accepted).toBe(accepted);
    expect(source.failure?.message).toContain("was not processed: TypeError: cannot read properties");
    expect(alerts).toHaveLength(1);
    expect((await fake.control.overview()).source.failure).toBeNull();
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
  });

  test("is reported even if the record cannot store the revision", async () => {
    fake.audit.failure = new Error("no space left on the device");
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect((await fake.control.overview()).source.failure?.message).toContain("no space left on the device");
  });
});

describe("the record's disk", () => {
  beforeEach(() => converged());

  test("makes no call while it is full, and continues by itself once there is space", async () => {
    fake.audit.failure = new Error("no space left on the device");
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(120_000);
    const meanwhile = [callsOf(), fake.telemetry.errors().includes("step failed")];
    fake.audit.failure = null;
    await fake.clock.pass(360_000);

    expect(meanwhile).toEqual([[], true]);
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
    expect(conditionOf(KEY, "Drifted")).toBe("False NoDriftDetected");
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
    await converged();
    fake.clock.set(NOW_MS - 3_600_000);
    const sleeps = fake.clock.sleeps;
    await fake.clock.pass(10_000);

    expect(fake.clock.sleeps - sleeps).toBeLessThan(20);
    expect(callsOf()).toEqual([]);
  });

  test("jumping ahead causes one pass, not many", async () => {
    await converged();
    fake.clock.set(fake.clock.nowMs() + 86_400_000);
    fake.control.fetchSoon("test");
    await settled();

    expect([aws.sweeps.length, callsOf()]).toEqual([1, []]);
  });
});
