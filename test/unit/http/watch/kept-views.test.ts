import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Feeds } from "../../../../src/http/watch/feeds.ts";
import type { ResourceFeed } from "../../../../src/http/watch/resource-feed.ts";
import { readerOf } from "../../../../src/http/request/reader.ts";
import { RequestedReconciles } from "../../../../src/http/request/requested-reconciles.ts";
import { WorldReader } from "../../../../src/http/request/world.ts";
import { FakeControl } from "../../../support/fakes/fake-control.ts";
import { happen } from "../../../support/kubernetes/watching.ts";
import { accessOf } from "../../../support/screens/access.ts";
import { NOW_MS, withStatus } from "../../../support/screens/action-required.ts";

let feeds: Feeds;
let control: FakeControl;
let nowMs: number;
beforeEach(() => {
  nowMs = NOW_MS;
  control = new FakeControl(withStatus({}));
  const world = new WorldReader(control);
  feeds = new Feeds({
    control,
    telemetry: { error: () => undefined },
    clock: { nowMs: () => nowMs },
    requestedReconciles: new RequestedReconciles(control),
    openReader: async (access) =>
      readerOf({ control, world: await world.read(), access, tenantPath: "teams", nowMs: NOW_MS }),
  });
});
afterEach(() => feeds.close());

/** The feed of an actor that limits a request to some namespaces. */
function feedOf(actor: string, ...namespaces: readonly string[]): ResourceFeed {
  const feed = feeds.named({ ...accessOf("reader", new Set(namespaces)), actor }, "bindings");
  if (feed === null) throw new Error("bindings can be watched");
  return feed;
}

function nameOthers(actor: string, count: number): void {
  for (let at = 0; at < count; at += 1) feedOf(actor, `${actor}-${at}`);
}

test("a caller that names ever other namespaces keeps only the last views", () => {
  const first = feedOf("reader", "orders");

  nameOthers("reader", 7);
  expect(feedOf("reader", "orders")).toBe(first);
  nameOthers("reader", 8);

  expect(feedOf("reader", "orders")).not.toBe(first);
});

test("a caller that names ever other namespaces ends no view of another one", () => {
  const other = feedOf("other", "orders");

  nameOthers("reader", 50);

  expect(feedOf("other", "orders")).toBe(other);
});

test("a view that is watched is kept", () => {
  const watched = feedOf("reader", "orders");
  watched.watches += 1;

  nameOthers("reader", 50);

  expect(feedOf("reader", "orders")).toBe(watched);
});

test("changes are kept for ten minutes, also if nothing changes and no one asks any more", async () => {
  const { log } = feedOf("reader", "orders");
  await feedOf("reader", "orders").catchUp();
  const { version } = log;
  happen({ control }, withStatus({ sync: "OutOfSync" }));
  await feedOf("reader", "orders").catchUp();

  nowMs += 599_000;
  feeds.tidy();
  expect(log.after(version, 20)).toHaveLength(1);
  nowMs += 2_000;
  feeds.tidy();

  expect(log.after(version, 20)).toBeNull();
});
