import { ControllerControl } from "../../../src/controller/control/control.ts";
import { ControllerState } from "../../../src/controller/state/controller-state.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { actionDigest } from "../../../src/model/action.ts";
import type { SuspensionScope } from "../../../src/model/approval.ts";
import type { Digest } from "../../../src/model/values/digest.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { shortRevision } from "../../../src/model/values/revision.ts";
import { collect } from "../../support/collect.ts";
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
import { NOW_MS } from "../../support/pass/bindings.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";

const ACCOUNT = "111122223333" as AccountId;
const keyOf = (name: string): Key => `function/${ACCOUNT}/eu-west-1/orders/${name}` as Key;
const KEY = keyOf("a");
const ALL: SuspensionScope = { accountId: null, namespace: null, key: null };
const HOUR_MS = 3_600_000;

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
  await fake.start();
});
afterEach(() => fake.stop());

const approve = (subject: string, change: { reason?: string; forMs?: number } = {}) =>
  fake.control.approve({ subject, reason: "ok", forMs: HOUR_MS, ...change }, "dana");
const heldSubject = async (): Promise<string> => (await fake.control.overview()).holds[0]?.subject ?? "";
const until = (ms: number): string => new Date(fake.clock.nowMs() + ms).toISOString();
const suspend = (scope: SuspensionScope = ALL, forMs = HOUR_MS, reason = "INC-1") =>
  fake.control.suspend({ scope, reason, until: until(forMs) }, "dana");

async function converged(): Promise<void> {
  await approve(await heldSubject());
  await settled();
  await fake.clock.pass(5_000);
  aws.writes.splice(0);
}

async function push(files: ReturnType<typeof manifests>): Promise<void> {
  fake.source.push(files);
  fake.control.fetchSoon("test");
  await settled();
}

describe("a rejection", () => {
  const reject = (subject: string, reason = "ask the team first") =>
    fake.control.reject({ subject, reason }, "sam");
  const rejections = async () => (await fake.control.overview()).rejections;

  test("keeps the plan held, and is audited with the operator, the reason and its scope", async () => {
    const subject = await heldSubject();

    const rejected = await reject(subject.slice(7, 15));
    await fake.clock.pass(SWEEP_MS * 2);

    expect(rejected).toMatchObject({ kind: "ok", value: { subject, accountId: ACCOUNT, actor: "sam" } });
    expect(fake.audit.log.find(({ kind }) => kind === "rejected")).toMatchObject({
      subject,
      actor: "sam",
      reason: "ask the team first",
      covers: [{ key: KEY }, { key: keyOf("b") }],
    });
    expect(await rejections()).toMatchObject([{ subject, reason: "ask the team first" }]);
    expect([await heldSubject(), aws.writes]).toEqual([subject, []]);
  });

  test("after an approval is refused, because the approved calls run", async () => {
    const subject = await heldSubject();
    await approve(subject);

    const rejected = await reject(subject);
    await settled();

    expect(rejected).toMatchObject({ kind: "err", error: { code: "conflict" } });
    expect([fake.store.rejectionList, aws.writes.length > 0]).toEqual([[], true]);
    expect(fake.audit.log.map(({ kind }) => kind)).not.toContain("rejected");
  });

  test("ends when the plan changes: the new plan waits for an answer again", async () => {
    const subject = await heldSubject();
    await reject(subject);

    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(SWEEP_MS * 2);

    expect(await heldSubject()).not.toBe(subject);
    expect([await rejections(), fake.store.rejectionList]).toEqual([[], []]);
  });

  test("ends with a later approval, which runs", async () => {
    const subject = await heldSubject();
    await reject(subject);

    await approve(subject);
    await settled();

    expect(fake.store.rejectionList).toEqual([]);
    expect(aws.writes.length).toBeGreaterThan(0);
    expect(
      fake.audit.log.map(({ kind }) => kind).filter((kind) => /^(rejected|approved)$/.test(kind)),
    ).toEqual(["rejected", "approved"]);
  });

  test.each([
    { of: "0000000", reason: "x", code: "not-found", because: "no pending approval has that name" },
    { of: null, reason: " ", code: "invalid", because: "it needs a reason" },
  ])("is refused: $because", async ({ of, reason, code }) => {
    expect(await reject(of ?? (await heldSubject()), reason)).toMatchObject({ kind: "err", error: { code } });
    expect(fake.store.rejectionList).toEqual([]);
  });
});

