import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { FakeController, manifests, READ_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { ownRoleMessage } from "../../../support/trail/own-role-events.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const ACCOUNTS = new Set(["111122223333"]);

let fake: FakeController;
beforeEach(async () => {
  fake = new FakeController();
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  await fake.clock.pass(MINUTE_MS);
});
afterEach(async () => {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

const receive = async (...ids: readonly string[]): Promise<void> => {
  await fake.changes.receive(
    ids.map((id) => ownRoleMessage({ id, atMs: fake.clock.nowMs() })),
    ACCOUNTS,
  );
  await fake.clock.pass(1_000);
};
const alerts = () => fake.recorder.alerts.filter(({ kind }) => kind.startsWith("unrecorded-writes"));
const gauge = (): number | undefined => fake.telemetry.gauges.get("unrecorded_writes prod");

describe("writes by a role of Grantkeeper that are not in its record", () => {
  test("are one incident of the account, which a second write updates after five minutes at the earliest", async () => {
    await receive("e1");
    await receive("e2", "e3");
    const first = alerts();
    await fake.clock.pass(5 * MINUTE_MS);

    expect(first).toMatchObject([
      { kind: "unrecorded-writes", incident: "unrecorded-writes/111122223333", account: "prod", count: 1 },
    ]);
    expect(alerts().slice(1)).toMatchObject([
      { count: 3, writes: [{ eventId: "e3" }, { eventId: "e2" }, { eventId: "e1" }] },
    ]);
    expect(gauge()).toBe(3);
  });

  test("are shown to the API for seven days, and then the incident ends", async () => {
    await receive("e1");
    const shown = async (): Promise<number> =>
      (await fake.control.overview()).accounts[0]?.unrecordedWrites?.length ?? 0;
    expect(await shown()).toBe(1);

    fake.clock.set(fake.clock.nowMs() + 7 * DAY_MS);
    await fake.clock.pass(1_000);

    expect(await shown()).toBe(0);
    expect(gauge()).toBe(0);
    expect(alerts().map(({ kind }) => kind)).toEqual(["unrecorded-writes", "unrecorded-writes-ended"]);
  });

  test("are reported by the next process, if this one is killed between the entry and its alert", async () => {
    const record = fake.recorder.record.bind(fake.recorder);
    fake.recorder.record = async (settlement) => {
      if (settlement.alerts.some(({ kind }) => kind === "unrecorded-writes")) throw new Error("killed");
      await record(settlement);
    };
    await receive("e1");
    expect(alerts()).toEqual([]);

    fake.recorder.record = record;
    await fake.clock.pass(2_000);

    expect(alerts()).toHaveLength(1);
  });
});
