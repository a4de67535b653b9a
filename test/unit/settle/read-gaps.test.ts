import { describe, expect, test } from "@jest/globals";
import { readGaps } from "../../../src/settle/account/read-gaps.ts";
import type { LiveRegion } from "../../../src/model/live.ts";
import { longestPauseMs } from "../../../src/model/reads/region-reads.ts";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { doneOf, passOf } from "../../support/pass/passes.ts";
import { parseRegion } from "../../../src/model/aws/ids.ts";
import { checked } from "../../support/record/audit-facts.ts";

const [WEST, EAST] = ["eu-west-1", "us-east-1"].map((name) => checked(parseRegion(name))) as [never, never];
const READ: LiveRegion = { kind: "read", functions: new Map(), complete: true, absentFunctions: new Set() };
const FAILED: LiveRegion = { kind: "failed", reason: "denied" };
const PAUSE_MS = longestPauseMs(300_000);

function after(regions: Readonly<Record<string, LiveRegion>>, before: Partial<AccountRecord> = {}) {
  const pass = passOf(undefined, { sweepMs: 300_000 });
  const record = { ...pass.history.record, ...before };
  const done = doneOf([], { ...pass, history: { ...pass.history, record } });
  return readGaps({ ...done, live: { ...done.live, regions: new Map(Object.entries(regions)) as never } });
}

const at = (ms: number): string => new Date(ms).toISOString();

describe("the reads of a region", () => {
  test("are known from the first complete one", () => {
    expect(after({ [EAST]: FAILED, [WEST]: READ })).toEqual({
      regionReads: { [WEST]: { sinceMs: NOW_MS, lastMs: NOW_MS } },
      facts: [],
    });
  });

  test("stay as they were while it cannot be read, or only a part of it", () => {
    const regionReads = { [WEST]: { sinceMs: 1, lastMs: 2 } };

    expect(after({ [WEST]: FAILED }, { regionReads }).regionReads).toEqual(regionReads);
    expect(after({ [WEST]: { ...READ, complete: false } }, { regionReads })).toEqual({
      regionReads,
      facts: [],
    });
  });

  test("of a region that is switched off are complete: it has no functions", () => {
    const regionReads = { [WEST]: { sinceMs: 1, lastMs: NOW_MS - 5 } };

    expect(after({ [WEST]: { kind: "off", reason: "x" } }, { regionReads }).regionReads).toEqual({
      [WEST]: { sinceMs: 1, lastMs: NOW_MS },
    });
  });
});

describe("a pause between two complete reads", () => {
  test("of three sweeps is no gap", () => {
    const regionReads = { [WEST]: { sinceMs: 1, lastMs: NOW_MS - PAUSE_MS } };

    expect(after({ [WEST]: READ }, { regionReads }).facts).toEqual([]);
  });

  test("that is longer is in the record, with the reason of the last failure, once for all its regions", () => {
    const lastMs = NOW_MS - PAUSE_MS - 1;
    const regionReads = { [EAST]: { sinceMs: 1, lastMs }, [WEST]: { sinceMs: 1, lastMs } };

    expect(
      after({ [WEST]: READ, [EAST]: READ }, { regionReads, failing: { sinceMs: 2, reason: "denied" } }).facts,
    ).toEqual([
      {
        kind: "read-gap",
        accountId: "111122223333",
        account: "prod",
        regions: [WEST, EAST],
        since: at(lastMs),
        until: at(NOW_MS),
        reason: "denied",
      },
    ]);
  });

  test("of regions that were read at other times is a gap of each", () => {
    const regionReads = {
      [EAST]: { sinceMs: 1, lastMs: NOW_MS - 2 * PAUSE_MS },
      [WEST]: { sinceMs: 1, lastMs: NOW_MS - 3 * PAUSE_MS },
    };

    expect(after({ [WEST]: READ, [EAST]: READ }, { regionReads }).facts).toMatchObject([
      { regions: [WEST], reason: null },
      { regions: [EAST], reason: null },
    ]);
  });
});