describe("a plan that changed", () => {
  test("is known by its former digest or its first digits, and by no other", async () => {
    const former = await heldSubject();

    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect(await fake.control.formerlyHeld(former.slice(7, 15))).toEqual([KEY, keyOf("b")]);
    expect(await fake.control.formerlyHeld("00000000")).toEqual([]);
  });
});

describe("a short name that also names what was pending earlier", () => {
  /** The state after someone has searched for a plan with the same first digits, and pushed it. */
  async function withNamesake(): Promise<{ readonly subject: string; readonly short: string }> {
    const subject = await heldSubject();
    const short = subject.slice("sha256:".length, "sha256:".length + 8);
    const former = `sha256:${short}${"0".repeat(56)}` as Digest;
    await fake.audit.append([
      {
        kind: "plan-held",
        key: KEY,
        revision: fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS })),
        planDigest: former,
        subject: former,
        reason: "first enforcing run",
      },
    ]);
    return { subject, short };
  }

  test("approves nothing: the plan that was reviewed may be the other one", async () => {
    const { short } = await withNamesake();

    const approved = await approve(short);
    await settled();

    expect(approved).toMatchObject({ kind: "err", error: { code: "ambiguous" } });
    expect([fake.store.approvalList, aws.writes]).toEqual([[], []]);
  });

  test("rejects nothing", async () => {
    const { short } = await withNamesake();

    expect(await fake.control.reject({ subject: short, reason: "no" }, "sam")).toMatchObject({
      kind: "err",
      error: { code: "ambiguous" },
    });
  });

  test("does not prevent the use of the complete digest", async () => {
    const { subject } = await withNamesake();

    expect(await approve(subject)).toMatchObject({ kind: "ok", value: { subject } });
  });
});

test("a hold keeps its first start time, even after a restart", async () => {
  const since = async () => (await fake.control.overview()).holds.map(({ sinceMs }) => sinceMs);
  const [first] = await since();
  await fake.clock.pass(SWEEP_MS * 2);
  await fake.stop();

  await fake.start();

  expect([first, await since()]).toEqual([NOW_MS, [NOW_MS]]);
});

