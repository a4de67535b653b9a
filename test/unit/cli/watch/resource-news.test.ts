import { expect, test } from "@jest/globals";
import type { SuspensionObject } from "../../../../src/api/commands.ts";
import type { BindingObject } from "../../../../src/api/bindings.ts";
import type { WatchEvent } from "../../../../src/cli/client/watch-events.ts";
import { resourceNews } from "../../../../src/cli/resources/watch/resource-news.ts";
import { CliError } from "../../../../src/cli/toolbox/cli-error.ts";

type Event = WatchEvent<BindingObject>;
/** One connection: its events, then how it ends. A failure in place of them: it is refused. */
type Connection = { readonly events: readonly Event[]; readonly failure?: Error } | Error;

function object(name: string, resourceVersion: string): BindingObject {
  return { kind: "Binding", metadata: { name, resourceVersion } } as BindingObject;
}

function added(name: string, version: string): Event {
  return { type: "ADDED", object: object(name, version) };
}

function bookmark(version: string): Event {
  return { type: "BOOKMARK", object: object("", version) };
}

function failure(code: string, message = "connection refused"): CliError {
  return new CliError(message, null, { exitCode: 4, code });
}

interface Followed {
  /** `listed a,b`, `changed a`, … */
  readonly news: readonly string[];
  /** Of the last list. */
  readonly items: readonly BindingObject[];
  /** The version that each connection asked for; null: a list. */
  readonly versions: readonly (string | null)[];
  readonly pausesMs: readonly number[];
  readonly failure: unknown;
}

/** Follows the bindings over these connections, and is interrupted after the last one. */
async function follow(connections: readonly Connection[]): Promise<Followed> {
  const stop = new AbortController();
  const left = [...connections];
  const versions: (string | null)[] = [];
  const pausesMs: number[] = [];
  const client = {
    watch: async (_: unknown, __: unknown, from: string | null): Promise<never> => {
      const next = left.shift();
      if (next === undefined) throw new Error("no connection is left");
      versions.push(from);
      if (next instanceof Error) throw next;
      return eventsOf(next) as never;
    },
    list: () => Promise.reject(new Error("bindings are watched")),
  };
  const sleep = async (durationMs: number): Promise<void> => {
    if (left.length === 0) stop.abort();
    stop.signal.throwIfAborted();
    pausesMs.push(durationMs);
  };
  const selection = { namespace: undefined, labelSelector: undefined };
  const asked = {
    client,
    resource: "bindings",
    ...selection,
    clock: { sleep },
    signal: stop.signal,
  } as const;
  const news: string[] = [];
  let items: readonly BindingObject[] = [];
  try {
    for await (const one of resourceNews(asked)) {
      news.push(textOf(one));
      if (one.kind === "listed") ({ items } = one);
    }
  } catch (cause) {
    return { news, items, versions, pausesMs, failure: cause };
  }
  return { news, items, versions, pausesMs, failure: null };
}

async function* eventsOf({
  events,
  failure: ended,
}: Exclude<Connection, Error>): AsyncGenerator<Event, void> {
  yield* events;
  if (ended !== undefined) throw ended;
}

function textOf(news: {
  readonly kind: string;
  readonly item?: Pick<BindingObject, "metadata">;
  readonly items?: readonly BindingObject[];
  readonly reason?: string;
}): string {
  const { kind, item, items, reason } = news;
  const names = items?.map(({ metadata }) => metadata.name).join(",");
  return [kind, item?.metadata.name ?? names ?? reason ?? ""].join(" ").trim();
}

test("the initial events are one list, and later ones are changes", async () => {
  const { news, versions } = await follow([
    {
      events: [
        added("a", "1"),
        added("b", "2"),
        bookmark("5"),
        { type: "MODIFIED", object: object("a", "6") },
        { type: "DELETED", object: object("b", "7") },
        bookmark("8"),
      ],
    },
  ]);

  expect(news).toEqual(["listed a,b", "changed a", "removed b", "idle"]);
  expect(versions).toEqual([null]);
});

