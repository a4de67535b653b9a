import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import { verifyFolder } from "../../src/store/backup/record-copy.ts";
import { keepRetention } from "../../src/store/retention.ts";
import { all } from "./audit-entries.ts";
import { SQLITE, START_MS, testTelemetry } from "./engines.ts";
import { tamperChain } from "./sqlite-file.ts";
import { DAY_MS, KEPT_DAYS, remove, threeDays, type TestRecord } from "./old-entries.ts";
import { Places } from "./places.ts";

const places = new Places();

describe("the loop of retention", () => {
  interface Loop {
    readonly archive?: string;
    /** The hours until the obstacle is gone. */
    readonly hindered?: number;
  }

  /** Runs until the next attempt is a day later, or for a day. */
  async function loop(made: TestRecord, { archive, hindered = 0 }: Loop = {}) {
    const telemetry = testTelemetry();
    const ending = new AbortController();
    const waits: number[] = [];
    const beganMs = made.clock.nowMs();
    const sleep = async (ms: number): Promise<void> => {
      waits.push(ms);
      made.clock.set(made.clock.nowMs() + ms);
      if (ms === DAY_MS || made.clock.nowMs() >= beganMs + DAY_MS) ending.abort();
      ending.signal.throwIfAborted();
    };
    const { audit, removal: entries } = made.current();
    const clock = { nowMs: () => made.clock.nowMs(), sleep };
    const freeMs = beganMs + hindered * 3_600_000;
    const readUpTo = async (): Promise<number> => (made.clock.nowMs() < freeMs ? 300 : Infinity);
    const parts = { audit, removal: entries, clock, telemetry, archive: archive ?? null, readUpTo };
    await keepRetention({ ...parts, retentionMs: KEPT_DAYS * DAY_MS }, ending.signal);
    return { telemetry, waits };
  }

  test("removes old entries a minute after the start, and again a day later", async () => {
    const made = await threeDays(places, SQLITE);
    made.clock.set(START_MS + 120 * DAY_MS);

    const { telemetry, waits } = await loop(made);

    expect([waits.at(0), waits.at(-1)]).toEqual([60_000, DAY_MS]);
    expect(telemetry.lines).toContainEqual({
      level: "info",
      text: "old audit entries are removed",
      fields: { first: 1, upTo: 300, archive: null },
    });
  });

  test("logs why nothing was removed, and removes nothing that is not in the archive", async () => {
    const made = await threeDays(places, SQLITE);
    made.clock.set(START_MS + 120 * DAY_MS);

    // A folder can't be made below a file.
    const archive = join(made.stateDir, "audit-anchors.jsonl", "archive");
    const { telemetry, waits } = await loop(made, { archive });

    expect(telemetry.lines).toMatchObject([{ level: "error", text: "old audit entries were not removed" }]);
    expect(waits).toHaveLength(25);
    expect(new Set(telemetry.gauges.map(({ value }) => value))).toEqual(new Set([1]));
    expect(await all(made.current().audit, { limit: 1 })).toMatchObject([{ seq: 1 }]);
  });

  test("that something hinders is measured, logged once and tried again each hour until it works", async () => {
    const made = await threeDays(places, SQLITE);
    made.clock.set(START_MS + 120 * DAY_MS);

    const { telemetry, waits } = await loop(made, { hindered: 2 });

    const hours = waits.filter((ms) => ms === 3_600_000);
    expect(hours).toHaveLength(2);
    expect(telemetry.gauges.map(({ value }) => value)).toEqual([1, 1, 0]);
    expect(telemetry.lines.map(({ level, text }) => [level, text])).toEqual([
      ["warn", "audit entries are kept longer than audit.retention"],
      ["info", "old audit entries are removed"],
    ]);
  });
});

describe("entries that were removed otherwise", () => {
  test.each([
    { sql: "DELETE FROM entries WHERE seq <= 300", because: "no entry records it" },
    {
      sql: "UPDATE removal SET up_to = 300; DELETE FROM entries WHERE seq <= 300",
      because: "only a table has it",
    },
  ])("break the record: $because", async ({ sql }) => {
    const made = await threeDays(places, SQLITE);
    await made.close();
    tamperChain(made.stateDir, sql);

    expect(await verifyFolder(made.stateDir, inThreads)).toMatchObject({
      verdict: "broken",
      entries: 0,
      broken: { seq: 1, reason: "entry 1 is missing: entry 301 is in its place" },
    });
  });

  test("more than the signed entry states break the record", async () => {
    const made = await threeDays(places, SQLITE);
    made.clock.set(START_MS + 120 * DAY_MS);
    await remove(made);
    await made.close();
    tamperChain(made.stateDir, "DELETE FROM entries WHERE seq <= 602");

    expect(await verifyFolder(made.stateDir, inThreads)).toMatchObject({ verdict: "broken" });
  });

  test("a removal that no checkpoint covers proves nothing", async () => {
    const made = await threeDays(places, SQLITE);
    const [checkpoint] = await all(made.current().audit, { fromSeq: 301, limit: 1 });
    const head = checkpoint?.prev ?? "";
    await made
      .current()
      .audit.append([{ kind: "entries-removed", first: 1, upTo: 300, head, before: "", archive: null }]);
    await made.close();
    tamperChain(made.stateDir, "DELETE FROM entries WHERE seq <= 300");

    expect(await verifyFolder(made.stateDir, inThreads)).toMatchObject({ verdict: "broken" });
  });
});
