import { describe, expect, test } from "@jest/globals";
import { EVERY_ENTRY, type EntryFilter } from "../../../src/model/entries/entry-filter.ts";
import type { EntryKind } from "../../../src/model/entries/entry-groups.ts";
import { BASE_PATH } from "../../../src/api/group.ts";
import type { FunctionPart, HistoryPart } from "../../../src/api/browser/site.ts";
import type { AuditEvent } from "../../../src/api/events.ts";
import { selectEvents } from "../../../src/page/view/site/events.ts";
import { historyParts, partOf, partsOf, type KnownHistory } from "../../../src/page/view/site/parts.ts";
import { siteQuestion, type EventSelection } from "../../../src/page/view/site/question.ts";
import { tableOfRows } from "../../../src/page/view/site/rows.ts";
import type { BindingSummary } from "../../../src/api/browser/binding-summary.ts";
import { rowsOfTable } from "../../../src/page/view/rows.ts";
import { intent, KEY, OTHER_KEY } from "../../support/record/audit-facts.ts";
import { chainOf } from "../../support/record/chain.ts";

describe("a request of the page asks an export for", () => {
  const NO_SELECTION = { namespace: null, key: null, filter: EVERY_ENTRY, limit: 100, before: null };

  test.each([
    { path: "/auth/session", question: { kind: "session" } },
    { path: `${BASE_PATH}/overview`, question: { kind: "answer", path: "/overview" } },
    { path: `${BASE_PATH}/bindings?limit=200`, question: { kind: "rows", from: 0 } },
    { path: `${BASE_PATH}/bindings?limit=1000&continue=3`, question: { kind: "rows", from: 3 } },
    { path: `${BASE_PATH}/plans?limit=250&continue=2`, question: { kind: "rules", from: 2 } },
    {
      path: `${BASE_PATH}/permissions?limit=100`,
      question: { kind: "permissions", namespace: null, from: 0 },
    },
    {
      path: `${BASE_PATH}/namespaces/orders/permissions?continue=1`,
      question: { kind: "permissions", namespace: "orders", from: 1 },
    },
    {
      path: `${BASE_PATH}/namespaces/orders/permissions/a.b`,
      question: { kind: "one", resource: "permissions", namespace: "orders", name: "a.b" },
    },
    {
      path: `${BASE_PATH}/namespaces/a%2Fb/bindings/x%3F`,
      question: { kind: "one", resource: "bindings", namespace: "a/b", name: "x?" },
    },
    { path: `${BASE_PATH}/namespaces/orders/drifts`, question: { kind: "drifts", namespace: "orders" } },
    {
      path: `${BASE_PATH}/timeline?range=7d`,
      question: { kind: "timeline", namespace: null, range: "7d" },
    },
    {
      path: `${BASE_PATH}/namespaces/orders/timeline`,
      question: { kind: "timeline", namespace: "orders", range: "24h" },
    },
    { path: `${BASE_PATH}/holds/7f3a`, question: { kind: "hold", name: "7f3a" } },
    { path: `${BASE_PATH}/holds`, question: { kind: "answer", path: "/holds" } },
    { path: `${BASE_PATH}/events`, question: { kind: "events", selection: NO_SELECTION } },
    {
      path: `${BASE_PATH}/namespaces/orders/events?limit=5&continue=9&kind=approved&key=${encodeURIComponent(KEY)}`,
      question: {
        kind: "events",
        selection: { namespace: "orders", key: KEY, filter: ofKind("approved"), limit: 5, before: 9 },
      },
    },
    {
      path: `${BASE_PATH}/events?by=dana&since=2026-11-25&until=2026-11-26T00:00Z`,
      question: {
        kind: "events",
        selection: {
          ...NO_SELECTION,
          filter: {
            kinds: null,
            by: "dana",
            sinceMs: Date.UTC(2026, 10, 25),
            untilMs: Date.UTC(2026, 10, 26),
          },
        },
      },
    },
    ...["kind=reverted", "since=yesterday", "until=x"].map((query) => ({
      path: `${BASE_PATH}/events?${query}`,
      question: { kind: "answer" as const, path: "/events" },
    })),
    {
      path: `${BASE_PATH}/events?actor=dana`,
      question: { kind: "answer", path: "/events" },
    },
    {
      path: `${BASE_PATH}/namespaces/orders/waves`,
      question: { kind: "answer", path: "/namespaces/orders/waves" },
    },
  ])("$question.kind: $path", ({ path, question }) => {
    expect(siteQuestion(path)).toEqual(question);
  });
});

function ofKind(kind: EntryKind | null): EntryFilter {
  return { ...EVERY_ENTRY, kinds: kind === null ? null : [kind] };
}

function part(namespace: string, name: string): FunctionPart {
  return { file: `${namespace}-${name}`, count: 2, first: { namespace, name } };
}

