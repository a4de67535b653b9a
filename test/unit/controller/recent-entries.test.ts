import { beforeEach, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { recentReverts, type RecentEntries } from "../../../src/controller/control/recent-entries.ts";
import type { Revert } from "../../../src/controller/ports/audit-log.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import { MemoryAudit } from "../../support/fakes/fake-ports.ts";

const KEY = "function/111122223333/eu-west-1/orders/a" as Key;
const REVISION = `main@sha1:${"0".repeat(40)}` as Revision;
const HOUR_MS = 3_600_000;
const START_MS = Date.parse("2026-11-25T03:00:00Z");

let nowMs: number;
let audit: MemoryAudit;
let reverts: RecentEntries<Revert>;
const clock = { nowMs: () => nowMs };

beforeEach(() => {
  nowMs = START_MS;
  audit = new MemoryAudit(clock);
  reverts = recentReverts({ audit, clock });
});

const ended = (how: "reverted" | "applied"): AuditFact => ({
  kind: "drift-ended",
  key: KEY,
  revision: REVISION,
  fields: ["inline"],
  changes: [],
  risks: [],
  since: new Date(nowMs).toISOString(),
  lastCleanAt: null,
  how,
});
const seqs = async (): Promise<readonly number[]> => (await reverts.read()).map(({ seq }) => seq);

test("a revert is not displaced by a large push after it", async () => {
  await audit.append([ended("reverted")]);
  nowMs += HOUR_MS;
  await audit.append(Array.from({ length: 1_500 }, () => ended("applied")));

  expect(await seqs()).toEqual([1]);
});

test("later reverts are added, newest first, each once", async () => {
  await audit.append([ended("reverted")]);
  await Promise.all([seqs(), seqs()]);
  await audit.append([ended("applied"), ended("reverted")]);

  expect([await seqs(), await seqs()]).toEqual([
    [3, 1],
    [3, 1],
  ]);
});

test("reverts older than a day are omitted", async () => {
  await audit.append([ended("reverted")]);
  expect(await seqs()).toEqual([1]);
  nowMs += 25 * HOUR_MS;
  await audit.append([ended("reverted")]);

  expect(await seqs()).toEqual([2]);
});

test("an entry is read once", async () => {
  await audit.append([ended("reverted"), ended("applied")]);
  await seqs();
  const read: number[] = [];
  const entries = audit.entries.bind(audit);
  audit.entries = async function* (range) {
    for await (const entry of entries(range)) {
      read.push(entry.seq);
      yield entry;
    }
  };
  await audit.append([ended("applied")]);

  expect([await seqs(), read]).toEqual([[1], [3]]);
});

test("the record is not searched again while it has no new entry", async () => {
  await audit.append([ended("applied")]);
  await seqs();
  let searched = 0;
  const entries = audit.entries.bind(audit);
  audit.entries = (range) => {
    searched += 1;
    return entries(range);
  };

  expect([await seqs(), searched]).toEqual([[], 0]);
});
