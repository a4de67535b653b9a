import { describe, expect, test } from "@jest/globals";
import { ageText, listText } from "../../../src/http/kubernetes/columns/column.ts";
import { driftText } from "../../../src/http/kubernetes/columns/owners.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";

const NOW_MS = Date.parse("2026-11-25T12:00:00Z");

type Compared = Parameters<typeof driftText>[0][number];

const CLEAN: Compared = { drift: null, sync: "Synced" };
const UNREAD: Compared = { drift: null, sync: "Unknown" };

function drifted(since: string, isOutdated = false): Compared {
  const drift = {
    since,
    fields: [],
    delta: NO_DELTA,
    actor: null,
    ...(isOutdated && { isOutdated: true as const }),
  };
  return { sync: "OutOfSync", drift };
}

describe("the drift of an object", () => {
  test.each([
    { bindings: [CLEAN], text: "none", because: "its binding matches Git" },
    { bindings: [CLEAN, UNREAD], text: "unknown", because: "one binding was not compared" },
    { bindings: [], text: "unknown", because: "it has no binding" },
    {
      bindings: [UNREAD, drifted("2026-11-25T11:48:00Z"), drifted("2026-11-25T11:59:00Z")],
      text: "12m",
      because: "the longest difference counts",
    },
    {
      bindings: [CLEAN, drifted("2026-11-25T11:48:00Z", true)],
      text: "unknown",
      because: "Git has changed since the comparison",
    },
  ])("is $text: $because", ({ bindings, text }) => {
    expect(driftText(bindings, NOW_MS)).toBe(text);
  });
});

test.each([
  { at: null, text: "unknown" },
  { at: "2026-11-25T11:59:30Z", text: "30s" },
  { at: "2026-11-25T12:00:09Z", text: "0s" },
])("the age since $at is $text", ({ at, text }) => {
  expect(ageText(at, NOW_MS)).toBe(text);
});

test.each([
  { names: [], text: "none" },
  { names: ["prod", "dev", "prod"], text: "dev,prod" },
  { names: ["a", "b", "c", "d", "e"], text: "a,b,c +2 more" },
])("the names $names are $text", ({ names, text }) => {
  expect(listText(names)).toBe(text);
});