describe("the files of an export", () => {
  const parts = [part("a", "f"), part("a", "m"), part("c", "a"), part("c", "x")];

  test.each([
    { namespace: "a", name: "f", file: "a-f", because: "it is the first one" },
    { namespace: "a", name: "g", file: "a-f", because: "it is between two beginnings" },
    { namespace: "b", name: "x", file: "a-m", because: "its namespace begins in the middle of a file" },
    { namespace: "c", name: "z", file: "c-x", because: "it is after the last beginning" },
    { namespace: "a", name: "a", file: undefined, because: "it is before all" },
  ])("$namespace/$name is looked for in $file: $because", ({ namespace, name, file }) => {
    expect(partOf(parts, { namespace, name })?.file).toBe(file);
  });

  test.each([
    { namespace: "a", files: ["a-f", "a-m"] },
    { namespace: "b", files: ["a-m"] },
    { namespace: "c", files: ["a-m", "c-a", "c-x"] },
    { namespace: "d", files: ["c-x"] },
  ])("namespace $namespace may be in $files", ({ namespace, files }) => {
    expect(partsOf(parts, namespace).map(({ file }) => file)).toEqual(files);
  });

  test("of the history only those that may have an entry are read", () => {
    const history: readonly HistoryPart[] = [
      { file: "h-0", count: 2, newest: 6, oldest: 5, kinds: ["approved"] },
      { file: "h-1", count: 2, newest: 4, oldest: 3, kinds: ["drift-found"] },
      { file: "h-2", count: 2, newest: 2, oldest: 1, kinds: ["approved"] },
    ];
    const filesOf = (before: number | null, kind: "approved" | null, known: KnownHistory | null) =>
      historyParts(history, { before, filter: ofKind(kind) }, known).map(({ file }) => file);

    expect(filesOf(null, null, null)).toEqual(["h-0", "h-1", "h-2"]);
    expect(filesOf(5, null, null)).toEqual(["h-1", "h-2"]);
    expect(filesOf(6, "approved", null)).toEqual(["h-0", "h-2"]);
    expect(filesOf(null, null, { history: ["h-1"], isHistoryCut: false })).toEqual(["h-1"]);
    expect(filesOf(null, null, { history: [], isHistoryCut: false })).toEqual([]);
    // Older files than the listed ones may have entries, too: none is left out.
    expect(filesOf(null, null, { history: ["h-1"], isHistoryCut: true })).toEqual(["h-1", "h-2"]);
  });
});

describe("entries of an export are selected", () => {
  const events = chainOf([
    { kind: "stopped", version: "0.1.0", reason: "x" },
    intent({ key: KEY }),
    intent({ key: OTHER_KEY }),
  ]).entries.toReversed() as unknown as readonly AuditEvent[];
  const ALL: EventSelection = { namespace: null, key: null, filter: EVERY_ENTRY, limit: 100, before: null };

  test.each<{ readonly change: Partial<EventSelection>; readonly found: readonly number[] }>([
    { change: {}, found: [3, 2, 1] },
    { change: { before: 3 }, found: [2, 1] },
    { change: { filter: ofKind("stopped") }, found: [1] },
    { change: { key: KEY }, found: [2] },
    { change: { key: "no key" }, found: [] },
    { change: { namespace: "platform" }, found: [3] },
  ])("by $change", ({ change, found }) => {
    expect(selectEvents(events, { ...ALL, ...change }).map(({ seq }) => seq)).toEqual(found);
  });
});

test("the list of an export is understood as that of a controller, with ages of its moment", () => {
  const summary = {
    account: "prod",
    sync: "OutOfSync",
    drift: { kind: "drifted", since: "2026-11-25T11:48:00.000Z" },
    ready: { status: "False", reason: "AwaitingApproval", message: "x" },
    isSuspended: false,
    mode: "enforce",
    isBlocked: true,
  } as const;
  const changes: readonly Partial<BindingSummary>[] = [
    {},
    { sync: "Synced", drift: { kind: "none" }, isBlocked: false },
    { sync: "Unknown", drift: { kind: "unknown" }, isBlocked: null },
  ];
  const name = "orders-api.111122223333.eu-west-1";
  const rows = changes.map((change) => ({ namespace: "orders", name, summary: { ...summary, ...change } }));

  const read = rowsOfTable(tableOfRows(rows, "2026-11-25T12:00:00.000Z"));

  expect(read.notUnderstood).toBe(0);
  expect(read.rows.map(({ sync, drift, isBlocked }) => ({ sync, drift, isBlocked }))).toEqual([
    {
      sync: "out of sync",
      drift: { kind: "drifted", sinceMs: Date.parse("2026-11-25T11:48:00.000Z") },
      isBlocked: true,
    },
    { sync: "synced", drift: { kind: "none" }, isBlocked: false },
    { sync: "unknown", drift: { kind: "unknown" }, isBlocked: null },
  ]);
  expect(read.rows[0]).toMatchObject({
    place: "prod/eu-west-1",
    reason: "AwaitingApproval",
    mode: "enforce",
  });
});
