import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { contentDigest } from "../../src/http/watch/content.ts";
import type { BindingObject } from "../../src/api/bindings.ts";
import type { ApiObject } from "../../src/api/object.ts";
import type { ObjectIdentity } from "../../src/http/watch/object-log.ts";
import type { ObjectWatch, WatchStart } from "../../src/http/watch/object-watch.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../support/fc-runs.ts";
import { keyAt, stateOf, WatchedFeed } from "../support/kubernetes/watched-feed.ts";
import { record, view } from "../support/screens/world-states.ts";

/*
 * However slowly a client reads, its events take it from nothing to what exists, each from a state that the client has. Clients of Kubernetes keep a copy of what they watch by the same rules.
 */

/** More than one piece. */
const OBJECTS = 24;

type Sync = "Synced" | "OutOfSync";

type Happening =
  | { readonly kind: "changed"; readonly at: number; readonly to: Sync }
  | { readonly kind: "removed" | "read-again"; readonly at: number }
  | { readonly kind: "later" };

type Step =
  | Happening
  /** The controller has finished a look for changes. */
  | { readonly kind: "look" }
  | { readonly kind: "read"; readonly lines: number }
  | { readonly kind: "stall" };

const at = fc.nat({ max: OBJECTS - 1 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant("changed" as const),
    at,
    to: fc.constantFrom<Sync>("Synced", "OutOfSync"),
  }),
  fc.record({ kind: fc.constantFrom("removed" as const, "read-again" as const), at }),
  fc.constant({ kind: "later" as const }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: happening },
  { weight: 1, arbitrary: fc.constant({ kind: "look" as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("read" as const), lines: fc.nat({ max: OBJECTS }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: "stall" as const }) },
);

function happen(world: WatchedFeed, one: Happening): void {
  if (one.kind === "later") return world.pass(2_000);
  const { records, views } = world.control.state;
  const key = keyAt(one.at);
  const others = records.filter((known) => known.key !== key);
  if (one.kind === "removed") world.happen({ records: others });
  if (one.kind === "changed") world.happen({ records: [...others, record(key, { sync: one.to })] });
  if (one.kind === "read-again") world.happen({ views: new Map([...views, [key, view(key)]]) });
}

interface ReadEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: ApiObject<string>;
}

/** What a client has of the objects, by name. */
class ClientCopy {
  readonly objects = new Map<string, string>();
  /** Events of objects that it has already, or has not. */
  readonly impossible: string[] = [];
  readonly #selects: (sync: string) => boolean;

  constructor(selects: (sync: string) => boolean) {
    this.#selects = selects;
  }

  apply(line: string): void {
    const { type, object } = JSON.parse(line) as ReadEvent;
    const { name } = object.metadata;
    if (this.objects.has(name) === (type === "ADDED")) this.impossible.push(`${type} ${name}`);
    if (type === "DELETED") this.objects.delete(name);
    else this.set(object);
  }

  set(object: ApiObject<string>): void {
    this.objects.set(object.metadata.name, contentDigest("bindings", object));
  }

  /** What it must have. */
  async expected({ feed, open }: WatchedFeed): Promise<ReadonlyMap<string, string>> {
    const reader = await open();
    const objects = [...feed.resource.objects(reader)].map((item) => feed.look(reader, item).object);
    const selected = objects.filter((object) => this.#selects((object as BindingObject).status.sync));
    return new Map(selected.map((object) => [object.metadata.name, contentDigest("bindings", object)]));
  }
}

const ALL = (): boolean => true;
const DRIFTED = (sync: string): boolean => sync === "OutOfSync";

interface Followed {
  readonly selects: (sync: string) => boolean;
  readonly steps: readonly Step[];
}

/** A client, with the steps that happen while it reads. */
class Client {
  readonly world = new WatchedFeed(stateOf(OBJECTS));
  readonly copy: ClientCopy;
  readonly #selects: (sync: string) => boolean;

