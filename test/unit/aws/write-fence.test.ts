import { describe, expect, test } from "@jest/globals";
import type { AwsTime } from "../../../src/aws/requests/aws-clock.ts";
import { WriteFence } from "../../../src/aws/requests/write-fence.ts";
import { parseAccountId, parsePartition, type AccountId } from "../../../src/model/aws/ids.ts";

const ACCOUNT = { id: must(parseAccountId("111122223333")), partition: must(parsePartition("aws")) };
const OTHER = { ...ACCOUNT, id: must(parseAccountId("444455556666")) };
const NOW = Date.parse("2026-11-30T20:14:26.700Z");
const never = new AbortController().signal;

function must<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("not of that form");
  return value;
}

/** A process that may write for so long, and knows AWS's clock to be between these, relative to `NOW`. */
function fenceOf(leftMs: number, { earliestMs = 0, latestMs = 0 }: Partial<AwsTime> = {}) {
  const time = { earliestMs: NOW + earliestMs, latestMs: NOW + latestMs };
  return new WriteFence({
    writeLeftMs: () => leftMs,
    awsTime: () => time,
    askAws: () => Promise.reject(new Error("the clock is known")),
  });
}

describe("AWS accepts the writes of a session", () => {
  test.each([
    { because: "without an end if no other process writes", leftMs: Infinity, end: { kind: "none" } },
    {
      because: "until 2 s before the end of the lease, in whole seconds",
      leftMs: 30_000,
      end: { kind: "at", endMs: Date.parse("2026-11-30T20:14:54Z") },
    },
    {
      because: "until then at the earliest reading of AWS's clock",
      leftMs: 30_000,
      clock: { earliestMs: -700, latestMs: 300 },
      end: { kind: "at", endMs: Date.parse("2026-11-30T20:14:54Z") },
    },
    {
      because: "until then by AWS's clock, however far it is from that of the machine",
      leftMs: 30_000,
      clock: { earliestMs: 3_600_000, latestMs: 3_600_000 },
      end: { kind: "at", endMs: Date.parse("2026-11-30T21:14:54Z") },
    },
    {
      because: "for exactly the time that a write may take",
      leftMs: 12_300,
      end: { kind: "at", endMs: Date.parse("2026-11-30T20:14:37Z") },
    },
    { because: "never, if less than that is left", leftMs: 12_299, end: { kind: "too-late" } },
    {
      because: "never, if less than that is left at the latest reading of AWS's clock",
      leftMs: 13_000,
      clock: { earliestMs: 0, latestMs: 1_000 },
      end: { kind: "too-late" },
    },
    { because: "never, if the lease has ended", leftMs: -1, end: { kind: "too-late" } },
  ])("$because", async ({ leftMs, clock, end }) => {
    expect(await fenceOf(leftMs, clock).end(ACCOUNT, never)).toEqual(end);
  });

  test("of the account that this process has, and not of one that it lost", async () => {
    const fence = new WriteFence({
      writeLeftMs: (accountId: AccountId) => (accountId === ACCOUNT.id ? 30_000 : 0),
      awsTime: () => ({ earliestMs: NOW, latestMs: NOW }),
      askAws: () => Promise.reject(new Error("the clock is known")),
    });

    expect(await fence.end(ACCOUNT, never)).toMatchObject({ kind: "at" });
    expect(await fence.end(OTHER, never)).toEqual({ kind: "too-late" });
  });

  test("by a clock that is asked for if it is not known", async () => {
    const asked: string[] = [];
    let time: AwsTime | null = null;
    const fence = new WriteFence({
      writeLeftMs: () => 30_000,
      awsTime: () => time,
      askAws: async (partition) => {
        asked.push(partition);
        if (asked.length > 1) time = { earliestMs: NOW, latestMs: NOW };
      },
    });

    expect(await fence.end(ACCOUNT, never)).toEqual({ kind: "clock-unknown" });
    expect(fence.leftMs(NOW + 60_000)).toBe(0);
    expect(await fence.end(ACCOUNT, never)).toMatchObject({ kind: "at" });
    expect(await fence.end(ACCOUNT, never)).toMatchObject({ kind: "at" });
    expect(asked).toEqual(["aws", "aws"]);
  });

  test("for as long as the latest reading of AWS's clock leaves, and always without an end", () => {
    const fence = fenceOf(30_000, { earliestMs: -1_000, latestMs: 400 });

    expect([fence.leftMs(NOW + 20_000), fence.leftMs(null)]).toEqual([19_600, Infinity]);
  });
});
