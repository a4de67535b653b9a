import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FakeAws } from "../../../support/fakes/fake-aws.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ACCOUNT, HOUR_MS, KEY, drift } from "./operator.ts";

/** The clock of the tests begins on Thursday 2026-10-01 at 12:00Z, which is 14:00 in Berlin. */
function windowText(at = "16:00", more = "zone: Europe/Berlin"): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: ChangeWindow
metadata: {name: office}
spec:
  accounts: [prod]
  ${more}
  opens: [{days: [mon, tue, wed, thu, fri], at: "${at}", for: 1h}]
`;
}

const WINDOW = { "platform/window.yaml": windowText() };
const REASON =
  "waits for the change window office, which opens at 2026-10-01 14:00:00Z (16:00 Europe/Berlin)";

let fake: FakeController;
let aws: FakeAws;
let alertsBefore = 0;

/** Converged with read access, while there was no window. */
beforeEach(async () => {
  fake = new FakeController();
  await fake.startConverged(manifests({ a: READ_ORDERS }));
  aws = fake.cloud.account(ACCOUNT);
});

afterEach(() => fake.stop());

const callsOf = (): readonly string[] => aws.writes.map(({ call }) => call);
const holds = async () => (await fake.control.overview()).holds;

describe("a change of Git outside of its window", () => {
  beforeEach(async () => {
    alertsBefore = fake.recorder.alerts.length;
    await fake.push({ ...manifests({ a: WRITE_ORDERS }), ...WINDOW });
  });

  test("waits with the time at which the window opens, and alerts no one", async () => {
    expect(await holds()).toMatchObject([
      { code: "change-window", reason: REASON, opensAt: "2026-10-01T14:00:00.000Z", keys: [KEY] },
    ]);
    expect([callsOf(), fake.condition(KEY, "Ready"), fake.condition(KEY, "Drifted")]).toEqual([
      [],
      "False ChangeWindowClosed",
      "False NoDriftDetected",
    ]);
    await fake.clock.pass(SWEEP_MS);
    expect(fake.recorder.alerts.slice(alertsBefore)).toEqual([]);
  });

  test("is written as soon as the window opens, without an approval", async () => {
    await fake.clock.pass(2 * HOUR_MS - 10_000);
    expect(callsOf()).toEqual([]);

    await fake.clock.pass(10_000);
    expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
    await fake.clock.pass(SWEEP_MS);
    expect([await holds(), fake.recorder.alerts.slice(alertsBefore)]).toEqual([[], []]);
  });

  test("does not keep drift from being reverted to the last applied state", async () => {
    drift(aws);
    await fake.clock.pass(20 * 60_000);

    expect(callsOf()).toEqual(["iam:DeleteRolePolicy"]);
    expect(await holds()).toMatchObject([{ code: "change-window" }]);
  });

  test("is written immediately if an operator overrides the window, which is in the record", async () => {
    const [hold] = await holds();
    const request = {
      subject: hold?.subject ?? "",
      reason: "INC-7",
      forMs: HOUR_MS,
      override: true,
    } as const;

    const answer = await fake.control.approve(request, "dana");
    await settled();

    expect([answer.kind, callsOf()]).toEqual(["ok", ["iam:PutRolePolicy"]]);
    expect(fake.audit.log).toContainEqual(
      expect.objectContaining({
        kind: "approved",
        actor: "dana",
        reason: "INC-7",
        overrides: { code: "change-window", windows: ["office"] },
      }),
    );
  });

  test("is not released by an approval that does not ask for an override", async () => {
    const [hold] = await holds();
    const request = { subject: hold?.subject ?? "", reason: "new roles", forMs: HOUR_MS };
    const digest = request.subject.slice("sha256:".length).slice(0, 8);

    const answer = await fake.control.approve(request, "dana");
    await settled();

    expect(answer).toMatchObject({
      kind: "err",
      error: {
        code: "invalid",
        message: `${digest} needs no approval: it waits until the change window office opens`,
        hint: `leave it, or write it before that: grantkeeper approve ${digest} --override --reason TEXT`,
      },
    });
    expect([callsOf(), (await holds()).length]).toEqual([[], 1]);
  });

  test("can't be rejected, since it would be written when the window opens", async () => {
    const [hold] = await holds();

    const answer = await fake.control.reject({ subject: hold?.subject ?? "", reason: "no" }, "dana");

    expect(answer).toMatchObject({
      kind: "err",
      error: {
        code: "invalid",
        message: expect.stringMatching(
          /^[0-9a-f]+ waits until the change window office opens and needs no approval: a rejection would not stop it$/,
        ),
      },
    });
  });

  test("waits since the same time in each pass, also after a restart", async () => {
    const [before] = await holds();
    await fake.clock.pass(SWEEP_MS);
    await fake.stop();
    await fake.start();
    const [after] = await holds();

    expect(after).toMatchObject({ subject: before?.subject, sinceMs: before?.sinceMs });
  });
});

test("a window that can't be used keeps everything from Git back until it is corrected", async () => {
  const files = manifests({ a: WRITE_ORDERS });
  await fake.push({ ...files, "platform/window.yaml": windowText("16:00", "zone: Europe/Berln") });
  await fake.clock.pass(3 * HOUR_MS);
  const [before] = await holds();

  await fake.push({ ...files, "platform/window.yaml": windowText("16:30") });

  expect(before?.reason).toMatch(
    /office, which can't be used until platform\/window.yaml:\d+:\d+ is corrected/,
  );
  expect(callsOf()).toEqual(["iam:PutRolePolicy"]);
});

test("a window of a team's folder neither opens nor closes anything", async () => {
  await fake.push({ ...manifests({ a: WRITE_ORDERS }), "teams/orders/window.yaml": windowText() });

  expect([await holds(), callsOf()]).toEqual([[], ["iam:PutRolePolicy"]]);
});

test("a change waits for its approval first, and the approval is no override", async () => {
  await fake.stop();
  fake = new FakeController();
  aws = fake.cloud.account(ACCOUNT);
  fake.source.push({ ...manifests({ a: READ_ORDERS }), ...WINDOW });
  await fake.start();
  const [first] = await holds();

  await fake.approveAll();
  const [second] = await holds();

  expect([first?.code, second?.code, callsOf()]).toEqual(["first-enforcing-pass", "change-window", []]);
});

test("a change that waits for longer than allowed, for a window that never opens, is an alert once, which ends when it is written", async () => {
  await fake.stop();
  await fake.start({ longWaitMs: HOUR_MS });
  const unusable = windowText("16:00", "zone: Europe/Berln");
  await fake.push({ ...manifests({ a: WRITE_ORDERS }), "platform/window.yaml": unusable });
  alertsBefore = fake.recorder.alerts.length;
  const sent = () =>
    fake.recorder.alerts.slice(alertsBefore).filter(({ kind }) => kind.startsWith("waiting"));
  await fake.clock.pass(HOUR_MS - SWEEP_MS);
  expect(sent()).toEqual([]);

  await fake.clock.pass(4 * SWEEP_MS);
  expect(sent()).toMatchObject([{ kind: "waiting-long", namespace: "orders", keys: [KEY] }]);
  const [hold] = await holds();
  await fake.control.approve(
    { subject: hold?.subject ?? "", reason: "INC-7", forMs: HOUR_MS, override: true },
    "dana",
  );
  await fake.clock.pass(2 * SWEEP_MS);
  expect(sent().map(({ kind }) => kind)).toEqual(["waiting-long", "waiting-ended"]);
});
