import { expect, test } from "@jest/globals";
import { backupHealth, backupProblem } from "../../../../src/model/backups/backup-health.ts";
import { NO_BACKUPS, type BackupRecord } from "../../../../src/model/backups/backup-record.ts";
import { err, ok } from "../../../../src/model/values/result.ts";

const NOW_MS = Date.parse("2026-11-28T12:00:00.000Z");
const DAY_MS = 86_400_000;
const TIMES = { nowMs: NOW_MS, startedMs: NOW_MS - 2 * DAY_MS };
const RULE = { maxAgeMs: DAY_MS, isExpected: true };

function written(agoMs: number): BackupRecord {
  const at = new Date(NOW_MS - agoMs).toISOString();
  return { written: { at, folder: "/b/1", lastEntry: 9 }, failing: null };
}

function problemOf(record: BackupRecord, rule: Parameters<typeof backupHealth>[1] = RULE) {
  return backupProblem(backupHealth(ok(record), rule, TIMES))?.message ?? null;
}

test.each([
  { agoMs: DAY_MS, message: null, because: "the age itself is allowed" },
  { agoMs: DAY_MS + 1, message: "no new backup for longer than backups.maxAge", because: "older is overdue" },
  { agoMs: -300_000, message: null, because: "clocks differ a little" },
  {
    agoMs: -300_001,
    message: "the time of the last backup is not known",
    because: "a later time would hide for long that backups stopped",
  },
])("a backup of $agoMs ms ago: $because", ({ agoMs, message }) => {
  expect(problemOf(written(agoMs))).toBe(message);
});

test("a backup is overdue since the end of its age, not since it was written", () => {
  const health = backupHealth(ok(written(10 * DAY_MS)), RULE, TIMES);

  expect(backupProblem(health)?.since).toBe("2026-11-19T12:00:00.000Z");
});

test("without results for the age since the start of the controller, no backup is known: earlier ones may exist", () => {
  expect(backupProblem(backupHealth(ok(NO_BACKUPS), RULE, TIMES))).toEqual({
    cause: "overdue",
    message: "no backup is known",
    details: [],
    fix: expect.stringContaining("docs/operations/backup-and-restore.md"),
    since: "2026-11-27T12:00:00.000Z",
  });
});

test.each([
  { startedMs: NOW_MS, kind: "none", because: "a first start had no time for a backup" },
  { startedMs: NOW_MS - DAY_MS, kind: "none", because: "the age itself is allowed" },
  { startedMs: NOW_MS - DAY_MS - 1, kind: "overdue", because: "it is over" },
  { startedMs: null, kind: "none", because: "no controller was started" },
])("without results, a backup is $kind: $because", ({ startedMs, kind }) => {
  expect(backupHealth(ok(NO_BACKUPS), RULE, { nowMs: NOW_MS, startedMs }).kind).toBe(kind);
});

test("the age is not judged if the operator's file has maxAge: null", () => {
  expect(problemOf(written(365 * DAY_MS), { maxAgeMs: null, isExpected: true })).toBeNull();
});

test("a failure names its reason, the last verified backup, and a fix even if it has none of its own", () => {
  const failing = { since: "a", at: "b", count: 2, cause: "ENOSPC", reason: "no space", fix: null };
  const health = backupHealth(ok({ ...written(0), failing }), RULE, TIMES);

  expect(backupProblem(health)).toEqual({
    cause: "ENOSPC",
    message: "the last backup failed",
    details: ["no space", "last verified backup: 2026-11-28T12:00:00.000Z, /b/1, up to entry 9"],
    fix: "grantkeeper runbook backup-failed",
    since: "a",
  });
});

test("results that cannot be read are a problem", () => {
  const health = backupHealth(err("/s/backups.json is damaged"), RULE, TIMES);

  expect(backupProblem(health)).toMatchObject({ details: ["/s/backups.json is damaged"] });
});
