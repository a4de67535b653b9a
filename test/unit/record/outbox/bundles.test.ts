import { describe, expect, test } from "@jest/globals";
import type { OutboxMessage } from "../../../../src/controller/ports/outbox-store.ts";
import { bundlesOf } from "../../../../src/record/outbox/bundles.ts";

/** One message about each incident, which opens or updates it; `?` before its name: it is notified once. */
function messages(...incidents: readonly string[]): readonly OutboxMessage[] {
  return incidents.map((incident, at) => ({
    id: at + 1,
    route: "ops",
    body: JSON.stringify({ incident, status: incident.startsWith("?") ? "told" : "open" }),
    attempts: 0,
    dueMs: 0,
  }));
}

/** The incidents of each delivery; `=` marks an update. */
function deliveries(incidents: readonly string[], left: number, known: readonly string[] | null) {
  const places = { left, known: known === null ? null : new Set(known) };
  return bundlesOf(messages(...incidents), places).map(
    ({ messages: all, isUpdate }) =>
      (isUpdate ? "=" : "") +
      all.map(({ body }) => (JSON.parse(body) as { incident: string }).incident).join("+"),
  );
}

describe("deliveries", () => {
  test.each([
    { of: ["a", "b"], left: 2, known: null, are: ["a", "b"], because: "all fit" },
    { of: ["a", "b", "c"], left: 2, known: null, are: ["a", "b+c"], because: "the last place has the rest" },
    { of: ["a", "b"], left: 0, known: null, are: [], because: "nothing fits in this minute" },
    {
      of: ["a", "a"],
      left: 1,
      known: null,
      are: ["a+a"],
      because: "without updates every message needs a place",
    },
    { of: ["a", "b"], left: 0, known: ["a"], are: ["=a"], because: "an update needs no place" },
    { of: ["a", "a"], left: 1, known: [], are: ["a", "=a"], because: "what was just sent is updated" },
    {
      of: ["a", "b", "a", "c", "c"],
      left: 2,
      known: ["a"],
      are: ["=a", "b", "=a", "c", "=c"],
      because: "updates and new messages keep their order",
    },
    {
      of: ["?a", "?a"],
      left: 2,
      known: [],
      are: ["?a", "?a"],
      because: "what is notified once is never updated",
    },
    {
      of: ["b", "c", "a", "c", "d"],
      left: 1,
      known: ["a"],
      are: ["=a", "b+c+c+d"],
      because: "an incident that begins in the digest also ends in it",
    },
  ])("$because", ({ of, left, known, are }) => {
    expect(deliveries(of, left, known)).toEqual(are);
  });

  test("in a digest are at most 200", () => {
    const many = Array.from({ length: 250 }, (_, at) => `i${at}`);

    expect(deliveries(many, 1, null)[0]?.split("+")).toHaveLength(200);
  });
});