  constructor(selects: (sync: string) => boolean) {
    this.#selects = selects;
    this.copy = new ClientCopy(selects);
  }

  async happen(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      if (one.kind === "look") await this.world.feed.catchUp();
      else if (one.kind !== "read" && one.kind !== "stall") happen(this.world, one);
    }
  }

  /** Opens a watch, takes the steps, and reads to the end. */
  async watch(start: WatchStart, steps: readonly Step[]): Promise<void> {
    const isSelected = ({ fields }: ObjectIdentity): boolean => this.#selects(fields["status.sync"] ?? "");
    const watch = await this.world.watch(start, isSelected);
    const lines = linesOf(watch);
    const read = async (count: number): Promise<void> => {
      for (let line = 0; line < count; line += 1) {
        const { value } = await lines.next();
        if (typeof value !== "string") return;
        this.copy.apply(value);
      }
    };
    for (const one of steps) {
      if (one.kind === "read") await read(one.lines);
      else if (one.kind === "stall") watch.release();
      else await this.happen([one]);
    }
    await this.world.feed.catchUp();
    await read(Infinity);
  }

  hasSelected(object: ApiObject<string>): boolean {
    return this.#selects((object as BindingObject).status.sync);
  }
}

async function follow({ selects, steps }: Followed): Promise<void> {
  const client = new Client(selects);
  await client.watch({ kind: "objects" }, steps);
  expect(client.copy.impossible).toEqual([]);
  expect(client.copy.objects).toEqual(await client.copy.expected(client.world));
}

interface FollowedList extends Followed {
  readonly before: readonly Step[];
  /** While the client reads the pages. */
  readonly between: readonly Step[];
  readonly pageSize: number;
}

/** As kubectl does: it lists in pages, and watches from the version of the first one. */
async function followList({ selects, steps, before, between, pageSize }: FollowedList): Promise<void> {
  const client = new Client(selects);
  await client.happen(before);
  const { version, pages } = await client.world.list(pageSize);
  let left = between;
  for await (const page of pages) {
    for (const object of page) if (client.hasSelected(object)) client.copy.set(object);
    await client.happen(left.slice(0, 2));
    left = left.slice(2);
  }
  await client.happen(left);
  await client.watch({ kind: "after", version }, steps);
  expect(client.copy.objects).toEqual(await client.copy.expected(client.world));
}

/** Its events so far; it goes on when there are more. */
function linesOf(watch: ObjectWatch): Pick<AsyncGenerator<string, void>, "next"> {
  const initial = watch.initial();
  let left: string[] = [];
  return {
    next: async () => {
      const first = await initial.next();
      if (first.done !== true) return first;
      if (left.length === 0) left = [...watch.take()];
      const line = left.shift();
      return line === undefined ? { done: true, value: undefined } : { done: false, value: line };
    },
  };
}

const SELECTORS = [
  { selects: ALL, name: "all objects" },
  { selects: DRIFTED, name: "those that drift" },
];
const steps = fc.array(step, { maxLength: 14 });
const few = fc.array(step, { maxLength: 6 });

describe("a client has what exists at the end", () => {
  test.each(SELECTORS)(
    "if it watches from the beginning: $name",
    async ({ selects }) => {
      const drawn = fc.asyncProperty(steps, (some) => follow({ selects, steps: some }));
      await fc.assert(drawn, { numRuns: FC_RUNS });
    },
    LAW_TIMEOUT_MS,
  );

  test.each(SELECTORS)(
    "if it watches after a list: $name",
    async ({ selects }) => {
      const pageSize = fc.constantFrom(5, OBJECTS, 1_000);
      const drawn = fc.record({ selects: fc.constant(selects), before: few, between: few, steps, pageSize });
      await fc.assert(fc.asyncProperty(drawn, followList), { numRuns: FC_RUNS });
    },
    LAW_TIMEOUT_MS,
  );
});
