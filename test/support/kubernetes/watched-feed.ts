import type { ApiObject } from "../../../src/api/object.ts";
import { byTextOf } from "../../../src/text/order.ts";
import { parseKey, type Key } from "../../../src/model/keys/key.ts";
import type { Reader } from "../../../src/http/request/reader.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { RequestedReconciles } from "../../../src/http/request/requested-reconciles.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { feedResource } from "../../../src/http/watch/feed-resources.ts";
import type { ObjectIdentity } from "../../../src/http/watch/object-log.ts";
import { ObjectWatch, openStart, type WatchStart } from "../../../src/http/watch/object-watch.ts";
import { ResourceFeed } from "../../../src/http/watch/resource-feed.ts";
import { SharedSlices } from "../../../src/http/watch/shared-slices.ts";
import { VersionClock } from "../../../src/http/watch/version-clock.ts";
import { WatchLines } from "../../../src/http/watch/watch-lines.ts";
import { FakeControl, NOW, type FakeState } from "../fakes/fake-control.ts";
import { checked } from "../record/audit-facts.ts";
import { accessOf } from "../screens/access.ts";
import { fakeState } from "../screens/api-world.ts";
import { record, view } from "../screens/world-states.ts";
import { happen } from "./watching.ts";

export function keyAt(at: number): Key {
  return checked(parseKey(`function/111122223333/eu-west-1/orders/function-${at}`));
}

/** A world of so many bindings that no manifest declares any more, each with a view. */
export function stateOf(count: number): FakeState {
  const keys = Array.from({ length: count }, (_, at) => keyAt(at));
  const views = new Map(keys.map((key) => [key, view(key)]));
  return { ...fakeState(), objects: [], records: keys.map((key) => record(key)), views };
}

export interface ListedPages {
  readonly version: number;
  readonly pages: AsyncGenerator<readonly ApiObject<string>[], void>;
}

/** The feed of the bindings, without a server and without timers: it looks when it is asked to. */
export class WatchedFeed {
  readonly control: FakeControl;
  readonly feed: ResourceFeed;
  /** All reads so far. */
  readonly reads: WeakRef<Reader>[] = [];
  readonly #world: WorldReader;
  #changes = 0;
  #nowMs = Date.parse(NOW);

  constructor(state: FakeState) {
    this.control = new FakeControl(state);
    this.#world = new WorldReader(this.control);
    const resource = feedResource("bindings");
    if (resource === null) throw new Error("bindings can be watched");
    this.feed = new ResourceFeed(resource, {
      clock: { nowMs: () => this.#nowMs },
      versions: new VersionClock(1, () => this.#nowMs),
      requestedReconciles: new RequestedReconciles(this.control),
      changes: () => this.#changes,
      open: this.open,
    });
  }

  readonly open = async (): Promise<Reader> => {
    const access = accessOf("operator", "all");
    const world = await this.#world.read();
    const reader = readerOf({
      control: this.control,
      world,
      access,
      tenantPath: "teams",
      nowMs: this.#nowMs,
    });
    this.reads.push(new WeakRef(reader));
    return reader;
  };

  happen(change: Partial<FakeState>): void {
    happen(this, change);
    this.#changes += 1;
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** The version of a list, and its pages as a client reads them, one after the other. */
  async list(pageSize: number): Promise<ListedPages> {
    const version = await this.feed.listVersion();
    const pages = this.#pages(version, pageSize);
    return { version, pages };
  }

  async *#pages(version: number, size: number): AsyncGenerator<readonly ApiObject<string>[], void> {
    let after = "";
    for (;;) {
      const reader = await this.open();
      const left = [...this.feed.resource.objects(reader)].filter(({ metadata }) => metadata.name > after);
      const page = left.sort(byTextOf(({ metadata }) => metadata.name)).slice(0, size);
      const looks = page.map((item) => this.feed.look(reader, item));
      for (const { id, seen } of looks) this.feed.listedAt(version)?.show(id, seen);
      yield looks.map(({ object }) => object);
      if (page.length < size) return;
      after = page.at(-1)?.metadata.name ?? "";
    }
  }

  async watch(start: WatchStart, selects: (object: ObjectIdentity) => boolean): Promise<ObjectWatch> {
    await this.feed.catchUp();
    const form = { isTable: false, include: "Metadata" } as const;
    const lines = new WatchLines(form, this.feed.resource, () => this.#nowMs);
    const parts = { feed: this.feed, lines, selects, open: this.open, slices: new SharedSlices() };
    return new ObjectWatch(parts, await openStart(start, this.feed, this.open));
  }
}
