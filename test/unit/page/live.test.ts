import { API_VERSION } from "../../../src/api/group.ts";
import { WatchLines } from "../../../src/http/watch/watch-lines.ts";
import { describe, expect, test } from "@jest/globals";
import { isLater, RowEventReader, type RowEvent } from "../../../src/page/view/live/watch-events.ts";
import { listStateOf, summaryText } from "../../../src/page/view/list-state.ts";
import { withEvents, type RowSet } from "../../../src/page/view/live/row-set.ts";

const SUMMARY = {
  account: "prod",
  sync: "OutOfSync",
  drift: { kind: "none" },
  ready: { status: "True", reason: "ObserveOnly", message: "" },
};

function line(type: string, version: string, change: { readonly name?: string } = {}): string {
  const { name = "api" } = change;
  const metadata = { namespace: "orders", name: `${name}.111122223333.eu-west-1` };
  // Of a removed object the state is not kept.
  const summary = type === "DELETED" ? {} : { summary: SUMMARY, asOf: "2026-11-25T12:00:00.000Z" };
  const row = { cells: [], object: { metadata, ...summary } };
  const object = {
    kind: "Table",
    metadata: { resourceVersion: version },
    rows: type === "BOOKMARK" ? [{ cells: [], object: { metadata: {} } }] : [row],
  };
  return `${JSON.stringify({ type, object })}\n`;
}

const keysOf = ({ rows }: RowSet): readonly string[] =>
  [...rows.values()].map(({ owner, sync }) => `${owner} ${sync}`);
const EMPTY: RowSet = { rows: new Map(), version: "10" };

describe("the lines of a watch", () => {
  test("are read across the borders of chunks", () => {
    const reader = new RowEventReader();
    const text = line("ADDED", "11") + line("MODIFIED", "12", { name: "jobs" });

    const events = Array.from(text).flatMap((character) => reader.read(character));

    expect(events).toMatchObject([
      { kind: "row", version: "11", row: { owner: "api", sync: "out of sync" } },
      { kind: "row", version: "12", row: { owner: "jobs", reason: "ObserveOnly" } },
    ]);
  });

  test("move the version also if a row cannot be understood", () => {
    const reader = new RowEventReader();

    expect(reader.read(line("ADDED", "11", { name: "<b>" }))).toEqual([{ kind: "version", version: "11" }]);
    expect(reader.read(line("BOOKMARK", "15"))).toEqual([{ kind: "version", version: "15" }]);
  });

  test("have since when AWS differs, also if a watch that began later receives a row which was made earlier", () => {
    const since = "2026-11-25T11:48:00.000Z";
    const ready = {
      type: "Ready",
      status: "False",
      reason: "Drifted",
      message: "",
      lastTransitionTime: since,
    };
    const status = { ...SUMMARY, drift: { since }, sync: "OutOfSync", conditions: [ready] };
    const metadata = { namespace: "orders", name: "api.111122223333.eu-west-1", creationTimestamp: since };
    const text = JSON.stringify({
      apiVersion: API_VERSION,
      kind: "Binding",
      metadata,
      spec: { desired: null },
      status,
    });
    const event = { text, isRemoved: false, resourceVersion: "1", rows: new Map<string, string>() };
    const of = { apiVersion: API_VERSION, kind: "Binding", columns: [] };
    const sentAfter = (ms: number) =>
      new WatchLines({ isTable: true, include: "Summary" }, of, () => Date.parse(since) + ms);

    const lines = [0, 540_000].map((ms) => sentAfter(ms).event("MODIFIED", event));

    const drift = { kind: "drifted", sinceMs: Date.parse(since) };
    expect(lines.flatMap((one) => new RowEventReader().read(one))).toMatchObject([
      { row: { drift } },
      { row: { drift } },
    ]);
  });

  test("name a removed object, of which the state is not kept", () => {
    const metadata = { namespace: "orders", name: "api.111122223333.eu-west-1" };
    const text = JSON.stringify({ apiVersion: API_VERSION, kind: "Binding", metadata });
    const of = { apiVersion: API_VERSION, kind: "Binding", columns: [] };
    const lines = new WatchLines({ isTable: true, include: "Summary" }, of, () => 0);

    const removed = lines.event("DELETED", { text, isRemoved: true, resourceVersion: "2", rows: new Map() });

    expect(new RowEventReader().read(removed)).toEqual([
      { kind: "removed", version: "2", key: "function/111122223333/eu-west-1/orders/api" },
    ]);
  });

  test("end with the message of an error", () => {
    const error = {
      type: "ERROR",
      object: { kind: "Status", code: 410, message: "too old resource version" },
    };

    expect(new RowEventReader().read(`${JSON.stringify(error)}\n`)).toEqual([
      { kind: "ended", message: "too old resource version" },
    ]);
  });
});

