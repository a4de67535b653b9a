import { expect, test } from "@jest/globals";
import type { ObjectWatch } from "../../../../src/http/watch/object-watch.ts";
import type { WatchForm } from "../../../../src/http/watch/watch-lines.ts";
import type { KeyStatus } from "../../../../src/model/status.ts";
import { parseRevision } from "../../../../src/model/values/revision.ts";
import { eventsOf, keyAt, stateOf, WatchedFeed } from "../../../support/kubernetes/watched-feed.ts";
import { checked } from "../../../support/record/audit-facts.ts";
import { record } from "../../../support/screens/world-states.ts";

const KEY = keyAt(0);
const LATER = checked(parseRevision(`main@sha1:${"7".repeat(40)}`));
const TABLE: WatchForm = { isTable: true, include: "Metadata" };

async function openWatch(world: WatchedFeed, form: WatchForm): Promise<ObjectWatch> {
  const watch = await world.watch({ kind: "objects" }, () => true, form);
  for await (const _ of watch.initial());
  return watch;
}

async function take(
  world: WatchedFeed,
  watch: ObjectWatch,
  change: Partial<KeyStatus>,
): Promise<readonly string[]> {
  world.happen({ records: [record(KEY, change)] });
  await world.feed.catchUp();
  return eventsOf(watch.take());
}

test.each([
  { form: TABLE, events: 0, because: "no cell of the row shows it" },
  { form: { isTable: true, include: "None" } as const, events: 0, because: "the row is all that it has" },
  { form: { isTable: true, include: "Object" } as const, events: 1, because: "the row has the object" },
  { form: { isTable: false, include: "Metadata" } as const, events: 1, because: "the object has it" },
])("another applied revision is $events events: $because", async ({ form, events }) => {
  const world = new WatchedFeed(stateOf(1));
  const watch = await openWatch(world, form);

  expect(await take(world, watch, { lastAppliedRevision: LATER })).toHaveLength(events);
});

test("a change of the row follows one that the row does not show", async () => {
  const world = new WatchedFeed(stateOf(1));
  const watch = await openWatch(world, TABLE);

  const hidden = await take(world, watch, { lastAppliedRevision: LATER });
  const shown = await take(world, watch, { lastAppliedRevision: LATER, sync: "OutOfSync" });

  expect([hidden.length, shown.length]).toEqual([0, 1]);
  expect(shown[0]).toContain("OutOfSync");
});

test("a state that a list has read, and that is over before the next look, is followed by a change", async () => {
  const world = new WatchedFeed(stateOf(1));
  const watch = await openWatch(world, TABLE);
  const before = world.control.state.records;
  world.happen({ records: [record(KEY, { sync: "OutOfSync" })] });
  const list = await world.open();
  world.happen({ records: before.map((one) => ({ ...one })) });
  await world.feed.catchUp();
  const [item] = [...world.feed.resource.objects(list)];

  if (item !== undefined) world.feed.look(list, item);
  world.happen({});
  await world.feed.catchUp();

  expect(eventsOf(watch.take())).toHaveLength(1);
});
