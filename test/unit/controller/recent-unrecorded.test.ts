import { beforeEach, expect, test } from "@jest/globals";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { RecentUnrecorded } from "../../../src/controller/control/recent-unrecorded.ts";
import { unrecordedCount } from "../../../src/model/changes/unrecorded-write.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { MemoryAudit } from "../../support/fakes/fake-ports.ts";
import { UNRECORDED_WRITE } from "../../support/trail/own-role-events.ts";

const START_MS = Date.parse("2026-11-25T03:00:00Z");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let nowMs: number;
let audit: MemoryAudit;
let recent: RecentUnrecorded;
const clock = { nowMs: () => nowMs };

beforeEach(() => {
  nowMs = START_MS;
  audit = new MemoryAudit(clock);
  recent = new RecentUnrecorded({ audit, clock });
});

function fact(writes: number, omitted: number, accountId = "111122223333"): AuditFact {
  return {
    kind: "unrecorded-writes",
    accountId: accountId as AccountId,
    account: "prod",
    writes: Array.from({ length: writes }, () => UNRECORDED_WRITE),
    omitted,
  };
}

const shape = async () =>
  (await recent.read()).map(({ seq, writes, omitted }) => [seq, writes.length, omitted]);

test("entries of an account and hour that only count are one, with the number of the newest", async () => {
  await audit.append([fact(2, 0), fact(0, 10), fact(0, 10), fact(0, 5, "222233334444")]);
  expect(await shape()).toEqual([
    [4, 0, 5],
    [3, 0, 20],
    [1, 2, 0],
  ]);

  nowMs += HOUR_MS;
  await audit.append([fact(0, 10)]);

  expect((await shape())[0]).toEqual([5, 0, 10]);
});

test("a flood of entries displaces no count, and the newest writes are kept", async () => {
  await audit.append(Array.from({ length: 1_100 }, () => fact(1, 0)));
  await audit.append(Array.from({ length: 3_000 }, () => fact(0, 10)));

  const entries = await recent.read();

  expect(unrecordedCount(entries)).toBe(31_100);
  expect(entries.filter(({ writes }) => writes.length > 0)).toHaveLength(1_000);
  expect(entries.length).toBeLessThan(1_010);
});

test("a second read adds what is new and counts nothing twice", async () => {
  await audit.append([fact(0, 10)]);
  await Promise.all([recent.read(), recent.read()]);
  await audit.append([fact(0, 10)]);

  expect(await shape()).toEqual([[2, 0, 20]]);
});

test("entries of more than seven days ago are left out", async () => {
  await audit.append([fact(1, 0)]);
  nowMs += 7 * DAY_MS + 1;

  expect(await shape()).toEqual([]);
});