test.each([
  { because: "is as it was last", seen: { type: "MODIFIED", object: object("a", "3") }, listed: "a@3,b@2" },
  {
    because: "is not in it if it is removed, also by an event with its metadata alone",
    seen: { type: "DELETED", object: { metadata: object("a", "3").metadata } },
    listed: "b@2",
  },
  {
    because: "is another one in another namespace",
    seen: { type: "DELETED", object: { metadata: { ...object("a", "3").metadata, namespace: "orders" } } },
    listed: "a@1,b@2",
  },
])("an object that changes during the initial events $because", async ({ seen, listed }) => {
  const { news, items } = await follow([
    { events: [added("a", "1"), added("b", "2"), seen as Event, bookmark("4")] },
  ]);

  expect(news).toHaveLength(1);
  expect(items.map(({ metadata }) => `${metadata.name}@${String(metadata.resourceVersion)}`).join(",")).toBe(
    listed,
  );
});

test("after the end of a connection, the watch continues from the version that it has reached", async () => {
  const { news, versions, pausesMs } = await follow([
    { events: [added("a", "1"), bookmark("5"), { type: "MODIFIED", object: object("a", "6") }] },
    { events: [bookmark("9")] },
    { events: [] },
  ]);

  expect(versions).toEqual([null, "6", "9"]);
  expect(news).toEqual(["listed a", "changed a", "idle"]);
  expect(pausesMs).toEqual([200, 200]);
});

test("a controller that does not answer is reported once, and asked again after longer pauses", async () => {
  const gone = failure("Unreachable");
  const { news, pausesMs } = await follow([
    { events: [added("a", "1"), bookmark("5")], failure: failure("Unreachable", "connection closed") },
    gone,
    gone,
    failure("NotGrantkeeper", "the server answered 502"),
    { events: [bookmark("6")] },
  ]);

  expect(news).toEqual(["listed a", "lost connection closed", "connected", "idle"]);
  expect(pausesMs).toEqual([200, 1_000, 2_000, 5_000]);
});

test.each([
  { at: "before the first event", restarted: [failure("Expired")] },
  { at: "during the events", restarted: [{ events: [], failure: failure("Expired") }] },
])("a version that the controller does not know is followed by a list: $at", async ({ restarted }) => {
  const { news, versions } = await follow([
    { events: [added("a", "1"), bookmark("5")] },
    ...restarted,
    { events: [added("b", "70"), bookmark("71")] },
  ]);

  expect(versions).toEqual([null, "5", null]);
  expect(news).toEqual(["listed a", "listed b"]);
});

test("a list that breaks off is no list: it is read again from its beginning", async () => {
  const { news, versions } = await follow([
    { events: [added("a", "1"), bookmark("5")] },
    failure("Expired"),
    { events: [added("a", "70")], failure: failure("Unreachable", "connection closed") },
    { events: [added("a", "70"), added("b", "71"), bookmark("72")] },
  ]);

  expect(versions).toEqual([null, "5", null, null]);
  expect(news).toEqual(["listed a", "lost connection closed", "connected", "listed a,b"]);
});

test.each(["Unauthorized", "Forbidden"])("a token that is refused ends the watch: %s", async (code) => {
  const refused = failure(code, "the token has expired");

  const { news, failure: ended } = await follow([{ events: [added("a", "1"), bookmark("5")] }, refused]);

  expect(news).toEqual(["listed a"]);
  expect(ended).toBe(refused);
});

test("a controller that cannot be reached at the beginning ends the watch", async () => {
  const refused = failure("Unreachable");

  expect((await follow([refused])).failure).toBe(refused);
});

test("a bug is no lost connection", async () => {
  const bug = new TypeError("a bug");

  const { failure: ended } = await follow([{ events: [added("a", "1"), bookmark("5")] }, bug]);

  expect(ended).toBe(bug);
});

test("a resource without a watch is listed every two seconds", async () => {
  const stop = new AbortController();
  const lists = [["s-1"], ["s-1", "s-2"]];
  const pausesMs: number[] = [];
  const news = resourceNews({
    client: {
      watch: () => Promise.reject(new Error("suspensions are not watched")),
      list: async () =>
        (lists.shift() ?? []).map((name) => ({ metadata: { name } }) as SuspensionObject) as never,
    },
    resource: "suspensions",
    namespace: undefined,
    labelSelector: undefined,
    clock: {
      sleep: async (durationMs) => {
        pausesMs.push(durationMs);
        if (lists.length === 0) stop.abort();
        stop.signal.throwIfAborted();
      },
    },
    signal: stop.signal,
  });

  const counts: number[] = [];
  for await (const one of news) if (one.kind === "listed") counts.push(one.items.length);

  expect(counts).toEqual([1, 2]);
  expect(pausesMs[0]).toBe(2_000);
});