describe("rows with changes", () => {
  const events = (...lines: readonly string[]): readonly RowEvent[] =>
    new RowEventReader().read(lines.join(""));

  test("are set and removed in the order of the versions", () => {
    const set = withEvents(
      EMPTY,
      events(line("ADDED", "11"), line("ADDED", "12", { name: "jobs" }), line("DELETED", "13")),
    );

    expect(keysOf(set)).toEqual(["jobs out of sync"]);
    expect(set.version).toBe("13");
  });

  test("leave out changes that the list has already", () => {
    const listed = withEvents(EMPTY, events(line("ADDED", "20")));

    const set = withEvents(listed, events(line("DELETED", "19")));

    expect(keysOf(set)).toEqual(["api out of sync"]);
    expect(set.version).toBe("20");
  });

  test("compare versions that are longer than exact numbers of JavaScript", () => {
    expect(isLater("17956080000012575", "17956080000012574")).toBe(true);
    expect(isLater("17956080000012574", "17956080000012575")).toBe(false);
    expect(isLater("9", "10")).toBe(false);
    expect(isLater("", "10")).toBe(false);
    expect(isLater("1", "")).toBe(true);
  });
});

describe("the state of a list", () => {
  const times = { listedMs: 1_000, aliveMs: 2_000, lost: null };

  test.each([
    {
      times: { ...times, listedMs: null },
      nowMs: 3_000,
      expected: null,
      because: "the first list is not there",
    },
    { times, nowMs: 3_000, expected: { kind: "live" }, because: "the watch showed a sign of life" },
    {
      times: { ...times, aliveMs: null },
      nowMs: 3_000,
      expected: { kind: "polled", readMs: 1_000 },
      because: "no watch was seen yet",
    },
    {
      times,
      nowMs: 20_000,
      expected: { kind: "polled", readMs: 1_000 },
      because: "the watch has been silent for too long",
    },
    {
      times: { ...times, lost: { sinceMs: 2_500, reason: "x" } },
      nowMs: 3_000,
      expected: { kind: "stopped", sinceMs: 2_500, reason: "x" },
      because: "changes were lost",
    },
    {
      times: { listedMs: null, aliveMs: null, lost: { sinceMs: 2_500, reason: "x" } },
      nowMs: 3_000,
      expected: { kind: "stopped", sinceMs: null, reason: "x" },
      because: "there are no rows of an earlier time",
    },
  ])("is $expected: $because", ({ times: known, nowMs, expected }) => {
    expect(listStateOf(known, nowMs)).toEqual(expected);
  });
});

test.each([
  { of: "", kind: "loading", text: "Loading the bindings and policies", because: "nothing was read yet" },
  { of: "", kind: "stopped", text: "The bindings and policies are not known", because: "the list failed" },
  { of: "", kind: "live", text: "0 bindings, live", because: "there are none" },
  { of: "f", kind: "live", text: "1 binding, live", because: "all are shown" },
  { of: "fpp", kind: "live", text: "1 of 1 binding, 0 of 2 policies, live", because: "policies are hidden" },
  { of: "ff", kind: "stopped", text: "1 of 2 bindings, live", because: "there is no policy" },
  { of: "pp", kind: "live", text: "1 of 2 policies, live", because: "there is no function" },
] as const)("the summary is $text: $because", ({ of, kind, text }) => {
  const rows = of.split("").map((each) => ({ kind: each === "p" ? "policy" : "function" }) as const);

  expect(summaryText({ shown: rows.slice(0, 1), rows, live: "live" }, { kind })).toBe(text);
});

test("the summary of all rows has policies apart from bindings, as the accounts above count them", () => {
  const rows = [{ kind: "function" }, { kind: "policy" }] as const;

  expect(summaryText({ shown: rows, rows, live: "live" }, { kind: "live" })).toBe(
    "1 binding, 1 policy, live",
  );
});

test("the summary does not repeat a problem that is stated above it", () => {
  expect(
    summaryText(
      { shown: [{ kind: "function" }], rows: [{ kind: "function" }], live: null },
      { kind: "stopped" },
    ),
  ).toBe("1 binding");
});
