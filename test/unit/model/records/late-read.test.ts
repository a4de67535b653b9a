import { expect, test } from "@jest/globals";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import { firstAccountRecord, withLateRead } from "../../../../src/model/records/account-record.ts";

const NOW_MS = 1_000_000;
const NEVER = firstAccountRecord("111122223333" as AccountId, "prod");
const FAILING = { sinceMs: 5, reason: "AccessDenied" };
const times = { sweepMs: 1_000, nowMs: NOW_MS, comparing: false };

test.each([
  { record: NEVER, because: "an account that was never read is not late" },
  { record: { ...NEVER, lastSweepMs: NOW_MS - 60_000 }, because: "the longest pause itself is allowed" },
  { record: { ...NEVER, lastSweepMs: 0, failing: FAILING }, because: "the reason of a failure is kept" },
])("$because", ({ record }) => {
  expect(withLateRead(record, times)).toBe(record);
});

test.each([
  { comparing: false, reason: "the last read has not ended" },
  { comparing: true, reason: "not compared since the controller started" },
])("a late read fails since the last complete one: $reason", ({ comparing, reason }) => {
  const sinceMs = NOW_MS - 60_001;

  expect(withLateRead({ ...NEVER, lastSweepMs: sinceMs }, { ...times, comparing }).failing).toEqual({
    sinceMs,
    reason,
  });
});
