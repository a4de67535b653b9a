import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import { driftFingerprint, type Drift } from "../../../src/model/drift.ts";
import { type KeyRecord, type PastWrite } from "../../../src/model/keys/key-record.ts";
import { contentionKey } from "../../../src/plan/inputs/contention.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import {
  driftOf,
  KEY,
  knownRecord,
  passOf,
  skippedOf,
  statusOf,
  subjectOf,
  TIME,
  writtenOf,
} from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { HOUR_MS, settleOne, recordAfter } from "./settled.ts";

/** A write of ours to the drift's object, from the audit record. */
function writeOn(drift: Drift, atMs: number): PastWrite {
  return {
    key: KEY,
    atMs,
    call: drift.change.kind === "inline-extra" ? "iam:DeleteRolePolicy" : "iam:UpdateAssumeRolePolicy",
    step: 6,
    target: drift.subject,
    beforeHash: null,
    afterHash: null,
  };
}

describe("drifts", () => {
  const drift = driftOf();
  const since = (ms: number): Partial<KeyRecord> => ({ driftSinceMs: { [driftFingerprint(drift)]: ms } });

  test("are first seen when the pass began, and keep that time", () => {
    const found = recordAfter(skippedOf({ kind: "observe" }, { drifts: [drift] }));
    const later = skippedOf({ kind: "observe" }, { drifts: [drift], subject: subjectOf(found) });

    expect(found.driftSinceMs).toEqual({ [driftFingerprint(drift)]: NOW_MS });
    expect(recordAfter(later, {}, { startedAtMs: NOW_MS + 5 }).driftSinceMs).toEqual(found.driftSinceMs);
    expect(found.status?.drift?.since).toBe(TIME.nowIso);
  });

  test("that are not confirmed are not listed", () => {
    const found = settleOne(skippedOf({ kind: "observe" }, { drifts: [driftOf({ certainty: "pending" })] }));

    expect([found.opened, found.record?.status?.drift, found.record?.driftSinceMs]).toEqual([[], null, {}]);
  });

  test.each<{
    readonly cause: Drift["cause"];
    readonly how: string;
    readonly because: string;
  }>([
    { cause: "out-of-band", how: "reverted", because: "a change by another principal was reverted" },
    { cause: "revision", how: "applied", because: "Git's change was applied" },
    { cause: "initial", how: "applied", because: "the earlier state was changed to match Git" },
  ])("that the pass fixed end as $how: $because", ({ cause, how }) => {
    const outcome = writtenOf({ drifts: [driftOf({ cause })] });

    const { ended } = settleOne(outcome, { writes: recentWrites([writeOn(drift, NOW_MS)]) });

    expect(ended).toMatchObject([{ fingerprint: driftFingerprint(drift), sinceMs: NOW_MS, how }]);
  });

  test("that no write of ours ended are gone", () => {
    const record = knownRecord(since(NOW_MS - 9_000));
    const outcome = skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record) });

    expect(settleOne(outcome).ended.map(({ how }) => how)).toEqual(["gone"]);
  });

  test("that AWS shows as fixed only in a later pass were fixed by us", () => {
    const record = knownRecord({ ...since(NOW_MS - 9_000), incidentSinceMs: NOW_MS - 9_000 });
    const outcome = skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record) });

    const settled = settleOne(outcome, { writes: recentWrites([writeOn(drift, NOW_MS - 8_000)]) });

    expect(settled.ended.map(({ how }) => how)).toEqual(["reverted"]);
    expect(settled.incident.ended).toMatchObject({ sinceMs: NOW_MS - 9_000, how: "reverted" });
    expect(settled.record?.revertsMs).toEqual({ [contentionKey(drift)]: [NOW_MS] });
  });

  test("that were not reported and that a later pass shows as fixed were applied", () => {
    const record = knownRecord(since(NOW_MS - 9_000));
    const outcome = skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record) });

    expect(
      settleOne(outcome, { writes: recentWrites([writeOn(drift, NOW_MS - 8_000)]) }).ended.map(
        ({ how }) => how,
      ),
    ).toEqual(["applied"]);
  });

  test("that ended without a write of ours were undone by another principal", () => {
    const outcome = skippedOf(
      { kind: "nothing-due" },
      { subject: subjectOf(knownRecord(since(NOW_MS - 9_000))) },
    );
    const before = writeOn(drift, NOW_MS - 10_000);

    expect(settleOne(outcome, { writes: recentWrites([before]) }).ended.map(({ how }) => how)).toEqual([
      "gone",
    ]);
  });

  test("do not end, nor does their alert, while a part can't be read", () => {
    const record = knownRecord({ ...since(NOW_MS - 9_000), incidentSinceMs: NOW_MS - 9_000 });
    const outcome = skippedOf(
      { kind: "nothing-due" },
      { subject: subjectOf(record), unread: ["its function"] },
    );

    const settled = settleOne(outcome);

    expect([settled.ended, settled.incident.ended]).toEqual([[], null]);
    expect(settled.record?.driftSinceMs).toEqual(record.driftSinceMs);
  });

  test("do not end by a read-back that failed", () => {
    const outcome = writtenOf({ drifts: [drift] }, { readBack: { kind: "not-read", reason: "x" } });

    expect(settleOne(outcome, { writes: recentWrites([writeOn(drift, NOW_MS)]) }).ended).toEqual([]);
  });

  test("are kept unchanged if the key could not be read", () => {
    const record = knownRecord(since(NOW_MS - 9_000));
    const outcome: KeyOutcome = { kind: "unknown", subject: subjectOf(record), reason: "off" };

    expect(recordAfter(outcome).driftSinceMs).toEqual(record.driftSinceMs);
  });

  test("stay in the status of a key that could not be read", () => {
    const found = recordAfter(skippedOf({ kind: "observe" }, { drifts: [drift] }));
    const outcome: KeyOutcome = { kind: "unknown", subject: subjectOf(found), reason: "off" };

    expect(recordAfter(outcome).status).toMatchObject({ drift: found.status?.drift, sync: "Unknown" });
  });

  test("stay in the status of a key whose manifest has an error now, with nothing to compare AWS with", () => {
    const found = recordAfter(skippedOf({ kind: "observe" }, { drifts: [drift] }));
    const outcome: KeyOutcome = { kind: "unusable", subject: subjectOf(found) };

    expect(found.status?.drift).not.toBeNull();
    expect(recordAfter(outcome)).toMatchObject({
      status: { drift: found.status?.drift },
      driftSinceMs: found.driftSinceMs,
    });
  });
});

