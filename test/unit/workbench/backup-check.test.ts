import { expect, test } from "@jest/globals";
import { backupCheck } from "../../../src/workbench/doctor/backup-check.ts";

const WRITTEN = { at: "2026-11-28T01:00:00.000Z", folder: "/b/1", lastEntry: 9 };

test.each([
  {
    health: { kind: "none" } as const,
    outcome: "not-checked",
    detail: /docs\/operations\/backup-and-restore\.md/,
  },
  {
    health: { kind: "good", written: WRITTEN } as const,
    outcome: "passed",
    detail: /2026-11-28.*\/b\/1.*entry 9/,
  },
  {
    health: { kind: "overdue", written: WRITTEN, since: "2026-11-29T01:00:00.000Z" } as const,
    outcome: "failed",
    detail: /backups\.maxAge/,
  },
  {
    health: { kind: "unknown", reason: "x is damaged", written: null } as const,
    outcome: "failed",
    detail: /x is damaged/,
  },
])("backups that are $health.kind are a check that is $outcome", ({ health, outcome, detail }) => {
  expect(backupCheck(health, false)).toMatchObject({
    identity: "operator",
    what: "backup",
    outcome,
    detail: expect.stringMatching(detail),
  });
});

test("a database is not backed up by a command that refuses it", () => {
  const { outcome, detail } = backupCheck({ kind: "none" }, true);

  expect([outcome, detail]).toEqual(["not-checked", expect.stringMatching(/docs\/postgresql\.md/)]);
});
