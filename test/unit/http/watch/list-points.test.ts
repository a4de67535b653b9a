import { expect, test } from "@jest/globals";
import { keyAt, stateOf, WatchedFeed } from "../../../support/kubernetes/watched-feed.ts";
import { record } from "../../../support/screens/world-states.ts";

/** More than the time in which lists share a state. */
const LATER_MS = 2_000;
const all = (): boolean => true;

function change(world: WatchedFeed, sync: "Synced" | "OutOfSync"): void {
  const [, ...others] = world.control.state.records;
  world.happen({ records: [record(keyAt(0), { sync }), ...others] });
}

async function listAfterChange(world: WatchedFeed, sync: "Synced" | "OutOfSync"): Promise<number> {
  change(world, sync);
  return world.feed.listVersion();
}

test("lists shortly after one another have one version, also if something has changed between them", async () => {
  const world = new WatchedFeed(stateOf(2));

  const first = await listAfterChange(world, "Synced");
  const second = await listAfterChange(world, "OutOfSync");
  world.pass(LATER_MS);
  const later = await world.feed.listVersion();

  expect(second).toBe(first);
  expect(later).toBeGreaterThan(first);
});

test("a watch is expired for the list before the last sixteen", async () => {
  const world = new WatchedFeed(stateOf(2));
  const versions: number[] = [];
  for (let at = 0; at < 17; at += 1) {
    versions.push(await listAfterChange(world, at % 2 === 0 ? "OutOfSync" : "Synced"));
    world.pass(LATER_MS);
  }
  const [first = 0, second = 0] = versions;

  expect(await world.watch({ kind: "after", version: second }, all)).toBeDefined();
  await expect(world.watch({ kind: "after", version: first }, all)).rejects.toMatchObject({
    reason: "Expired",
  });
});

test("an object that a list has shown in two states is sent to a watch, whichever the client has", async () => {
  const world = new WatchedFeed(stateOf(1));
  for (const sync of ["Synced", "OutOfSync"] as const) {
    change(world, sync);
    const { pages } = await world.list(1_000);
    await pages.next();
  }
  const version = await world.feed.listVersion();

  const watch = await world.watch({ kind: "after", version }, all);

  const { value } = await watch.initial().next();
  expect(JSON.parse(String(value))).toMatchObject({
    type: "MODIFIED",
    object: { status: { sync: "OutOfSync" } },
  });
});