describe("reverts", () => {
  const drift = driftOf();
  const field = contentionKey(drift);

  test("are counted by field, for the last day", () => {
    const revertsMs = { [field]: [NOW_MS - 25 * HOUR_MS, NOW_MS - HOUR_MS], gone: [NOW_MS - 25 * HOUR_MS] };
    const outcome = writtenOf({ drifts: [drift], subject: subjectOf(knownRecord({ revertsMs })) });

    expect(recordAfter(outcome, { writes: recentWrites([writeOn(drift, NOW_MS)]) }).revertsMs).toEqual({
      [field]: [NOW_MS - HOUR_MS, NOW_MS],
    });
  });

  test("do not include changes in Git", () => {
    const outcome = writtenOf({ drifts: [driftOf({ cause: "revision" })] });

    expect(recordAfter(outcome, { writes: recentWrites([writeOn(drift, NOW_MS)]) }).revertsMs).toEqual({});
  });
});

describe("the maximum time for which a difference existed", () => {
  const CLEAN_MS = NOW_MS - 312_000;
  const hotfix = driftOf({ change: { kind: "inline-extra", policyName: "hotfix" }, cause: "out-of-band" });
  const swept = (change: Partial<AccountRecord> = {}): Partial<Pass> => {
    const { history } = passOf();
    return { history: { ...history, record: { ...history.record, lastSweepMs: CLEAN_MS, ...change } } };
  };
  const compared = (change: Partial<KeyRecord> = {}): KeyRecord =>
    knownRecord({ comparedSinceMs: CLEAN_MS - HOUR_MS, ...change });
  const reverted = (record: KeyRecord, pass: Partial<Pass> = swept()) => {
    const outcome = writtenOf({ drifts: [hotfix], subject: subjectOf(record) });
    const { facts } = settleOne(outcome, { writes: recentWrites([writeOn(hotfix, NOW_MS)]) }, pass);
    return facts.find((fact) => fact.kind === "drift-ended");
  };

  test("counts from the last complete read without it, and the revert names the removed permissions", () => {
    expect(reverted(compared())).toMatchObject({
      how: "reverted",
      changes: ['- policy "hotfix"'],
      since: new Date(NOW_MS).toISOString(),
      lastCleanAt: new Date(CLEAN_MS).toISOString(),
    });
  });

  test.each([
    { record: compared({ status: null }), because: "the key was never compared before" },
    {
      record: compared({ status: statusOf({ sync: "Unknown" }) }),
      because: "the last pass could not read it",
    },
    { record: knownRecord(), because: "an earlier version did not record the first comparison" },
  ])("is not known: $because", ({ record }) => {
    expect(reverted(record)).toMatchObject({ lastCleanAt: null });
  });

  test("counts from the first comparison of the key if the account's last sweep is older", () => {
    const comparedSinceMs = CLEAN_MS + 60_000;

    expect(reverted(compared({ comparedSinceMs }))).toMatchObject({
      lastCleanAt: new Date(comparedSinceMs).toISOString(),
    });
  });

  test("is remembered until the difference is reverted", () => {
    const waits = skippedOf({ kind: "nothing-due" }, { drifts: [hotfix], subject: subjectOf(compared()) });
    const waiting = recordAfter(waits, {}, swept());
    const later = swept({ lastSweepMs: NOW_MS - 1_000 });

    expect(reverted(waiting, later)).toMatchObject({ lastCleanAt: new Date(CLEAN_MS).toISOString() });
    const outcome = writtenOf({ drifts: [hotfix], subject: subjectOf(waiting) });
    expect(
      recordAfter(outcome, { writes: recentWrites([writeOn(hotfix, NOW_MS)]) }, later).openDrifts,
    ).toEqual({});
  });
});
