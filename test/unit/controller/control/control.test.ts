import { ACCOUNT, KEY, keyOf, startedWithTwoFunctions } from "./operator.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Key } from "../../../../src/model/keys/key.ts";
import { EVERY_ENTRY } from "../../../../src/model/entries/entry-filter.ts";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import { collect } from "../../../support/collect.ts";
import { awsError, type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";

let fake: FakeController;
let aws: FakeAws;

beforeEach(async () => {
  fake = await startedWithTwoFunctions();
  aws = fake.cloud.account(ACCOUNT);
});
afterEach(() => fake.stop());

test("a reconcile before the first revision is refused as unavailable while Git cannot be reached", async () => {
  const unread = new FakeController();
  unread.source.failure = new SourceError({
    code: "unreachable",
    message: "cannot reach git",
    fix: "check the URL",
  });
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
  test("is in the record with the person, and in the history of each of its keys", async () => {
    await fake.control.reconcile({ kind: "keys", keys: [KEY] }, "dana");
    await fake.control.reconcile({ kind: "all" }, "lee");

    const facts = [
      { actor: "lee", keys: null, namespaces: null },
      { actor: "dana", keys: [KEY], namespaces: ["orders"] },
    ];
    const of = async (key: Key): Promise<readonly object[]> => {
      const filter = { ...EVERY_ENTRY, kinds: ["reconcile-requested"] as const };
      const page = { key, namespace: null, limit: 10, before: null, filter };
      return (await fake.control.history(page)).entries;
    };
    expect(await of(KEY)).toMatchObject(facts);
    expect(await of(keyOf("b"))).toMatchObject(facts.slice(0, 1));
  });

  test("is recorded at most 5 times a minute for each person, and each is carried out", async () => {
    const recorded = (): readonly string[] =>
      fake.audit.log.flatMap((entry) => (entry.kind === "reconcile-requested" ? [entry.actor] : []));
    const ask = (actor: string) => fake.control.reconcile({ kind: "keys", keys: [KEY] }, actor);

    for (let at = 0; at < 7; at += 1) expect((await ask("dana")).kind).toBe("ok");
    expect((await ask("lee")).kind).toBe("ok");
    const first = recorded();
    fake.clock.set(fake.clock.nowMs() + 60_000);
    await ask("dana");

    expect(first).toEqual([...Array.from({ length: 5 }, () => "dana"), "lee"]);
    expect(recorded()).toEqual([...first, "dana"]);
  });

  beforeEach(() => fake.converge());

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
    for (let count = 0; count < 40; count += 1) await fake.control.refused(refusal, false);
    const first = fake.audit.log.filter(({ kind }) => kind === "request-refused").length;
    await fake.clock.pass(60_000);
    await fake.control.refused(refusal, false);

    expect(first).toBe(30);
    expect(fake.audit.log.filter(({ kind }) => kind === "request-refused")).toHaveLength(31);
  });

  test("include a refused command also in a minute in which a page asks to show this one in many frames", async () => {
    const refusal = { actor: "anonymous", method: "GET", path: "/ui/", status: 403, reason: "a frame" };
    for (let count = 0; count < 40; count += 1) await fake.control.refused(refusal, true);
    await fake.control.refused({ ...refusal, actor: "sam", method: "POST", reason: "no scope" }, false);

    const actors = fake.audit.log.flatMap((entry) => (entry.kind === "request-refused" ? [entry.actor] : []));
    expect(actors).toEqual([...Array<string>(5).fill("anonymous"), "sam"]);
  });

  test("include the declared and the last observed state of a key", async () => {
    expect((await fake.control.objects()).map(({ name }) => name)).toEqual([
      "prod",
      "a",
      "b",
      "platform-default",
    ]);
    expect((await fake.control.keySummaries()).map(({ key }) => key)).toContain(KEY);
    expect(fake.control.waivers()).toEqual([]);
    expect(await fake.control.resourceVersion()).toBe(fake.store.commits);
    expect(fake.control.keyView(keyOf("unknown"))).toBeNull();
  });
});
