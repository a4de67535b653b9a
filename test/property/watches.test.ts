import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { contentDigest } from "../../src/http/watch/content.ts";
import type { BindingObject } from "../../src/api/bindings.ts";
import type { ApiObject } from "../../src/api/object.ts";
import type { ObjectIdentity } from "../../src/http/watch/object-log.ts";
import type { ObjectWatch } from "../../src/http/watch/object-watch.ts";
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
  | { readonly kind: "removed" | "read-again"; readonly at: number };

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
    else this.objects.set(name, contentDigest("bindings", object));
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

async function follow(steps: readonly Step[], selects: (sync: string) => boolean): Promise<void> {
  const world = new WatchedFeed(stateOf(OBJECTS));
  const copy = new ClientCopy(selects);
  const isSelected = ({ fields }: ObjectIdentity): boolean => selects(fields["status.sync"] ?? "");
  const watch = await world.watch({ kind: "objects" }, isSelected);
  const lines = linesOf(watch);
  const read = async (count: number): Promise<void> => {
    for (let line = 0; line < count; line += 1) {
      const { value } = await lines.next();
      if (typeof value !== "string") return;
      copy.apply(value);
    }
  };
  for (const one of steps) {
    if (one.kind === "look") await world.feed.catchUp();
    else if (one.kind === "read") await read(one.lines);
    else if (one.kind === "stall") watch.release();
    else happen(world, one);
  }
  await world.feed.catchUp();
  await read(Infinity);
  expect(copy.impossible).toEqual([]);
  expect(copy.objects).toEqual(await copy.expected(world));
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

test.each([
  { selects: ALL, name: "all objects" },
  { selects: DRIFTED, name: "those that drift" },
])(
  "a client has what exists at the end: $name",
  async ({ selects }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), (steps) => follow(steps, selects)),
      { numRuns: FC_RUNS },
    );
  },
  LAW_TIMEOUT_MS,
);
