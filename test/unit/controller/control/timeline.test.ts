import { expect, test } from "@jest/globals";
import type { AuditEntry } from "../../../../src/audit/entry.ts";
import { timelineRecord } from "../../../../src/controller/control/timeline.ts";
import type { AuditLog } from "../../../../src/controller/ports/audit-log.ts";
import { KEY } from "../../../support/record/audit-facts.ts";

const START_MS = Date.parse("2026-11-25T00:00:00.000Z");
const at = (ms: number): string => new Date(START_MS + ms).toISOString();

/** A record with these entries, sorted by number. */
function auditOf(all: readonly object[]): AuditLog {
  const entries: AuditLog["entries"] = async function* ({ kind, newestFirst, limit }) {
    const own = (all as readonly AuditEntry[]).filter((entry) => kind === undefined || entry.kind === kind);
    yield* (newestFirst === true ? own.toReversed() : own).slice(0, limit);
  };
  return { entries } as unknown as AuditLog;
}

/** So much drift of one key, a millisecond apart, after a start long before. */
function found(count: number): readonly object[] {
  const drifts = Array.from({ length: count }, (_, n) => ({
    kind: "drift-found",
    seq: n + 2,
    at: at(1_000 + n),
    key: KEY,
    fields: ["trust"],
    authors: [],
  }));
  return [{ kind: "started", seq: 1, at: at(-10_000) }, ...drifts];
}

const ended = (since: number | null) => ({
  kind: "drift-ended",
  seq: 9_000,
  at: at(9_000),
  key: KEY,
  how: "applied",
  fields: ["trust"],
  ...(since === null ? {} : { since: at(since) }),
});

test.each([
  {
    all: [...found(6_000), ended(1_000)],
    ms: 9_000,
    because: "the entry that would show that it was drift is not read",
  },
  {
    all: [...found(6_000), ended(5_000)],
    ms: 2_000,
    because: "of the end that is read, the beginning is read, too",
  },
  { all: [...found(6_000), ended(null)], ms: 2_000, because: "an entry of 0.1 has no beginning" },
  { all: [...found(6_000)], ms: 2_000, because: "older findings may have entries of authors" },
  { all: [...found(10), ended(1_000)], ms: null, because: "everything is read" },
])("findings that are not read are not taken for none: $because", async ({ all, ms }) => {
  const record = await timelineRecord(auditOf(all), { sinceMs: START_MS, openSinceMs: Infinity });

  expect(record.unknownBefore?.atMs ?? null).toBe(ms === null ? null : START_MS + ms);
});

test("drift that began before the period is not known until its end, if its finding is not read", async () => {
  const record = await timelineRecord(auditOf([...found(6_000), ended(1_000)]), {
    sinceMs: START_MS + 8_000,
    openSinceMs: Infinity,
  });

  expect(record.unknownBefore?.atMs).toBe(START_MS + 9_000);
});
