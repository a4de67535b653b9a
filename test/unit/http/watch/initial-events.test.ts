import { expect, test } from "@jest/globals";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { SentLines } from "../../../../src/http/watch/watch-stream.ts";
import type { ObjectWatch } from "../../../../src/http/watch/object-watch.ts";
import { eventsOf, keyAt, stateOf, WatchedFeed } from "../../../support/kubernetes/watched-feed.ts";
import { record } from "../../../support/screens/world-states.ts";

const COUNT = 100;
const all = (): boolean => true;

const COLLECTIONS = 20;

/** How many reads of the record stay in memory. */
async function heldReads({ reads }: WatchedFeed): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const held = (): number => reads.filter((read) => read.deref() !== undefined).length;
  // What the last promises and frames refer to is in memory for some turns more; what is kept survives all collections.
  for (let round = 0; round < COLLECTIONS; round += 1) {
    await turn();
    collect();
    if (held() === 0) break;
  }
  return held();
}

interface Reading {
  readonly watch: ObjectWatch;
  readonly lines: AsyncGenerator<SentLines, void>;
}

/** A client that has read a few events. */
async function begun(world: WatchedFeed): Promise<Reading> {
  const watch = await world.watch({ kind: "objects" }, all);
  const lines = watch.initial();
  await lines.next();
  return { watch, lines };
}

async function rest(lines: AsyncGenerator<SentLines, void>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const sent of lines) found.push(...eventsOf(sent));
  return found;
}

/** `ADDED function-1` */
function named(line: string): string {
  const { type, object } = JSON.parse(line) as {
    readonly type: string;
    readonly object: { readonly metadata: { readonly name: string } };
  };
  return `${type} ${object.metadata.name.split(".")[0]}`;
}

test("watches whose clients stall keep no read of the record", async () => {
  const world = new WatchedFeed(stateOf(COUNT));
  const stalled: Reading[] = [];
  for (let at = 0; at < 6; at += 1) {
    stalled.push(await begun(world));
    world.happen({ records: world.control.state.records.map((one) => ({ ...one })) });
  }

  for (const { watch } of stalled) watch.release();

  expect(await heldReads(world)).toBe(0);
  expect(stalled).toHaveLength(6);
});

test("an object that comes back before the next look, as it was, is sent to a client that did not see it", async () => {
  const world = new WatchedFeed(stateOf(COUNT));
  const { records } = world.control.state;
  const { watch, lines } = await begun(world);
  watch.release();
  world.happen({ records: records.slice(0, 90) });
  const events = [...(await rest(lines))];
  world.happen({ records });
  await world.feed.catchUp();

  events.push(...eventsOf(watch.take()));

  expect(events.map(named)).toContain("ADDED function-99");
});

test("a client that reads on after a stall gets each object once, and its changes", async () => {
  const world = new WatchedFeed(stateOf(COUNT));
  const { watch, lines } = await begun(world);
  watch.release();
  const changed = [record(keyAt(0), { sync: "OutOfSync" }), record(keyAt(90), { sync: "OutOfSync" })];
  const kept = world.control.state.records.slice(1, 90);
  // The first was sent, and so changes; the last ones are removed before they are sent.
  world.happen({ records: [...changed, ...kept] });
  world.happen({ views: new Map() });
  await world.feed.catchUp();

  const events = (await rest(lines)).map(named);

  expect(events.filter((event) => event === "ADDED function-90")).toHaveLength(1);
  expect(events).toContain("MODIFIED function-0");
  expect(events.filter((event) => event.startsWith("DELETED"))).toEqual([]);
  expect(new Set(events).size).toBe(events.length);
});
