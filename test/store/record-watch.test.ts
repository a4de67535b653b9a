import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { inOneThread } from "../../src/cli/toolbox/in-threads.ts";
import type { RecordVerification } from "../../src/model/records/record-verification.ts";
import { openSqliteAuditReader } from "../../src/store/sqlite/audit/audit-reader.ts";
import { DATABASE_FILE } from "../../src/store/sqlite/open.ts";
import { watchRecord, type OpenedRecord } from "../../src/store/verification/watch-record.ts";
import { START_MS, testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";
import { closedWith, tamperChain } from "./sqlite-file.ts";

const places = new Places();

const MINUTE_MS = 60_000;
const EVIDENCE = { publicKeys: [], anchors: [], extent: "whole" } as const;
const shifted = (ms: number): string =>
  ["entries", "recent_entries"]
    .map((table) => `UPDATE ${table} SET at_ms = at_ms + ${ms} WHERE seq = 2;`)
    .join(" ");
const CHANGED = shifted(1);
const BACK = shifted(-1);

function opened(stateDir: string): OpenedRecord {
  const reader = openSqliteAuditReader(join(stateDir, DATABASE_FILE));
  return { ...reader, links: () => reader.links(inOneThread), confirmed: () => Promise.resolve(null) };
}

/** Verifies once before each of these steps and once after the last one, at intervals of at least a minute. */
async function watched(
  steps: readonly (() => void)[],
  open: () => Promise<OpenedRecord>,
  verificationMs = 0,
) {
  const telemetry = testTelemetry();
  const ending = new AbortController();
  const seen: RecordVerification[] = [];
  const pauses: number[] = [];
  const left = [...steps];
  let nowMs = START_MS;
  const sleep = async (ms: number): Promise<void> => {
    pauses.push(ms);
    nowMs += MINUTE_MS;
    const step = left.shift();
    if (step === undefined) ending.abort();
    ending.signal.throwIfAborted();
    step?.();
  };
  const evidence = () => {
    nowMs += verificationMs;
    return Promise.resolve(EVIDENCE);
  };
  const report = (verification: RecordVerification): void => void seen.push(verification);
  const clock = { nowMs: () => nowMs, sleep };
  await watchRecord({ open, evidence, clock, telemetry, report }, ending.signal);
  const gauge = telemetry.gauges
    .filter(({ name }) => name === "audit_record_broken")
    .map(({ value }) => value);
  return { seen, gauge, pauses, lines: telemetry.lines.map(({ level, text }) => `${level} ${text}`) };
}

const at = (minutes: number): string => new Date(START_MS + minutes * MINUTE_MS).toISOString();
const nothing = (): void => undefined;

test("an entry that was changed in the database is reported and measured at the next verification, and logged once", async () => {
  const stateDir = await closedWith(places, 1, 200, 300);

  const { seen, gauge, lines } = await watched(
    [() => tamperChain(stateDir, CHANGED), nothing, () => tamperChain(stateDir, BACK)],
    () => Promise.resolve(opened(stateDir)),
  );

  const reason = "its content does not have the hash";
  const broken = {
    kind: "broken",
    entry: 2,
    provedUpTo: 0,
    reason: expect.stringContaining(reason),
    since: at(1),
  };
  expect(seen).toEqual([
    { kind: "intact", upTo: 3, at: at(0) },
    broken,
    broken,
    { kind: "intact", upTo: 3, at: at(3) },
  ]);
  expect(gauge).toEqual([0, 1, 1, 0]);
  expect(lines).toEqual(["error the record does not verify", "info the record verifies again"]);
});

test("a record that cannot be read is neither intact nor broken", async () => {
  const stateDir = await closedWith(places, 1);
  let isReadable = true;
  const open = (): Promise<OpenedRecord> =>
    isReadable ? Promise.resolve(opened(stateDir)) : Promise.reject(new Error("the disk is gone"));

  const { seen, gauge } = await watched([() => void (isReadable = false)], open);

  expect(seen).toEqual([
    { kind: "intact", upTo: 1, at: at(0) },
    { kind: "unknown", reason: "the disk is gone", since: at(1) },
  ]);
  expect(gauge).toEqual([0]);
});

test("a record that was broken stays so while it cannot be read", async () => {
  const stateDir = await closedWith(places, 1, 200);
  tamperChain(stateDir, CHANGED);
  let isReadable = true;
  const open = (): Promise<OpenedRecord> =>
    isReadable ? Promise.resolve(opened(stateDir)) : Promise.reject(new Error("the disk is gone"));

  const { seen } = await watched([() => void (isReadable = false)], open);

  expect(seen.map(({ kind }) => kind)).toEqual(["broken", "broken"]);
});

test("a break that a second look does not find is none", async () => {
  const stateDir = await closedWith(places, 1, 200);
  tamperChain(stateDir, CHANGED);
  let looks = 0;
  const open = (): Promise<OpenedRecord> => {
    const record = opened(stateDir);
    const links = () => {
      looks += 1;
      if (looks === 2) tamperChain(stateDir, BACK);
      return record.links();
    };
    return Promise.resolve({ ...record, links });
  };

  const { seen } = await watched([], open);

  expect(seen.map(({ kind }) => kind)).toEqual(["intact"]);
});

test("a verification that takes long is repeated less often", async () => {
  const stateDir = await closedWith(places, 1);

  const { pauses } = await watched([], () => Promise.resolve(opened(stateDir)), 2_000);

  expect(pauses).toEqual([200_000]);
});
