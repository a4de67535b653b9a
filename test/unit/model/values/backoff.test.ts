import { describe, expect, test } from "@jest/globals";
import { backoffMs, type Backoff } from "../../../../src/model/values/backoff.ts";

const FULL: Backoff = { firstMs: 1_000, longestMs: 300_000, jitter: "full" };

describe("a wait that is drawn as a whole", () => {
  test.each([
    { failures: 0, random: 0, ms: 0, because: "it begins at nothing" },
    { failures: 0, random: 0.999_999, ms: 999, because: "the first ceiling is one second" },
    { failures: 3, random: 0.5, ms: 4_000, because: "the ceiling doubles with each failure" },
    { failures: 9, random: 0.999_999, ms: 299_999, because: "the ceiling ends at five minutes" },
    { failures: 5_000, random: 0.5, ms: 150_000, because: "no number of failures overflows it" },
  ])("$because", ({ failures, random, ms }) => {
    expect(backoffMs(FULL, failures, random)).toBe(ms);
  });
});

describe("a wait of which one half is drawn", () => {
  test.each([
    { failures: 0, random: 0, ms: 500, because: "it is half of the ceiling at least" },
    { failures: 0, random: 0.999_999, ms: 999, because: "it is the ceiling at most" },
    { failures: 2, random: 0.5, ms: 3_000, because: "the ceiling doubles with each failure" },
    { failures: 9, random: 0, ms: 150_000, because: "the ceiling ends at five minutes" },
  ])("$because", ({ failures, random, ms }) => {
    expect(backoffMs({ ...FULL, jitter: "half" }, failures, random)).toBe(ms);
  });
});
