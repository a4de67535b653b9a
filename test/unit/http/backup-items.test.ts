import { expect, test } from "@jest/globals";
import type { BackupHealth } from "../../../src/model/backups/backup-health.ts";
import { ALL, calm, itemsOf } from "../../support/screens/action-required.ts";

const FAILING: BackupHealth = {
  kind: "failing",
  written: null,
  failing: {
    since: "2026-11-27T11:00:00.000Z",
    at: "2026-11-27T12:00:00.000Z",
    count: 2,
    cause: "ENOSPC",
    reason: "the disk is full (ENOSPC)",
    fix: "free space there",
  },
};

function withBackups(backups: BackupHealth) {
  const state = calm();
  return { ...state, overview: { ...state.overview, backups } };
}

test("a backup that failed is an item of status with its reason, fix and age", async () => {
  expect(await itemsOf(withBackups(FAILING))).toEqual([
    {
      kind: "backup",
      target: "the record",
      message: "the last backup failed",
      details: ["the disk is full (ENOSPC)", "no verified backup is known"],
      hint: "free space there",
      security: false,
      since: "2026-11-27T11:00:00.000Z",
    },
  ]);
});

test.each([
  { kind: "none" } as const,
  { kind: "good", written: { at: "2026-11-27T11:00:00.000Z", folder: "/b", lastEntry: 3 } } as const,
])("backups that are $kind are no item", async (backups) => {
  expect(await itemsOf(withBackups(backups))).toEqual([]);
});

test("a token of some namespaces sees nothing of backups", async () => {
  expect(await itemsOf(withBackups(FAILING), { ...ALL, namespaces: new Set(["orders"]) })).toEqual([]);
});