describe("an approval", () => {
  test("with fewer digits than the API and the CLI accept names nothing", async () => {
    const approved = await approve((await heldSubject()).slice(7, 14));

    expect(approved).toMatchObject({ kind: "err", error: { code: "not-found" } });
  });

  test.each([
    { name: (subject: string) => subject, because: "the complete digest" },
    { name: (subject: string) => subject.slice(7, 15), because: "eight digits" },
    { name: (subject: string) => subject.slice(0, 15), because: "eight digits with the algorithm" },
  ])("with $because releases the named plan", async ({ name }) => {
    const approved = await approve(name(await heldSubject()));
    await settled();

    expect(approved.kind).toBe("ok");
    expect(aws.writes.length).toBeGreaterThan(0);
  });

  test("covers exactly the actions that were shown, and records the operator, the reason and the end", async () => {
    const subject = await heldSubject();
    const shown = [KEY, keyOf("b")].map((key) => [
      key,
      (fake.control.keyView(key)?.plan?.actions ?? []).map(actionDigest),
    ]);

    const approved = await approve(subject);

    expect(approved).toEqual({
      kind: "ok",
      value: {
        subject,
        actor: "dana",
        reason: "ok",
        at: new Date(NOW_MS).toISOString(),
        expiresAt: new Date(NOW_MS + HOUR_MS).toISOString(),
        actions: Object.fromEntries(shown),
      },
    });
    expect(fake.audit.log.filter(({ kind }) => kind === "approved")).toMatchObject([
      { subject, actor: "dana" },
    ]);
  });

  test("records the functions, permissions and calls that it covers in the audit log", async () => {
    await approve(await heldSubject());

    expect(fake.audit.log.find(({ kind }) => kind === "approved")).toMatchObject({
      covers: [
        {
          key: KEY,
          permissions: expect.arrayContaining([
            expect.stringMatching(/^\+ dynamodb read .*table\/orders.*policy "grantkeeper"$/),
          ]),
          calls: expect.arrayContaining(["iam:CreateRole role/grantkeeper/a-eu-west-1"]),
        },
        { key: keyOf("b") },
      ],
    });
  });

  test.each([
    { subject: "0000000", code: "not-found", because: "no pending approval has that name" },
    { subject: "sha256", code: "not-found", because: "an algorithm name has no digits" },
    { subject: "", code: "not-found", because: "the name is empty" },
  ])("of $subject is refused: $because", async ({ subject, code }) => {
    expect(await approve(subject)).toMatchObject({ kind: "err", error: { code } });
    await settled();
    expect(aws.writes).toEqual([]);
  });

  test("by six digits is refused, even if the digest starts with them", async () => {
    expect(await approve((await heldSubject()).slice(7, 13))).toMatchObject({ kind: "err" });
  });

  test("needs a reason and an end", async () => {
    const subject = await heldSubject();

    expect(await approve(subject, { reason: " " })).toMatchObject({
      kind: "err",
      error: { code: "invalid" },
    });
    expect(await approve(subject, { forMs: 0 })).toMatchObject({ kind: "err", error: { code: "invalid" } });
    expect(await approve(subject, { forMs: Number.NaN })).toMatchObject({
      kind: "err",
      error: { code: "invalid" },
    });
  });

  test("of digits that two holds share is refused as ambiguous", async () => {
    const state = new ControllerState();
    const hold = (last: string): Hold => ({
      subject: `sha256:${"a".repeat(63)}${last}` as Hold["subject"],
      code: "needs-approval",
      reason: "x",
      sinceMs: NOW_MS,
      account: "prod",
      keys: [],
      actions: 1,
    });
    const ended = { number: state.beginPass(), accountId: ACCOUNT, keys: [], failure: null };
    state.passEnded(ended, { ...state.account(ACCOUNT), holds: [hold("1"), hold("2")] });
    const context = { state, settings: SETTINGS, ports: fake.ports() };
    const control = new ControllerControl(context, () => undefined);
    const named = (subject: string) => control.approve({ subject, reason: "ok", forMs: HOUR_MS }, "dana");

    expect(await named("a".repeat(12))).toMatchObject({ kind: "err", error: { code: "ambiguous" } });
    expect(await named(`${"a".repeat(63)}2`)).toMatchObject({
      kind: "ok",
      value: { subject: hold("2").subject },
    });
  });

  test("of a held revision accepts its short form, and covers no action", async () => {
    await converged();
    fake.source.relation = "rewritten";
    const revision = fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    fake.control.fetchSoon("test");
    await settled();
    expect(await approve(shortRevision(revision))).toMatchObject({
      kind: "ok",
      value: { subject: revision, actions: {} },
    });
    await settled();

    expect(aws.writes.map(({ call }) => call)).toEqual(["iam:PutRolePolicy"]);
  });
});

