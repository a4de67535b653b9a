import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { BackupHealth } from "../../../src/model/backups/backup-health.ts";
import { FakeController } from "../../support/fakes/fake-controller.ts";

const WRITTEN = { at: "2026-11-25T10:00:00.000Z", folder: "/backups/1", lastEntry: 12 };
const GOOD: BackupHealth = { kind: "good", written: WRITTEN };
const FAILED_AT = "2026-11-25T11:00:00.000Z";
const FULL = "the disk is full (ENOSPC)";
const FAILING: BackupHealth = failingIn("/backups/2");
const BROKEN: BackupHealth = failing("broken at entry 7", "the record is broken at entry 7");
const OVERDUE: BackupHealth = { kind: "overdue", written: WRITTEN, since: FAILED_AT };
const UNKNOWN: BackupHealth = { kind: "unknown", reason: "backups.json is damaged", written: null };

function failingIn(folder: string): BackupHealth {
  return failing("ENOSPC", `cannot write the backup ${folder}: ${FULL}`);
}

function failing(cause: string, reason: string): BackupHealth {
  const failures = { since: FAILED_AT, at: FAILED_AT, count: 1, cause, reason, fix: "free space there" };
  return { kind: "failing", failing: failures, written: WRITTEN };
}

let fake: FakeController;

beforeEach(async () => {
  fake = new FakeController();
  await fake.start();
});

afterEach(() => fake.stop());

async function alertsAfter(...states: readonly BackupHealth[]): Promise<readonly AlertEvent[]> {
  for (const health of states) {
    fake.backupsExamined(health);
    await fake.clock.pass(2_000);
  }
  return fake.recorder.alerts.filter(({ kind }) => kind.startsWith("backup-"));
}

test("a failed backup is an alert with its reason, the last verified backup and the fix", async () => {
  expect(await alertsAfter(GOOD, FAILING)).toEqual([
    {
      kind: "backup-failed",
      cause: "ENOSPC",
      problem: "the last backup failed",
      details: [
        "cannot write the backup /backups/2: the disk is full (ENOSPC)",
        "last verified backup: 2026-11-25T10:00:00.000Z, /backups/1, up to entry 12",
      ],
      fix: "free space there",
      since: FAILED_AT,
      lastBackup: WRITTEN.at,
    },
  ]);
});

test.each<{
  readonly states: readonly BackupHealth[];
  readonly kinds: readonly string[];
  readonly because: string;
}>([
  { states: [FAILING, failingIn("/backups/3")], kinds: ["backup-failed"], because: "it fails again" },
  ...[OVERDUE, FAILING, UNKNOWN].map((earlier) => ({
    states: [earlier, BROKEN, BROKEN],
    kinds: ["backup-failed", "backup-failed"],
    because: `a broken record is news while backups are ${earlier.kind}`,
  })),
  {
    states: [OVERDUE, FAILING, UNKNOWN],
    kinds: ["backup-failed", "backup-failed", "backup-failed"],
    because: "another problem is news",
  },
  { states: [UNKNOWN], kinds: ["backup-failed"], because: "its result cannot be read" },
  { states: [{ kind: "none" }], kinds: [], because: "no backup is expected" },
  {
    states: [GOOD, { kind: "good", written: { ...WRITTEN, at: FAILED_AT } }],
    kinds: [],
    because: "backups succeed",
  },
  {
    states: [FAILING, GOOD, GOOD, OVERDUE],
    kinds: ["backup-failed", "backup-recovered", "backup-failed"],
    because: "a good backup ends an incident",
  },
  {
    states: [FAILING, { kind: "none" }],
    kinds: ["backup-failed"],
    because: "a result that is lost ends nothing",
  },
])("$kinds: $because", async ({ states, kinds }) => {
  expect((await alertsAfter(...states)).map(({ kind }) => kind)).toEqual(kinds);
});
