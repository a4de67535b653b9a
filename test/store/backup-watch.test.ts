import { utimesSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { inThreads } from "../../src/cli/toolbox/in-threads.ts";
import type { BackupHealth, BackupRule } from "../../src/model/backups/backup-health.ts";
import { writeRecordedBackup } from "../../src/store/backup/recorded-backup.ts";
import { watchBackups } from "../../src/store/backup/watch-backups.ts";
import { examineBackupFolder } from "../../src/store/backup/examine-backups.ts";
import { acquireLock } from "../../src/store/sqlite/lock.ts";
import { running } from "./backups.ts";
import { START_MS, testTelemetry } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();

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

async function backUp(stateDir: string, to: string, afterMs = 0): Promise<void> {
  const at = new Date(START_MS + afterMs).toISOString();
  const request = { stateDir, to, instance: "main", version: "1", at, withKey: false };
  await writeRecordedBackup(request, inThreads).catch(() => undefined);
}

const nothing = async (): Promise<void> => {};

test("a backup that fails is reported, measured and logged once for each failure, until a good one", async () => {
  const { stateDir } = await running(places);
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
  const { stateDir } = await running(places);
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

test("an installation without any backup is overdue only if its file expects them, and not at its start", async () => {
  const { stateDir } = await running(places);
  const hours = [nothing, nothing, nothing];

  const unset = await watched(hours, stateDir);
  const expected = await watched(hours, stateDir, { ...RULE, isExpected: true });

  expect(unset.kinds).toEqual(["none", "none", "none", "none"]);
  expect(expected.kinds).toEqual(["none", "none", "none", "overdue"]);
  expect(expected.gauge("backup_overdue")).toEqual([0, 0, 0, 1]);
  expect(expected.lines.map(({ text }) => text)).toEqual(["no backup is known"]);
});

test("doctor expects a first backup at the same time after the last start of the controller", async () => {
  const { stateDir } = await running(places);
  const rule = { ...RULE, isExpected: true };
  const kindAt = (ms: number) => examineBackupFolder(stateDir, rule, ms).kind;
  const before = kindAt(START_MS + 9 * HOUR_MS);
  acquireLock(stateDir).release();
  utimesSync(join(stateDir, "lock.holder"), START_MS / 1_000, START_MS / 1_000);

  expect([before, kindAt(START_MS + 2 * HOUR_MS)]).toEqual(["none", "none"]);
  expect(examineBackupFolder(stateDir, rule, START_MS + 2 * HOUR_MS + 1)).toEqual({
    kind: "overdue",
    written: null,
    since: new Date(START_MS + 2 * HOUR_MS).toISOString(),
  });
});

test("results that cannot be read end neither a failure nor an overdue backup, and are shown as unknown", async () => {
  const { stateDir } = await running(places);
  const folder = await places.folder();
  const damage = () => writeFile(join(stateDir, "backups.json"), "");

  const { kinds, gauge } = await watched(
    [
      () => backUp(stateDir, join(folder, "a")),
      nothing,
      () => backUp(stateDir, join(folder, "a")),
      damage,
      () => backUp(stateDir, join(folder, "b"), 5 * HOUR_MS),
    ],
    stateDir,
  );

  expect(kinds).toEqual(["none", "good", "good", "failing", "unknown", "good"]);
  expect(gauge("backup_failures")).toEqual([0, 0, 0, 1, 0]);
  expect(gauge("backup_overdue")).toEqual([0, 0, 0, 1, 0]);
  expect(gauge("backup_unknown")).toEqual([0, 0, 0, 0, 1, 0]);
});

test.each([
  { maxAgeMs: RULE.maxAgeMs, unknown: 1, because: "a time in the future is not known, and is not overdue" },
  { maxAgeMs: null, unknown: 0, because: "a time is not judged if the operator's file has maxAge: null" },
])("$because", async ({ maxAgeMs, unknown }) => {
  const { stateDir } = await running(places);
  await backUp(stateDir, join(await places.folder(), "a"), 9 * HOUR_MS);

  const { gauge } = await watched([], stateDir, { ...RULE, maxAgeMs });

  expect(gauge("backup_overdue")).toEqual([0]);
  expect(gauge("backup_unknown")).toEqual([unknown]);
});

test("results that were never read are no failures and not overdue by any rule", async () => {
  const { stateDir } = await running(places);
  await writeFile(join(stateDir, "backups.json"), "");

  for (const maxAgeMs of [RULE.maxAgeMs, null]) {
    const { gauge } = await watched([], stateDir, { maxAgeMs, isExpected: true });

    expect(gauge("backup_failures")).toEqual([]);
    expect(gauge("backup_overdue")).toEqual([]);
    expect(gauge("backup_unknown")).toEqual([1]);
  }
});

test("without a state directory, no backup is expected yet", async () => {
  const missing = join(await places.folder(), "missing");

  expect(examineBackupFolder(missing, { ...RULE, isExpected: true }, START_MS)).toEqual({ kind: "none" });
});
