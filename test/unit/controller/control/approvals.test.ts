import { ACCOUNT, HOUR_MS, KEY, keyOf, Operator, startedWithTwoFunctions } from "./operator.ts";
import { controllerControl } from "../../../../src/controller/control/control.ts";
import { ControllerCaches } from "../../../../src/controller/state/controller-caches.ts";
import { ControllerState } from "../../../../src/controller/state/controller-state.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { actionDigest } from "../../../../src/model/plan.ts";
import { shortRevision } from "../../../../src/model/values/revision.ts";
import { type FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  type FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { NOW_MS } from "../../../support/pass/bindings.ts";
import type { Hold } from "../../../../src/model/answers/hold.ts";

let fake: FakeController;
let aws: FakeAws;
let dana: Operator;

beforeEach(async () => {
  fake = await startedWithTwoFunctions();
  dana = new Operator(fake);
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => fake.stop());

describe("a plan that changed", () => {
  test("is known by its former digest or its first digits, and by no other", async () => {
    const former = await dana.heldSubject();

    await fake.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));

    expect(await fake.control.formerlyHeld(former.slice(7, 15))).toEqual([KEY, keyOf("b")]);
    expect(await fake.control.formerlyHeld("00000000")).toEqual([]);
  });
});

test("a pending approval keeps its first start time, even after a restart", async () => {
  const since = async () => (await fake.control.overview()).holds.map(({ sinceMs }) => sinceMs);
  const [first] = await since();
  await fake.clock.pass(SWEEP_MS * 2);
  await fake.stop();

  await fake.start();

  expect([first, await since()]).toEqual([NOW_MS, [NOW_MS]]);
});

describe("an approval", () => {
  test("with fewer digits than the API and the CLI accept names nothing", async () => {
    const approved = await dana.approve((await dana.heldSubject()).slice(7, 14));

    expect(approved).toMatchObject({
      kind: "err",
      error: { code: "not-found", hint: expect.stringContaining("write 8 digits or more of the digest") },
    });
  });

  test.each([
    { name: (subject: string) => subject, because: "the complete digest" },
    { name: (subject: string) => subject.slice(7, 15), because: "eight digits" },
    { name: (subject: string) => subject.slice(0, 15), because: "eight digits with the algorithm" },
  ])("with $because releases the named plan", async ({ name }) => {
    const approved = await dana.approve(name(await dana.heldSubject()));
    await settled();

    expect(approved.kind).toBe("ok");
    expect(aws.writes.length).toBeGreaterThan(0);
  });

  test("covers exactly the actions that were shown, and records the operator, the reason and the end", async () => {
    const subject = await dana.heldSubject();
    const shown = [KEY, keyOf("b")].map((key) => [
      key,
      (fake.control.keyView(key)?.plan?.actions ?? []).map(actionDigest),
    ]);

    const approved = await dana.approve(subject);

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

  test("ends by the clock of the record, which processes on other machines share", async () => {
    fake.store.aheadMs = HOUR_MS;

    const approved = await dana.approve(await dana.heldSubject());

    const [at, expiresAt] = [HOUR_MS, 2 * HOUR_MS].map((ms) => new Date(NOW_MS + ms).toISOString());
    expect(approved).toMatchObject({ kind: "ok", value: { at, expiresAt } });
  });

  test("records the functions, permissions and calls that it covers in the audit record", async () => {
    await dana.approve(await dana.heldSubject());

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
    expect(await dana.approve(subject)).toMatchObject({ kind: "err", error: { code } });
    await settled();
    expect(aws.writes).toEqual([]);
  });

  test("is refused as an override: a plan that awaits an approval waits for nothing else", async () => {
    const answer = await dana.approve(await dana.heldSubject(), { override: true });

    expect(answer).toMatchObject({
      kind: "err",
      error: { code: "invalid", hint: expect.stringContaining("without --override") },
    });
    await settled();
    expect(aws.writes).toEqual([]);
  });

  test("by six digits is refused, even if the digest starts with them", async () => {
    expect(await dana.approve((await dana.heldSubject()).slice(7, 13))).toMatchObject({ kind: "err" });
  });

  test("needs a reason and an end", async () => {
    const subject = await dana.heldSubject();

    expect(await dana.approve(subject, { reason: " " })).toMatchObject({
      kind: "err",
      error: { code: "invalid" },
    });
    expect(await dana.approve(subject, { forMs: 0 })).toMatchObject({
      kind: "err",
      error: { code: "invalid" },
    });
    expect(await dana.approve(subject, { forMs: Number.NaN })).toMatchObject({
      kind: "err",
      error: { code: "invalid" },
    });
  });

  test("of digits that two pending approvals share is refused as ambiguous", async () => {
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
    const context = { state, caches: new ControllerCaches(), settings: SETTINGS, ports: fake.ports() };
    const control = controllerControl(context, () => undefined);
    const named = (subject: string) => control.approve({ subject, reason: "ok", forMs: HOUR_MS }, "dana");

    expect(await named("a".repeat(12))).toMatchObject({ kind: "err", error: { code: "ambiguous" } });
    expect(await named(`${"a".repeat(63)}2`)).toMatchObject({
      kind: "ok",
      value: { subject: hold("2").subject },
    });
  });

  test("of a held revision accepts its short form, and covers no action", async () => {
    await fake.converge();
    fake.source.relation = "rewritten";
    const revision = fake.source.push(manifests({ a: WRITE_ORDERS, b: READ_ORDERS }));
    fake.control.fetchSoon("test", [null]);
    await settled();
    expect(await dana.approve(shortRevision(revision))).toMatchObject({
      kind: "ok",
      value: { subject: revision, actions: {} },
    });
    await settled();

    expect(aws.writes.map(({ call }) => call)).toEqual(["iam:PutRolePolicy"]);
  });
});
