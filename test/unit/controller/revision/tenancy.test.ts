import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  FakeController,
  manifests,
  READ_ORDERS,
  SETTINGS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { ORDERS, teamText } from "../../guard/fences/fenced.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/orders-a` as Key;

let fake: FakeController;

beforeEach(() => {
  fake = new FakeController();
});
afterEach(stop);

async function stop(): Promise<void> {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
}

const tenancy = async (): Promise<string | null> => (await fake.control.overview()).tenancy;
const written = (): readonly Key[] => fake.cloud.account(ACCOUNT).writes.map(({ key }) => key);

const orders = (spec: string): Readonly<Record<string, string>> => manifests({ "orders-a": spec });
const team = { "platform/teams.yaml": teamText("orders", ORDERS.replaceAll("]", ", shared]")) };
const BROKEN = { "platform/teams.yaml": "kind: [" };
/** One grant on a table that the Team has, so that the fence itself refuses nothing. */
const [READ, WRITE] = [READ_ORDERS, WRITE_ORDERS].map((text) =>
  text.replace("table: orders,", "table: shared,"),
);

describe("whether there were Teams is known after a restart", () => {
  test("and a file that hides them opens nothing, then or in a later revision", async () => {
    await fake.startConverged({ ...orders(READ ?? ""), ...team });
    await stop();
    fake.source.push({ ...orders(WRITE ?? ""), ...BROKEN });
    await fake.start();
    const first = await tenancy();
    await fake.converge();
    await fake.push({ ...orders(WRITE ?? ""), ...BROKEN, "platform/notes.yaml": "" });
    await fake.approveAll();
    await fake.clock.pass(5_000);

    expect([first, await tenancy()]).toEqual(["unknown", "unknown"]);
    expect(written()).toEqual([]);
    expect(fake.store.records.get(KEY)?.applied).not.toBeNull();
  });

  test("and nothing of a namespace is deleted until the file can be read", async () => {
    const times = { propagationWaitMs: null, deleteQuietMs: 0, revertOtherMs: null, waveIntervalMs: null };
    const soon = { compile: { ...SETTINGS.compile, simulator: times } };
    fake.source.push({ ...orders(`${READ ?? ""}  deletionPolicy: delete\n`), ...team });
    await fake.start(soon);
    await fake.converge();
    await stop();
    fake.source.push({ ...manifests({}), ...BROKEN });
    await fake.start(soon);
    await fake.clock.pass(3 * SWEEP_MS);
    await fake.approveAll();
    await fake.clock.pass(3 * SWEEP_MS);
    const hidden = written();
    await fake.push({ ...manifests({}), ...team });
    await fake.clock.pass(3 * SWEEP_MS);

    expect(hidden).toEqual([]);
    expect(new Set(written())).toEqual(new Set([KEY]));
  });

  test("and removing the last one in a revision that can be read opens every namespace", async () => {
    await fake.startConverged({ ...orders(READ ?? ""), ...team });
    await stop();
    fake.source.push(orders(WRITE ?? ""));
    await fake.start();
    await fake.approveAll();
    await fake.clock.pass(5_000);

    expect(await tenancy()).toBe("open");
    expect(new Set(written())).toEqual(new Set([KEY]));
  });

  test("and without one before, a file of the platform that cannot be read closes nothing", async () => {
    await fake.startConverged(orders(READ ?? ""));
    await stop();
    fake.source.push({ ...orders(WRITE ?? ""), ...BROKEN });
    await fake.start();
    await fake.approveAll();
    await fake.clock.pass(5_000);

    expect(await tenancy()).toBe("open");
    expect(new Set(written())).toEqual(new Set([KEY]));
  });
});
