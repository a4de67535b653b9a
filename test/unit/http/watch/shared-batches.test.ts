import { expect, test } from "@jest/globals";
import { SharedBatches, type Batch } from "../../../../src/http/watch/shared-batches.ts";
import type { ObjectIdentity } from "../../../../src/http/watch/object-log.ts";
import type { ObjectWatch } from "../../../../src/http/watch/object-watch.ts";
import { eventsOf, keyAt, stateOf, WatchedFeed } from "../../../support/kubernetes/watched-feed.ts";
import { condition, record } from "../../../support/screens/world-states.ts";

const COUNT = 50;
const all = (): boolean => true;
const first = ({ metadata }: ObjectIdentity): boolean => metadata.name.startsWith("function-0.");

async function openWatch(
  world: WatchedFeed,
  selects: (object: ObjectIdentity) => boolean,
): Promise<ObjectWatch> {
  const watch = await world.watch({ kind: "objects" }, selects);
  for await (const _ of watch.initial());
  return watch;
}

async function changeAll(world: WatchedFeed, count: number): Promise<void> {
  const changed = Array.from({ length: count }, (_, at) => record(keyAt(at), { sync: "OutOfSync" }));
  world.happen({ records: [...changed, ...world.control.state.records.slice(count)] });
  await world.feed.catchUp();
}

/** All that the watch sends now, in the pieces in which it is sent. */
function rest(watch: ObjectWatch): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let piece = watch.take(); piece.length > 0; piece = watch.take()) pieces.push(piece);
  return pieces;
}

test("watches that select the same send the same bytes, and another selection its own", async () => {
  const world = new WatchedFeed(stateOf(COUNT));
  const [one, other, selective] = [
    await openWatch(world, all),
    await openWatch(world, all),
    await openWatch(world, first),
  ];
  await changeAll(world, COUNT);

  const [pieces, same] = [rest(one), rest(other)];

  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.every((piece, at) => piece === same[at])).toBe(true);
  expect(pieces.flatMap((piece) => eventsOf(piece))).toHaveLength(COUNT);
  expect(rest(selective).flatMap((piece) => eventsOf(piece))).toHaveLength(1);
});

test("a piece of large objects ends with the first object beyond its size, and the pieces have every change", async () => {
  const world = new WatchedFeed(stateOf(COUNT));
  const [watch, another] = [await openWatch(world, all), await openWatch(world, all)];
  const conditions = [condition({ message: "x".repeat(50_000) })];
  world.happen({ records: world.control.state.records.map(({ key }) => record(key, { conditions })) });
  await world.feed.catchUp();

  const pieces = rest(watch);

  expect(pieces.flatMap((piece) => eventsOf(piece))).toHaveLength(COUNT);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(131_072 + 120_000);
  expect(rest(another).every((piece, at) => piece === pieces[at])).toBe(true);
});

test("a watch that began between two changes soon sends the same bytes as the others", async () => {
  const world = new WatchedFeed(stateOf(COUNT));
  const early = await openWatch(world, all);
  await changeAll(world, 7);
  const late = await openWatch(world, all);
  world.happen({ records: stateOf(COUNT).records });
  await world.feed.catchUp();
  await changeAll(world, COUNT);

  const sent = new Set(rest(early));
  const [own, ...shared] = rest(late);

  expect(own === undefined || sent.has(own)).toBe(false);
  expect(shared.length).toBeGreaterThan(1);
  expect(shared.every((piece) => sent.has(piece))).toBe(true);
});

test("batches of other feeds are others, and beyond eight megabytes only the last used ones are kept", () => {
  const batches = new SharedBatches();
  const [feed, another] = [{}, {}];
  let made = 0;
  const of = (from: object, after: number): Batch | null =>
    batches.of({ feed: from, selection: "", after }, () => {
      made += 1;
      return { bytes: new Uint8Array(1_000_000), version: after + 1 };
    });

  expect(of(feed, 1)).toBe(of(feed, 1));
  expect(of(another, 1)).not.toBe(of(feed, 1));
  for (let after = 2; after < 100; after += 1) {
    of(feed, after);
    of(feed, 1);
  }

  expect(made).toBe(100);
  expect(batches.keptBytes).toBeLessThan(8_000_000);
});

test("nothing is kept once no one watches", async () => {
  const world = new WatchedFeed(stateOf(COUNT));
  const watch = await openWatch(world, all);
  await changeAll(world, COUNT);
  rest(watch);
  expect(world.batches.keptBytes).toBeGreaterThan(0);

  world.batches.clear();

  expect(world.batches.keptBytes).toBe(0);
});
