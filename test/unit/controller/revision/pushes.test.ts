import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import { profileText } from "../../../support/profiles.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;

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

describe("a push", () => {
  beforeEach(() => fake.startConverged(BOTH));

  test("is applied with targeted reads of the changed keys", async () => {
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

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
    fake.control.fetchSoon("test", [null]);
    await settled();
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    fake.control.fetchSoon("test", [null]);
    fake.source.during = () => Promise.resolve();
    fetching.resolve();
    await settled();

    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
  });

  test("that a webhook reports is fetched, and further reports within five seconds cause one fetch more", async () => {
    await fake.clock.pass(5_000);
    const { fetches } = fake.source;
    fake.control.pushed(null);
    await settled();
    const first = fake.source.fetches - fetches;
    for (let report = 0; report < 20; report += 1) {
      fake.control.pushed(null);
      await settled();
    }
    const within = fake.source.fetches - fetches;
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(5_000);

    expect([first, within, fake.source.fetches - fetches]).toEqual([1, 1, 2]);
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
    await fake.push(next);
    await fake.push(manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS }));
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
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
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

  test("that breaks the file of a profile applies nothing to what the profile selects, until it is correct", async () => {
    const profile = profileText("p", "{selector: {namespaces: [orders]}}");
    const next = manifests({ a: WRITE_ORDERS, b: READ_ORDERS });
    await fake.push({ ...BOTH, "platform/p.yaml": profile });
    await fake.push({ ...next, "platform/p.yaml": profile.replace("Guardrail", "Gaurdrail") });
    await fake.push({ ...next, "platform/p.yaml": "spec: {" });
    const whileBroken = callsOf();
    await fake.push({ ...next, "platform/p.yaml": profile });

    expect([whileBroken, callsOf()]).toEqual([[], ["iam:PutRolePolicy"]]);
  });

  test("of a profile alone judges every function again immediately", async () => {
    await fake.push({ ...BOTH, "platform/p.yaml": profileText("p", "{rules: {ACT-002: block}}") });

    expect(aws.sweeps.length).toBe(1);
  });

  test("that rewrote history is held, reported once, and accepted after an approval", async () => {
    fake.source.relation = "rewritten";
    const revision = fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(3 * INTERVAL_MS);
    const held = [callsOf(), (await fake.control.overview()).holds.map(({ subject }) => subject)];

    await fake.approveAll();

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

  test.each<{ answer: (accepted: Revision) => Promise<unknown>; ends: string; because: string }>([
    { answer: () => fake.approveAll(), ends: "accepted", because: "an operator approves it" },
    {
      answer: async () => {
        const [hold] = (await fake.control.overview()).holds;
        return fake.control.reject({ subject: hold?.subject ?? "", reason: "no" }, "sam");
      },
      ends: "rejected",
      because: "an operator rejects it",
    },
    {
      answer: (accepted) => Promise.resolve(fake.source.reset(accepted)),
      ends: "superseded",
      because: "the branch was restored",
    },
    {
      answer: () => {
        fake.source.relation = "forward";
        return fake.push({ ...BOTH, "platform/note.yaml": "# x\n" });
      },
      ends: "superseded",
      because: "a later push needs no approval",
    },
  ])("that rewrote history is one incident, which ends as $ends: $because", async ({ answer, ends }) => {
    const { accepted } = (await fake.control.overview()).source;
    fake.source.relation = "rewritten";
    fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(2 * INTERVAL_MS);
    if (accepted !== null) await answer(accepted);
    await fake.clock.pass(3 * INTERVAL_MS);

    const about = fake.recorder.alerts.flatMap((alert) =>
      alert.kind === "revision-held"
        ? ["held"]
        : alert.kind === "revision-decided"
          ? [`${alert.source} ${alert.how}`]
          : [],
    );
    expect(about).toEqual(["held", `main ${ends}`]);
  });

  test("that can't be fetched is reported once, by name, with a fix", async () => {
    fake.source.failure = new SourceError({
      source: "main",
      code: "unreachable",
      message: "no route to git",
      fix: "fix the network",
    });
    await fake.clock.pass(3 * INTERVAL_MS);

    expect((await fake.control.overview()).source.failure).toEqual({
      message: "no route to git",
      fix: "fix the network",
      refused: false,
    });
    const alerts = fake.recorder.alerts.filter(({ kind }) => kind === "source-failed");
    expect(alerts).toMatchObject([{ reason: 'source "main": no route to git' }]);
    fake.source.failure = null;
    await fake.clock.pass(2 * INTERVAL_MS);
    expect((await fake.control.overview()).source.failure).toBeNull();
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-recovered")).toHaveLength(1);
  });

  test.each([
    {
      failure: new SourceError({ code: "unreachable", message: "no route to git", fix: "fix the network" }),
      because: "Git fails",
    },
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
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    const before = callsOf();

    await fake.clock.pass(INTERVAL_MS);

    expect([before, callsOf()]).toEqual([[], ["iam:PutRolePolicy"]]);
  });

  test("that removes an account from Git changes nothing in the account", async () => {
    await fake.push({ ...manifests({}, { other: "444455556666" }) });
    await fake.clock.pass(SWEEP_MS * 2);

    expect(aws.sweeps).toEqual([]);
    expect((await fake.control.overview()).accounts.map(({ name }) => name)).toEqual(["other"]);
  });

  test("that removes an account from Git leaves no approval pending there", async () => {
    const names = Array.from({ length: 30 }, (_, at) => `f${at}`);
    const all = (spec: string) => manifests(Object.fromEntries(names.map((name) => [name, spec])));
    await fake.push(all(READ_ORDERS));
    await fake.clock.pass(SWEEP_MS);
    await fake.push(all(WRITE_ORDERS));
    const held = (await fake.control.overview()).holds.map(({ code }) => code);
    await fake.push(manifests({}, { other: "444455556666" }));

    expect([held, (await fake.control.overview()).holds]).toEqual([["limit-changes"], []]);
  });

  test("that breaks an AwsAccount still compares the applied state there", async () => {
    await fake.push({
      ...manifests({ a: READ_ORDERS, b: READ_ORDERS }),
      "platform/accounts.yaml": "kind: [\n",
    });
    await fake.clock.pass(SWEEP_MS * 1.2);

    expect(aws.sweeps.length).toBeGreaterThan(0);
    expect(fake.condition(KEY, "Stalled")).toBe("True ValidationFailed");
  });
});

describe("a fetch that fails because of a bug", () => {
  beforeEach(() => fake.startConverged(BOTH));

  test("is in the status and an alert, never shows the push as accepted, and ends by itself", async () => {
    const accepted = (await fake.control.overview()).source.accepted;
    fake.source.failure = new TypeError("cannot read properties of undefined");
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
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

  test.each(["objects", "accounts"] as const)(
    "is alerted once while the record of the %s fails",
    async (name) => {
      Object.assign(fake.store, { [name]: () => Promise.reject(new Error("disk")) });
      await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
      await fake.clock.pass(3 * INTERVAL_MS);

      expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-failed")).toHaveLength(1);
    },
  );

  test("is in the status while the push is tried again", async () => {
    const failures: (string | undefined)[] = [];
    fake.store.objects = async () => {
      failures.push((await fake.control.overview()).source.failure?.message);
      throw new Error("disk");
    };
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(3 * INTERVAL_MS);

    expect(new Set(failures.slice(1))).toEqual(new Set([expect.stringContaining("disk")]));
  });

  test("is reported even if the record cannot store the revision", async () => {
    fake.audit.failure = new Error("no space left on the device");
    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect((await fake.control.overview()).source.failure?.message).toContain("no space left on the device");
  });
});
