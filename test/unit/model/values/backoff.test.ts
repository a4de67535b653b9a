import { describe, expect, test } from "@jest/globals";
import { backoffMs, type Backoff, retryAfterMs } from "../../../../src/model/values/backoff.ts";

const FULL: Backoff = { firstMs: 1_000, longestMs: 300_000, jitter: "full" };

describe("a wait with full jitter", () => {
  test.each([
    { failures: 0, random: 0, ms: 0, because: "it starts at zero" },
    { failures: 0, random: 0.999_999, ms: 999, because: "the first ceiling is one second" },
    { failures: 3, random: 0.5, ms: 4_000, because: "the ceiling doubles with each failure" },
    { failures: 9, random: 0.999_999, ms: 299_999, because: "the ceiling ends at five minutes" },
    {
      failures: 5_000,
      random: 0.5,
      ms: 150_000,
      because: "it does not overflow after any number of failures",
    },
  ])("$because", ({ failures, random, ms }) => {
    expect(backoffMs(FULL, failures, random)).toBe(ms);
  });
});

describe("a wait with half jitter", () => {
  test.each([
    { failures: 0, random: 0, ms: 500, because: "it is at least half of the ceiling" },
    { failures: 0, random: 0.999_999, ms: 999, because: "it is at most the ceiling" },
    { failures: 2, random: 0.5, ms: 3_000, because: "the ceiling doubles with each failure" },
    { failures: 9, random: 0, ms: 150_000, because: "the ceiling ends at five minutes" },
  ])("$because", ({ failures, random, ms }) => {
    expect(backoffMs({ ...FULL, jitter: "half" }, failures, random)).toBe(ms);
  });
});

test.each([
  { header: "0", pauseMs: 0 },
  { header: "7", pauseMs: 7_000 },
  { header: null, pauseMs: null },
  { header: "", pauseMs: null },
  { header: "-1", pauseMs: null },
  { header: "1.5", pauseMs: null },
  { header: "Wed, 21 Oct 2026 07:28:00 GMT", pauseMs: null },
  { header: "9999999999", pauseMs: null },
])("Retry-After $header is a pause of $pauseMs ms", ({ header, pauseMs }) => {
  expect(retryAfterMs(header)).toBe(pauseMs);
});