describe("a suspension", () => {
  beforeEach(converged);

  test("is in the record before it takes effect, and covers its scope", async () => {
    const made = await suspend({ ...ALL, key: KEY });
    await push(manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }));

    expect(made).toMatchObject({ kind: "ok", value: { actor: "dana", reason: "INC-1" } });
    expect(fake.audit.log.find(({ kind }) => kind === "suspended")).toMatchObject({ scope: KEY });
    expect(aws.writes.map(({ key }) => key)).toEqual([keyOf("b")]);
  });

  test("ends a pass under way before its next write", async () => {
    const writing = Promise.withResolvers<void>();
    const apply = aws.apply.bind(aws);
    aws.apply = async (action, context) => {
      await writing.promise;
      return apply(action, context);
    };
    await push(manifests({ a: READ_ORDERS, b: READ_ORDERS, c: READ_ORDERS }));
    await suspend();
    writing.resolve();
    await settled();
    await fake.clock.pass(SWEEP_MS);

    expect(aws.writes.map(({ call }) => call)).toEqual(["iam:CreateRole"]);
  });

  test("ends by itself, and the withheld actions run then", async () => {
    await suspend();
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const meanwhile = aws.writes.length;
    await fake.clock.pass(HOUR_MS + 2_000);

    expect([meanwhile, aws.writes.length]).toEqual([0, 1]);
  });

  test("ends even if it lasted only between two ticks", async () => {
    await suspend(ALL, 500);
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const meanwhile = aws.writes.length;
    await fake.clock.pass(2_000);

    expect([meanwhile, aws.writes.length]).toEqual([0, 1]);
  });

  test("sends one alert 15 minutes before its end, with the changes that will follow", async () => {
    await suspend();
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(HOUR_MS - 1_000);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending")).toMatchObject([
      { target: "everything", willChange: [{ key: KEY, account: "prod", writes: 1 }] },
    ]);
  });

  test("that is extended after the alert sends another one before its new end", async () => {
    await suspend(ALL, HOUR_MS);
    await fake.clock.pass(HOUR_MS - 60_000);
    await suspend(ALL, HOUR_MS, "INC-2");
    await fake.clock.pass(HOUR_MS - 60_000);

    const endingAlerts = fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending");
    expect(endingAlerts).toMatchObject([{ target: "everything" }, { until: until(60_000) }]);
  });

  test("of the same scope again extends the first, and the record has both", async () => {
    const first = await suspend(ALL, HOUR_MS);
    const second = await suspend(ALL, 2 * HOUR_MS, "INC-2");
    const shorter = await suspend(ALL, HOUR_MS / 2, "INC-3");

    const id = first.kind === "ok" ? first.value.id : "";
    expect([second, shorter]).toMatchObject([
      { value: { id, reason: "INC-2", until: until(2 * HOUR_MS) } },
      { value: { id, reason: "INC-2", until: until(2 * HOUR_MS) } },
    ]);
    expect(await fake.store.suspensions(fake.clock.nowMs())).toHaveLength(1);
    expect(fake.audit.log.filter(({ kind }) => kind === "suspended")).toMatchObject([
      { id, reason: "INC-1" },
      { id, reason: "INC-2" },
      { id, reason: "INC-3" },
    ]);
  });

  test("of another scope does not extend the first", async () => {
    await suspend(ALL);
    await suspend({ ...ALL, namespace: "orders" });

    expect(await fake.store.suspensions(fake.clock.nowMs())).toHaveLength(2);
  });

  test("announces no write for an account in observe, nor a write that still needs an approval", async () => {
    const files = manifests({ a: WRITE_ORDERS, b: READ_ORDERS });
    const accounts = files["platform/accounts.yaml"]?.replace("mode: enforce", "mode: observe") ?? "";
    await suspend();
    await push({ ...files, "platform/accounts.yaml": accounts });
    await fake.clock.pass(HOUR_MS - 1_000);

    expect(fake.recorder.alerts.filter(({ kind }) => kind === "suspension-ending")).toMatchObject([
      { target: "everything", willChange: [] },
    ]);
  });

  test("ends immediately by a resume, which records the operator and the reason", async () => {
    const made = await suspend();
    await push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
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
    { make: () => suspend(ALL, -1), code: "invalid", because: "its end is in the past" },
    { make: () => suspend(ALL, HOUR_MS, "  "), code: "invalid", because: "it has no reason" },
    {
      make: () => suspend({ ...ALL, key: keyOf("unknown") }),
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

    await expect(suspend()).rejects.toThrow("full");
    fake.audit.failure = null;
    expect((await fake.control.overview()).suspensions).toEqual([]);
  });

  test("and an orphan are reported again every day", async () => {
    await suspend({ ...ALL, namespace: "orders" }, 48 * HOUR_MS);
    await push(manifests({ a: READ_ORDERS }));
    await fake.clock.pass(13 * HOUR_MS);

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
});

test("a reconcile before the first revision is refused as unavailable while Git cannot be reached", async () => {
  const unread = new FakeController();
  unread.source.failure = new SourceError("unreachable", "cannot reach git", "check the URL");
  await unread.start();
  const asked = await unread.control.reconcile({ kind: "all" }, "dana");
  const stopped = unread.stop();
  await unread.clock.pass(11_000);
  await stopped;

  expect(asked).toMatchObject({
    kind: "err",
    error: {
      code: "unavailable",
      message: expect.stringContaining("cannot reach git"),
      hint: "check the URL",
    },
  });
});

describe("a requested reconcile", () => {
  beforeEach(converged);

  const ask = async (request: Parameters<typeof fake.control.reconcile>[0]): Promise<string> => {
    const asked = await fake.control.reconcile(request, "dana");
    if (asked.kind === "err") throw new Error(asked.error.message);
    return asked.value.token;
  };

  test("of an account that cannot be read ends, and reports why", async () => {
    aws.readError = awsError("circuit", { code: "AccessDenied" });

    const token = await ask({ kind: "all" });
    await fake.clock.pass(SWEEP_MS);

    expect(fake.control.reconciled(token)).toMatchObject({
      done: true,
      waitingFor: [],
      unreadable: [{ accountId: ACCOUNT, account: "prod", reason: expect.stringContaining("AccessDenied") }],
    });
  });

  test("fetches first, so that it includes a push just before it", async () => {
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    const token = await ask({ kind: "all" });
    const asked = fake.control.reconciled(token);
    await settled();

    expect(asked).toMatchObject({ done: false });
    expect(fake.control.reconciled(token)).toMatchObject({ done: true, waitingFor: [], unreadable: [] });
    expect(aws.writes).toHaveLength(1);
  });

  test("is not done by a pass over the revision before the fetch", async () => {
    const fetching = Promise.withResolvers<void>();
    fake.source.during = () => fetching.promise;
    const token = await ask({ kind: "keys", keys: [KEY] });
    await fake.clock.pass(SWEEP_MS * 1.2);
    const meanwhile = fake.control.reconciled(token);
    fetching.resolve();
    await settled();

    expect(meanwhile).toMatchObject({ done: false, waitingFor: [KEY], revision: null });
    expect(fake.control.reconciled(token)?.done).toBe(true);
  });

  test("is not done before the fetch if nothing is declared yet", async () => {
    const empty = new FakeController();
    const { "platform/boundary.yaml": _, ...accounts } = manifests({});
    empty.source.push(accounts);
    await empty.start();
    const fetching = Promise.withResolvers<void>();
    empty.source.during = () => fetching.promise;

    const asked = await empty.control.reconcile({ kind: "all" }, "dana");
    const token = asked.kind === "ok" ? asked.value.token : "";
    const before = empty.control.reconciled(token);
    fetching.resolve();
    await settled();

    expect(before).toMatchObject({ done: false, waitingFor: [] });
    expect(empty.control.reconciled(token)?.done).toBe(true);
    await empty.stop();
  });

  test("is done even if the source can't be reached", async () => {
    fake.source.failure = new Error("bug in the source");

    const token = await ask({ kind: "keys", keys: [KEY] });
    await settled();

    expect(fake.control.reconciled(token)?.done).toBe(true);
  });

  test("of a key whose account has left Git ends immediately", async () => {
    fake.source.push(manifests({}, { other: "444455556666" }));

    const token = await ask({ kind: "keys", keys: [KEY] });
    await settled();

    expect(fake.control.reconciled(token)?.done).toBe(true);
  });

  test("of an unknown key is refused, and an unknown token is not found", async () => {
    const asked = await fake.control.reconcile({ kind: "keys", keys: [keyOf("unknown")] }, "dana");

    expect(asked).toMatchObject({ kind: "err", error: { code: "not-found" } });
    expect(fake.control.reconciled("x")).toBeNull();
  });

  test("before any revision is accepted is refused", async () => {
    const empty = new FakeController();
    await empty.start();

    expect(await empty.control.reconcile({ kind: "all" }, "dana")).toMatchObject({
      error: { code: "unavailable", message: expect.stringContaining("nothing was pushed") },
    });
    await empty.stop();
  });
});

describe("the facts in the record", () => {
  test("include the entries of a key", async () => {
    const { entries } = await fake.control.history({ key: KEY, namespace: null, before: null, limit: 10 });

    expect(entries.map(({ kind }) => kind)).toContain("plan-held");
    expect(await collect(fake.audit.entries({}))).toHaveLength(fake.audit.log.length);
  });

  test("include every refused request, up to a limit", async () => {
    const refusal = { actor: "x", method: "POST", path: "/", status: 403, reason: "no scope" };
    for (let count = 0; count < 40; count += 1) await fake.control.refused(refusal);
    const first = fake.audit.log.filter(({ kind }) => kind === "request-refused").length;
    await fake.clock.pass(60_000);
    await fake.control.refused(refusal);

    expect(first).toBe(30);
    expect(fake.audit.log.filter(({ kind }) => kind === "request-refused")).toHaveLength(31);
  });

  test("include the declared and the last observed state of a key", async () => {
    expect((await fake.control.objects()).map(({ name }) => name)).toEqual([
      "prod",
      "a",
      "b",
      "platform-default",
    ]);
    expect((await fake.control.keyRecords()).map(({ key }) => key)).toContain(KEY);
    expect(fake.control.waivers()).toEqual([]);
    expect(await fake.control.resourceVersion()).toBe(fake.store.commits);
    expect(fake.control.keyView(keyOf("unknown"))).toBeNull();
  });
});
