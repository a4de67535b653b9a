import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { readerOf } from "../../../../src/http/request/reader.ts";
import { RequestedReconciles } from "../../../../src/http/request/requested-reconciles.ts";
import { WorldReader } from "../../../../src/http/request/world.ts";
import { Feeds } from "../../../../src/http/watch/feeds.ts";
import { FakeControl } from "../../../support/fakes/fake-control.ts";
import { happen } from "../../../support/kubernetes/watching.ts";
import { accessOf } from "../../../support/screens/access.ts";
import { NOW_MS, withStatus } from "../../../support/screens/action-required.ts";

let feeds: Feeds;
let control: FakeControl;
let looks: number;
beforeEach(async () => {
  looks = 0;
  control = new FakeControl(withStatus({}));
  const world = new WorldReader(control);
  feeds = new Feeds({
    control,
    telemetry: { error: () => undefined },
    clock: { nowMs: () => NOW_MS },
    requestedReconciles: new RequestedReconciles(control),
    openReader: async (access) => {
      looks += 1;
      return readerOf({ control, world: await world.read(), access, tenantPath: "teams", nowMs: NOW_MS });
    },
  });
  const feed = feeds.named(accessOf("reader", "all"), "bindings");
  if (feed === null) throw new Error("bindings can be watched");
  feed.watches += 1;
  await feed.catchUp();
  looks = 0;
});
afterEach(() => feeds.close());

/** Works as a pass does, with a turn of the event loop after each few milliseconds. @returns how long it worked */
async function work(continues: (ms: number) => boolean): Promise<number> {
  const beganMs = performance.now();
  while (continues(performance.now() - beganMs)) {
    const untilMs = performance.now() + 5;
    while (performance.now() < untilMs);
    await turn();
  }
  return performance.now() - beganMs;
}

test("a look for changes waits until a pass has ended its work", async () => {
  happen({ control }, withStatus({ sync: "OutOfSync" }));

  await work((ms) => ms < 300);
  const meanwhile = looks;
  await work(() => looks === 0);

  expect(meanwhile).toBe(0);
});

test("a look for changes waits a second at most for a pass that has much to do", async () => {
  happen({ control }, withStatus({ sync: "OutOfSync" }));

  const workedMs = await work((ms) => looks === 0 && ms < 10_000);

  expect(workedMs).toBeLessThan(3_000);
});

test("of feeds that are closed, none looks after the work of others", async () => {
  happen({ control }, withStatus({ sync: "OutOfSync" }));

  await work((ms) => ms < 100);
  feeds.close();
  for (let turns = 0; turns < 100; turns += 1) await turn();

  expect(looks).toBe(0);
});
