import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { SourceError, type Relation } from "../../../../src/controller/ports/source.ts";
import { ok } from "../../../../src/model/values/result.ts";
import type { Revision } from "../../../../src/model/values/revision.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { HOUR_MS } from "./operator.ts";

const MINUTE_MS = 60_000;
const FORCED = manifests({ a: WRITE_ORDERS, b: WRITE_ORDERS });
const REWRITTEN = /does not contain the revision from before the rollback \(force-push\)$/;

let fake: FakeController;
let old: Revision;
let bad: Revision;

const source = async () => (await fake.control.overview()).source;
const alerts = (kind: string) => fake.recorder.alerts.filter((alert) => alert.kind === kind);
const gauge = () => fake.telemetry.gauges.get("source_rolled_back main");

beforeEach(async () => {
  fake = new FakeController();
  old = fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.converge();
  bad = fake.source.push(manifests({ a: WRITE_ORDERS }));
  await fake.clock.pass(INTERVAL_MS + 10_000);
});

afterEach(() => fake.stop());

/** For two hours. */
async function rollback(): Promise<void> {
  fake.source.relation = "older";
  const until = new Date(fake.clock.nowMs() + 2 * HOUR_MS).toISOString();
  const order = { namespace: null, revision: old, reason: "INC-4410", until };
  expect((await fake.control.rollback(order, "dana")).kind).toBe("ok");
  await settled();
  fake.source.relation = "forward";
}

/** Follows the older revision, and lacks the one from before the rollback. */
function forcePush(): Revision {
  const related = (from: Revision | null): Relation => (from === old ? "forward" : "rewritten");
  fake.source.compare = async (from) =>
    ok({ relation: related(from), commits: [], authors: { kind: "read", byFile: new Map() } });
  return fake.source.push(FORCED);
}

test("a force-push that drops what was in force before a rollback is held during it and after it", async () => {
  await rollback();
  const forced = forcePush();
  await fake.clock.pass(INTERVAL_MS + 10_000);
  const during = await source();
  await fake.clock.pass(2 * HOUR_MS);
  const after = await source();

  for (const { accepted, held } of [during, after])
    expect([accepted, held?.revision, held?.reason]).toEqual([old, forced, expect.stringMatching(REWRITTEN)]);
  expect(alerts("revision-held")).toHaveLength(1);
  expect(during.pin).not.toHaveProperty("ended");
  expect(after.pin).toMatchObject({ revision: old, waiting: forced, ended: true });
  expect(gauge()).toBe(1);
});

test("such a force-push is applied after an approval, and the rollback is over then", async () => {
  await rollback();
  const forced = forcePush();
  await fake.clock.pass(2 * HOUR_MS + INTERVAL_MS);
  await fake.control.approve({ subject: forced, reason: "known", forMs: HOUR_MS }, "lee");
  await fake.clock.pass(INTERVAL_MS);

  expect(await source()).toMatchObject({ accepted: forced, held: null });
  expect([(await source()).pin, gauge()]).toEqual([undefined, 0]);
});

test("a branch that was reset to the older revision is held when the rollback ends", async () => {
  await rollback();
  fake.source.reset(old);
  fake.source.relation = "older";
  await fake.clock.pass(2 * HOUR_MS + INTERVAL_MS);

  expect(await source()).toMatchObject({
    accepted: old,
    held: { revision: old, reason: expect.stringMatching(/is older than the revision from before the/) },
  });
});

test("a force-push that was held before stays held during a rollback", async () => {
  fake.source.relation = "rewritten";
  const forced = fake.source.push(FORCED);
  await fake.clock.pass(INTERVAL_MS + 10_000);
  await rollback();
  const atOnce = (await source()).held?.revision;
  fake.source.relation = "rewritten";
  await fake.clock.pass(2 * HOUR_MS - 10 * MINUTE_MS);
  await fake.clock.pass(MINUTE_MS);

  expect([atOnce, (await source()).held?.revision]).toEqual([forced, forced]);
  expect([alerts("revision-decided"), alerts("revision-held").length]).toEqual([[], 1]);
  expect(alerts("rollback-ending")).toMatchObject([{ isHeld: true }]);
});

test("the metric is 1 from the start and while the source can't be read, also after the end, which is shown", async () => {
  await rollback();
  const atOnce = gauge();
  fake.source.failure = new SourceError({ code: "unreachable", message: "down", fix: "wait" });
  await fake.clock.pass(INTERVAL_MS + 10_000);
  const during = gauge();
  await fake.clock.pass(3 * HOUR_MS);
  const after = [gauge(), (await source()).pin?.revision, (await source()).accepted];
  const ended = fake.audit.log.filter(({ kind }) => kind === "rollback-ended").length;
  fake.source.failure = null;
  await fake.clock.pass(INTERVAL_MS + 10_000);

  expect([atOnce, during, ...after, ended]).toEqual([1, 1, 1, old, old, 1]);
  expect([(await source()).accepted, (await source()).pin, gauge()]).toEqual([bad, undefined, 0]);
});

test("a revision with other rules than those in force is refused", async () => {
  const spec = "spec: {accounts: [prod], zone: Europe/Berlin, opens: [{days: [mon], at: '16:00', for: 1h}]}";
  const head = "apiVersion: grantkeeper.dev/v1alpha1\nkind: ChangeWindow\nmetadata: {name: office}\n";
  await fake.push({ ...manifests({ a: WRITE_ORDERS }), "platform/window.yaml": `${head}${spec}\n` });
  await fake.clock.pass(5_000);
  const { accepted } = await source();
  fake.source.relation = "older";
  const until = new Date(fake.clock.nowMs() + HOUR_MS).toISOString();
  const answer = await fake.control.rollback({ namespace: null, revision: old, reason: "x", until }, "dana");

  expect(answer).toMatchObject({
    kind: "err",
    error: {
      message: expect.stringMatching(/has other platform documents than those in force: ChangeWindows$/),
    },
  });
  expect(await source()).toMatchObject({ accepted });
});

test("a second rollback after the end remembers what was in force before the first", async () => {
  await rollback();
  fake.source.failure = new SourceError({ code: "unreachable", message: "down", fix: "wait" });
  await fake.control.endRollback({ namespace: null, reason: "over" }, "lee");
  await fake.clock.pass(INTERVAL_MS);
  await rollback();

  expect((await source()).pin).toMatchObject({ from: bad, reason: "INC-4410" });
});
