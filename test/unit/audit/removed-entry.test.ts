import { describe, expect, test } from "@jest/globals";
import type { AuditEntry } from "../../../src/audit/entry.ts";
import { removedBy } from "../../../src/audit/removed-entry.ts";

const chained = { seq: 130, at: "2026-11-28T03:00:00.000Z", prev: "", hash: "" } as const;

function removal(archive: string | null): AuditEntry {
  return { ...chained, kind: "entries-removed", first: 10, upTo: 120, head: "0", before: "", archive };
}

describe("an entry that is not in the record", () => {
  test.each([10, 64, 120])("was removed by the retention that names its number: %i", (seq) => {
    expect(removedBy(removal(null), seq)?.message).toBe(
      `entry ${seq} was removed by retention: entries 10 to 120, up to the checkpoint in entry 121, on 2026-11-28 (entry 130)`,
    );
  });

  test.each([9, 121])("was not removed by a retention of other numbers: %i", (seq) => {
    expect(removedBy(removal(null), seq)).toBeNull();
  });

  test("was not removed by another entry", () => {
    expect(removedBy({ ...chained, kind: "stopped", version: "0.1.0", reason: "" }, 64)).toBeNull();
  });

  test("is read from the file of the archive", () => {
    expect(removedBy(removal("10-120.jsonl"), 64)?.hint).toContain("audit show 64 --export 10-120.jsonl");
  });

  test("is in an older export or backup only, without an archive", () => {
    expect(removedBy(removal(null), 64)?.hint).toContain("audit.archive was not configured");
  });
});
