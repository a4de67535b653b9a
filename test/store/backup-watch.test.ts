import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import type { BackupHealth, BackupRule } from "../../src/model/backups/backup-health.ts";
import { writeRecordedBackup } from "../../src/store/backup/recorded-backup.ts";
import { watchBackups } from "../../src/store/backup/watch-backups.ts";
import { running } from "./backups.ts";
import { START_MS, testTelemetry } from "./engines.ts";
import { places } from "./sqlite-file.ts";

const HOUR_MS = 3_600_000;
const RULE: BackupRule = { maxAgeMs: 2 * HOUR_MS, isExpected: false };

/** Watches once for each of these steps, which happen one after the other before it. */
async function watched(steps: readonly (() => Promise<unknown>)[], stateDir: string, rule = RULE) {
  const telemetry = testTelemetry();
  const ending = new AbortController();
  const seen: BackupHealth[] = [];
  let nowMs = START_MS;
  let next = 0;
  const sleep = async (): Promise<void> => {
    nowMs += HOUR_MS;
    const step = steps[next];
    next += 1;
    if (step === undefined) ending.abort();
    ending.signal.throwIfAborted();
    await step?.();
  };
  const clock = { nowMs: () => nowMs, sleep };
  const report = (health: BackupHealth): void => void seen.push(health);
  await watchBackups({ stateDir, rule, clock, telemetry, report }, ending.signal);
  const gauge = (name: string) =>
    telemetry.gauges.filter(({ name: one }) => one === name).map(({ value }) => value);
  return { kinds: seen.map(({ kind }) => kind), lines: telemetry.lines, gauge };
}

async function backUp(stateDir: string, to: string): Promise<void> {
  const at = new Date(START_MS).toISOString();
  const request = { stateDir, to, instance: "main", version: "1", at, withKey: false };
  await writeRecordedBackup(request, inThreads).catch(() => undefined);
}

const nothing = async (): Promise<void> => {};

test("a backup that fails is reported, measured and logged once for each failure, until a good one", async () => {
  const { stateDir } = await running();
  const folder = await places.folder();
  const fail = () => backUp(stateDir, join(folder, "missing", "backup"));

  const { kinds, lines, gauge } = await watched(
    [fail, nothing, fail, () => backUp(stateDir, join(folder, "a"))],
    stateDir,
    { ...RULE, maxAgeMs: null },
  );

  expect(kinds).toEqual(["none", "failing", "failing", "failing", "good"]);
  expect(gauge("backup_failures")).toEqual([0, 1, 1, 2, 0]);
  expect(lines.map(({ level, text }) => `${level} ${text}`)).toEqual(
    Array.from({ length: 2 }, () => "warn the last backup failed"),
  );
  expect(lines[0]?.fields).toMatchObject({
    reason: expect.stringContaining("ENOENT"),
    fix: "check the path",
  });
  expect(gauge("backup_last_success_timestamp_seconds")).toEqual([START_MS / 1_000]);
});

test("backups that stop are overdue after their age, also while they fail", async () => {
  const { stateDir } = await running();
  const folder = await places.folder();

  const { kinds, lines, gauge } = await watched(
    [() => backUp(stateDir, join(folder, "a")), nothing, nothing, () => backUp(stateDir, folder)],
    stateDir,
  );

  expect(kinds).toEqual(["none", "good", "good", "overdue", "failing"]);
  expect(gauge("backup_overdue")).toEqual([0, 0, 0, 1, 1]);
  expect(lines.map(({ text }) => text)).toEqual([
    "no new backup for longer than backups.maxAge",
    "the last backup failed",
  ]);
});

test("an installation without any backup is overdue only if the operator's file expects them", async () => {
  const { stateDir } = await running();

  const unset = await watched([], stateDir);
  const expected = await watched([], stateDir, { ...RULE, isExpected: true });

  expect(unset.kinds).toEqual(["none"]);
  expect(expected.kinds).toEqual(["overdue"]);
  expect(expected.lines.map(({ text }) => text)).toEqual(["no backup was ever written"]);
});
