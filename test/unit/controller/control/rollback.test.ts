import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Namespace } from "../../../../src/model/aws/ids.ts";
import { shortRevision, type Revision } from "../../../../src/model/values/revision.ts";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { MemorySource } from "../../../support/fakes/memory-source.ts";
import { ACCOUNT, HOUR_MS } from "./operator.ts";

let fake: FakeController;
let aws: FakeAws;
let old: Revision;
let bad: Revision;

const source = async () => (await fake.control.overview()).source;
const callsOf = (): readonly string[] => aws.writes.map(({ call }) => call);
const entries = (kind: string) => fake.audit.log.filter((entry) => entry.kind === kind);
const isoIn = (ms: number): string => new Date(fake.clock.nowMs() + ms).toISOString();

/** A newer revision that grants too much is applied. */
beforeEach(async () => {
  fake = new FakeController();
  old = fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.converge();
  await fake.push(manifests({ a: WRITE_ORDERS }));
  bad = (await source()).accepted ?? old;
  await fake.clock.pass(5_000);
  aws = fake.cloud.account(ACCOUNT);
  aws.writes.splice(0);
  fake.source.relation = "older";
});

afterEach(() => fake.stop());

async function rollback(change: Partial<Parameters<typeof fake.control.rollback>[0]> = {}) {
  const request = { namespace: null, revision: old as string, reason: "INC-4410", until: isoIn(2 * HOUR_MS) };
  const answer = await fake.control.rollback({ ...request, ...change }, "dana");
  await settled();
  fake.source.relation = "forward";
  return answer;
}

describe("a rollback", () => {
  test("applies the older revision, and is in the record and in the overview", async () => {
    const answer = await rollback({ revision: shortRevision(old) });

    expect(answer).toMatchObject({
      kind: "ok",
      value: { source: "main", pin: { revision: old, from: bad } },
    });
    expect(await source()).toMatchObject({
      accepted: old,
      pin: { revision: old, from: bad, actor: "dana", reason: "INC-4410", waiting: null },
    });
    await fake.clock.pass(INTERVAL_MS);
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
    expect(entries("rolled-back")).toMatchObject([
      { revision: old, from: bad, actor: "dana", reason: "INC-4410" },
    ]);
  });

  test("keeps what is pushed meanwhile from being applied, and shows that it waits", async () => {
    await rollback();
    await fake.clock.pass(INTERVAL_MS + 10_000);
    aws.writes.splice(0);

    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    await fake.clock.pass(SWEEP_MS);

    const { accepted, pin } = await source();
    expect([accepted, pin?.waiting === bad, pin?.waiting === old, callsOf()]).toEqual([
      old,
      false,
      false,
      [],
    ]);
    expect(fake.telemetry.gauges.get("source_rolled_back main")).toBe(1);
  });

  test("survives a restart", async () => {
    await rollback();
    await fake.stop();
    await fake.start();
    await fake.clock.pass(SWEEP_MS);

    expect(await source()).toMatchObject({ accepted: old, pin: { revision: old, waiting: bad } });
  });

  test("is shown after a restart while the source can't be read", async () => {
    await rollback();
    await fake.stop();
    fake.source.failure = new Error("no network");
    await fake.start();

    await expect(source()).resolves.toBeDefined();
    fake.source.failure = null;
    await fake.clock.pass(INTERVAL_MS);
    expect((await source()).pin).toMatchObject({ revision: old });
  });

  test("ends by itself: people are warned, the newest revision is applied, and the end is in the record", async () => {
    await rollback();
    await fake.clock.pass(2 * HOUR_MS - 20 * 60_000);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "rollback-ending")).toEqual([]);

    await fake.clock.pass(10 * 60_000);
    // A controller that starts after the warning does not repeat it.
    await fake.stop();
    await fake.start();
    await fake.clock.pass(60_000);
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "rollback-ending")).toMatchObject([
      {
        source: "main",
        namespace: null,
        revision: shortRevision(old),
        next: shortRevision(bad),
        actor: "dana",
        reason: "INC-4410",
      },
    ]);
    aws.writes.splice(0);
    await fake.clock.pass(10 * 60_000);

    expect([(await source()).accepted, (await source()).pin, callsOf()]).toEqual([
      bad,
      undefined,
      ["iam:PutRolePolicy"],
    ]);
    expect(entries("rollback-ended")).toMatchObject([{ revision: old }]);
    expect(entries("rollback-ended")[0]).not.toHaveProperty("actor");
  });

  test("ends before its time by a person", async () => {
    await rollback();

    const ended = await fake.control.endRollback({ namespace: null, reason: "over" }, "lee");
    await fake.clock.pass(5_000);

    expect(ended).toMatchObject({ kind: "ok", value: { source: "main" } });
    expect((await source()).accepted).toBe(bad);
    expect(entries("rollback-ended")).toMatchObject([{ revision: old, actor: "lee", reason: "over" }]);
  });

  test("can be extended, and remembers what was in force before it", async () => {
    await rollback();
    const again = await rollback({ until: isoIn(3 * HOUR_MS), reason: "longer" });
    await fake.clock.pass(2 * HOUR_MS + 60_000);

    expect(again.kind).toBe("ok");
    expect(await source()).toMatchObject({
      accepted: old,
      pin: { from: bad, reason: "longer", waiting: bad },
    });
    expect(entries("rolled-back")).toHaveLength(2);
  });
});

describe("a rollback is refused", () => {
  test.each([
    { change: { reason: " " }, message: /needs a reason/ },
    { change: { until: "2020-01-01T00:00:00Z" }, message: /ends in the future/ },
    { change: { until: "2026-10-20T00:00:00Z" }, message: /at most 7 days/ },
    { change: { revision: "main@0000000" }, message: /had no accepted revision "main@0000000"/ },
    { change: { namespace: "orders" as Namespace }, message: /namespace "orders" has no source of its own/ },
  ])("$message", async ({ change, message }) => {
    const answer = await rollback(change);

    expect(answer.kind === "err" && answer.error.message).toMatch(message);
    expect([(await source()).accepted, callsOf()]).toEqual([bad, []]);
  });

  test("if the revision is in force already", async () => {
    expect(await rollback({ revision: bad })).toMatchObject({
      kind: "err",
      error: { message: `${shortRevision(bad)} is in force already` },
    });
  });

  test("if the revision is not in the history of the accepted one", async () => {
    fake.source.relation = "rewritten";

    expect(await rollback()).toMatchObject({
      kind: "err",
      error: { message: `${shortRevision(old)} is not in the history of the accepted revision` },
    });
  });

  test("if the revision is not verified, or can't be read", async () => {
    fake.source.verification = {
      kind: "unverified",
      reason: "Unsigned",
      message: "no signature",
      fix: "sign it",
    };
    const unverified = await rollback();
    const other = new MemorySource();
    fake.source.at = (revision) => other.at(revision);
    fake.source.relation = "older";
    const unread = await rollback();

    expect(unverified).toMatchObject({ kind: "err", error: { hint: "sign it" } });
    expect(unread).toMatchObject({ kind: "err", error: { code: "unavailable" } });
  });

  test("of which none is in force has no end", async () => {
    const none = await fake.control.endRollback({ namespace: null, reason: "x" }, "dana");
    const silent = await fake.control.endRollback({ namespace: null, reason: " " }, "dana");
    const foreign = await fake.control.endRollback({ namespace: "a" as Namespace, reason: "x" }, "dana");

    expect([none, silent, foreign].map((one) => one.kind === "err" && one.error.code)).toEqual([
      "not-found",
      "invalid",
      "not-found",
    ]);
  });
});
