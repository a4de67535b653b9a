import { parseKey, type Key } from "../../../src/model/keys/key.ts";
import type { Reader } from "../../../src/http/request/reader.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { RequestedReconciles } from "../../../src/http/request/requested-reconciles.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { feedResource } from "../../../src/http/watch/feed-resources.ts";
import type { ObjectIdentity } from "../../../src/http/watch/object-log.ts";
import { ObjectWatch, openStart, type WatchStart } from "../../../src/http/watch/object-watch.ts";
import { ResourceFeed } from "../../../src/http/watch/resource-feed.ts";
import { SharedBatches } from "../../../src/http/watch/shared-batches.ts";
import { SharedSlices } from "../../../src/http/watch/shared-slices.ts";
import { Stamps } from "../../../src/http/watch/stamps.ts";
import { VersionClock } from "../../../src/http/watch/version-clock.ts";
import { WatchLines, type WatchForm } from "../../../src/http/watch/watch-lines.ts";
import { FakeControl, NOW } from "../fakes/fake-control.ts";
import type { FakeState } from "../fakes/fake-state.ts";
import { checked } from "../record/audit-facts.ts";
import { accessOf } from "../screens/access.ts";
import { calm } from "../screens/action-required.ts";
import { record, view } from "../screens/world-states.ts";
import { happen } from "./watching.ts";

const NOW_MS = Date.parse(NOW);

export function keyAt(at: number): Key {
  return checked(parseKey(`function/111122223333/eu-west-1/orders/function-${at}`));
}

/** A world of so many bindings that no manifest declares any more, each with a view. Its account can be read. */
export function stateOf(count: number): FakeState {
  const keys = Array.from({ length: count }, (_, at) => keyAt(at));
  const views = new Map(keys.map((key) => [key, view(key)]));
  return { ...calm(), objects: [], records: keys.map((key) => record(key)), views };
}

/** The feed of the bindings, without a server and without timers: it looks when it is asked to. */
export class WatchedFeed {
  readonly control: FakeControl;
  readonly feed: ResourceFeed;
  /** All reads so far. */
  readonly reads: WeakRef<Reader>[] = [];
  /** Watches of the same selector and form send the same bytes. */
  readonly batches = new SharedBatches();
  readonly #selections = new Map<object, number>();
  readonly #world: WorldReader;
  #changes = 0;

  constructor(state: FakeState) {
    this.control = new FakeControl(state);
    this.#world = new WorldReader(this.control);
    const resource = feedResource("bindings");
    if (resource === null) throw new Error("bindings can be watched");
    this.feed = new ResourceFeed(resource, {
      clock: { nowMs: () => NOW_MS },
      versions: new VersionClock(1, () => NOW_MS),
      requestedReconciles: new RequestedReconciles(this.control),
      stamps: new Stamps(),
      changes: () => this.#changes,
      open: this.open,
    });
  }

  readonly open = async (): Promise<Reader> => {
    const access = accessOf("operator", "all");
    const world = await this.#world.read();
    const reader = readerOf({ control: this.control, world, access, tenantPath: "teams", nowMs: NOW_MS });
    this.reads.push(new WeakRef(reader));
    return reader;
  };

  happen(change: Partial<FakeState>): void {
    happen(this, change);
    this.#changes += 1;
  }

  async watch(
    start: WatchStart,
    selects: (object: ObjectIdentity) => boolean,
    form: WatchForm = { isTable: false, include: "Metadata" },
  ): Promise<ObjectWatch> {
    await this.feed.catchUp();
    const lines = new WatchLines(form, this.feed.resource, () => NOW_MS);
    const selection = `${this.#numberOf(selects)} ${JSON.stringify(form)}`;
    const { feed, open, batches } = this;
    const parts = { feed, lines, selects, selection, open, batches, slices: new SharedSlices() };
    return new ObjectWatch(parts, await openStart(start, this.feed, this.open));
  }

  #numberOf(selects: object): number {
    const number = this.#selections.get(selects) ?? this.#selections.size;
    this.#selections.set(selects, number);
    return number;
  }
}

/** The events that are sent together, each with its line. */
export function eventsOf(sent: string | Uint8Array): readonly string[] {
  const lines = Buffer.from(sent).toString("utf8").split("\n");
  return lines.filter((line) => line !== "");
}
