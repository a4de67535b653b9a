import { expect, test } from "@jest/globals";
import { backoffMs } from "../../../src/controller/backoff.ts";

test.each([
  { attempt: 0, random: 0, ms: 0, because: "full jitter begins at nothing" },
  { attempt: 0, random: 0.999_999, ms: 999, because: "the first ceiling is one second" },
  { attempt: 3, random: 0.5, ms: 4_000, because: "the ceiling doubles with each failure" },
  { attempt: 9, random: 0.999_999, ms: 299_999, because: "the ceiling ends at five minutes" },
  { attempt: 5_000, random: 0.5, ms: 150_000, because: "no number of failures overflows it" },
])("$because", ({ attempt, random, ms }) => {
  expect(backoffMs(attempt, random)).toBe(ms);
});
