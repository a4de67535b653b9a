import { expect, test } from "@jest/globals";
import { periodOf, timeArgument, timeOf } from "../../../src/cli/toolbox/period-options.ts";

const NOW = Date.UTC(2026, 8, 30, 12);

test.each([
  { text: "2026-09-30", ms: Date.UTC(2026, 8, 30) },
  { text: "2026-09-30T10:00:00Z", ms: Date.UTC(2026, 8, 30, 10) },
  { text: "1h", ms: Date.UTC(2026, 8, 30, 11) },
  { text: "7d", ms: Date.UTC(2026, 8, 23, 12) },
])("--since $text is the instant $ms", ({ text, ms }) => {
  expect(timeOf(timeArgument(text), NOW)).toBe(ms);
});

test.each(["yesterday", "1 h", "1w", "-1h", "", "999999999d"])('"%s" is no time', (text) => {
  expect(() => timeArgument(text)).toThrow("Expected 2026-09-30");
});

test("without limits a period has every time", () => {
  expect(periodOf({}, NOW)).toEqual({ sinceMs: null, untilMs: null });
});

test.each([
  { since: "1h", until: "2h" },
  { since: "2026-09-30", until: "2026-09-30" },
])(
  "a period from $since to $until, in which nothing is, is refused with its two times",
  ({ since, until }) => {
    const options = { since: timeArgument(since), until: timeArgument(until) };

    expect(() => periodOf(options, NOW)).toThrow(/--since 2026-09-30T\d\d:00:00Z is not before --until /);
  },
);
