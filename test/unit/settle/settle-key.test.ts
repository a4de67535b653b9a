import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import type { Pass } from "../../../src/judge/pass.ts";
import { settleKey, type SettleFacts } from "../../../src/settle/key/settle-key.ts";
import { driftFingerprint, type Drift } from "../../../src/model/drift.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { emptyKeyRecord, type KeyRecord, type PastWrite } from "../../../src/model/keys/key-record.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import { contentionKey } from "../../../src/plan/inputs/contention.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { emptyAccount, NOW_MS } from "../../support/pass/bindings.ts";
import {
  actionOf,
  BINDING,
  driftOf,
  HELD,
  invalidSubject,
  KEY,
  knownRecord,
  passOf,
  planOf,
  removedSubject,
  seenOf,
  skippedOf,
  statusOf,
  subjectOf,
  TIME,
  writtenOf,
} from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";

const NEW = `main@sha1:${"c".repeat(40)}` as Revision;
const HOUR_MS = 3_600_000;

function settleOne(outcome: KeyOutcome, seen: Partial<SettleFacts> = {}, pass: Partial<Pass> = {}) {
  return settleKey(passOf([BINDING], pass), outcome, seenOf(seen), TIME);
}

function recordAfter(
  outcome: KeyOutcome,
  seen: Partial<SettleFacts> = {},
  pass: Partial<Pass> = {},
): KeyRecord {
  const { record } = settleOne(outcome, seen, pass);
  if (record === null) throw new Error("the record is gone");
  return record;
}

/** A write of ours to the drift's object, from the audit log. */
function writeOn(drift: Drift, atMs: number): PastWrite {
  return {
    key: KEY,
    atMs,
    call: "iam:PutRolePolicy",
    step: 6,
    target: drift.subject,
    beforeHash: null,
    afterHash: null,
  };
}

describe("the applied state", () => {
  const old = knownRecord();

  test.each<{ readonly outcome: KeyOutcome; readonly moves: boolean; readonly because: string }>([
    { outcome: writtenOf(), moves: true, because: "everything was written and read back" },
    { outcome: skippedOf({ kind: "nothing-due" }), moves: true, because: "there was nothing to do" },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { unread: ["its function"] }),
      moves: false,
      because: "a part of it was not read",
    },
    {
      outcome: writtenOf({}, { readBack: { kind: "not-read", reason: "x" } }),
      moves: false,
      because: "it was not read back",
    },
    {
      outcome: writtenOf({}, { readBack: { kind: "seen", drifts: [driftOf()], unread: [], plan: planOf() } }),
      moves: false,
      because: "AWS does not show it yet",
    },
    {
      outcome: writtenOf(
        {},
        { readBack: { kind: "seen", drifts: [], unread: [], plan: planOf([actionOf()]) } },
      ),
      moves: false,
      because: "something is left to do",
    },
    { outcome: skippedOf({ kind: "nothing-due" }, { verdict: HELD }), moves: false, because: "it is held" },
    { outcome: writtenOf({ verdict: HELD }), moves: false, because: "an undo plan applies nothing new" },
    { outcome: skippedOf({ kind: "observe" }), moves: false, because: "in observe nothing is applied" },
    {
      outcome: skippedOf({
        kind: "suspended",
        suspension: {
          id: "s",
          scope: { accountId: null, namespace: null, key: null },
          reason: "x",
          actor: "x",
          at: "",
          until: "",
        },
      }),
      moves: false,
      because: "it is suspended",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { subject: invalidSubject() }),
      moves: false,
      because: "it is invalid",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { plan: planOf([], { withheld: [{ kind: "waiting", subject: "x", reason: "x", fix: null }] }) },
      ),
      moves: false,
      because: "something is withheld",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { drifts: [driftOf({ change: { kind: "function-role" } })] },
      ),
      moves: true,
      because: "a setting of the deployer does not count",
    },
  ])("moves: $moves, because $because", ({ outcome, moves }) => {
    const { applied } = recordAfter(outcome, {}, { revision: NEW });

    expect(applied?.revision).toBe(moves ? NEW : old.applied?.revision);
  });

  test("keeps the document's own text", () => {
    const sourceTexts = new Map([[KEY, "kind: FunctionPermission"]]);

    expect(recordAfter(writtenOf(), {}, { revision: NEW, sourceTexts }).applied?.sourceText).toBe(
      "kind: FunctionPermission",
    );
  });

  test("is the same object when neither revision nor content changed", () => {
    const first = recordAfter(writtenOf(), {}, { revision: NEW });
    const outcome = skippedOf({ kind: "nothing-due" }, { subject: subjectOf(first) });

    expect(recordAfter(outcome, {}, { revision: NEW }).applied).toBe(first.applied);
  });
});

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

  test("that are pending are not listed", () => {
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

describe("an incident", () => {
  const drift = driftOf();
  const observed = (drifts: readonly Drift[], record: KeyRecord = knownRecord()): KeyOutcome =>
    skippedOf({ kind: "observe" }, { drifts, subject: subjectOf(record) });

  test.each<{ readonly drift: Drift; readonly opens: boolean; readonly because: string }>([
    { drift, opens: true, because: "another principal changed AWS" },
    { drift: driftOf({ tier: "metadata" }), opens: false, because: "a difference in wording needs no alert" },
    { drift: driftOf({ cause: "revision" }), opens: false, because: "Git changed it" },
    { drift: driftOf({ cause: "upstream" }), opens: false, because: "AWS itself changed it" },
    { drift: driftOf({ certainty: "pending" }), opens: false, because: "an echo is not a change" },
    {
      drift: driftOf({ cause: "initial" }),
      opens: true,
      because: "in observe, and the declaration did not change",
    },
  ])("opens: $opens, because $because", ({ drift: found, opens }) => {
    expect(recordAfter(observed([found])).incidentSinceMs).toBe(opens ? NOW_MS : null);
  });

  test("does not open for a change in Git if nothing was ever applied", () => {
    const outcome = observed([driftOf({ cause: "initial" })]);

    expect(recordAfter(outcome, { isUnmovedInGit: () => false }).incidentSinceMs).toBeNull();
  });

  test("does not open at a key's first comparison", () => {
    expect(recordAfter(observed([drift], knownRecord({ status: null }))).incidentSinceMs).toBeNull();
  });

  test("keeps its start time while it lasts", () => {
    const began = recordAfter(observed([drift]));
    const more = driftOf({ change: { kind: "boundary" } });

    const after = recordAfter(observed([drift, more], began), {}, { startedAtMs: NOW_MS + HOUR_MS });

    expect(after.incidentSinceMs).toBe(NOW_MS);
  });

  test("ends even if a change in Git still waits, and older differences exist", () => {
    const older = driftOf({ change: { kind: "description" }, cause: "initial" });
    const record = knownRecord({
      incidentSinceMs: NOW_MS - HOUR_MS,
      driftSinceMs: {
        [driftFingerprint(older)]: NOW_MS - 2 * HOUR_MS,
        [driftFingerprint(drift)]: NOW_MS - HOUR_MS,
      },
    });

    const settled = settleOne(
      observed([older, driftOf({ change: { kind: "inline" }, cause: "revision" })], record),
    );

    expect(settled.incident).toMatchObject({
      sinceMs: null,
      ended: { sinceMs: NOW_MS - HOUR_MS, how: "gone" },
    });
    expect(settled.record?.incidentSinceMs).toBeNull();
  });

  test("lasts while the reported change is only pending removal", () => {
    const record = knownRecord({ incidentSinceMs: NOW_MS - HOUR_MS });
    const pending = driftOf({ certainty: "pending" });
    const outcome = writtenOf(
      { drifts: [drift], subject: subjectOf(record) },
      { readBack: { kind: "seen", drifts: [pending], unread: [], plan: planOf() } },
    );

    expect(settleOne(outcome).incident).toEqual({ sinceMs: NOW_MS - HOUR_MS, ended: null });
  });

  test("lasts over a read that failed", () => {
    const record = knownRecord({ incidentSinceMs: NOW_MS - HOUR_MS });

    const settled = settleOne({ kind: "unknown", subject: subjectOf(record), reason: "off" });

    expect(settled.incident).toEqual({ sinceMs: NOW_MS - HOUR_MS, ended: null });
  });
});

describe("a plan that AWS refused", () => {
  const failed = (kind: "terminal" | "retry" | "circuit" | "replan", record = knownRecord()) =>
    writtenOf(
      { subject: subjectOf(record) },
      {
        writes: [{ kind: "failed", action: actionOf(), intent: 1, error: awsError(kind), isOverdue: false }],
        readBack: { kind: "not-read", reason: "x" },
      },
    );

  test("is remembered by its digest, with AWS's message", () => {
    expect(recordAfter(failed("terminal")).stalled).toMatchObject({
      digest: planOf([actionOf()]).digest,
      reason: "RejectedByAws",
      message: expect.stringContaining("AWS's own words"),
    });
  });

  test.each(["retry", "circuit", "replan"] as const)("is not remembered when %s follows", (kind) => {
    expect(recordAfter(failed(kind)).stalled).toBeNull();
  });

  test("stays remembered while it is skipped, until another plan runs", () => {
    const stalled = {
      digest: digestOf("x"),
      live: digestOf("x"),
      atMs: 0,
      reason: "RejectedByAws",
      message: "no",
    } as const;
    const subject = subjectOf(knownRecord({ stalled }));

    expect(recordAfter(skippedOf({ kind: "stalled", stalled }, { subject })).stalled).toBe(stalled);
    expect(recordAfter(writtenOf({ subject })).stalled).toBeNull();
  });

  test.each<{ readonly outcome: KeyOutcome; readonly since: number | null; readonly because: string }>([
    { outcome: failed("retry"), since: NOW_MS, because: "the series begins" },
    { outcome: failed("replan"), since: NOW_MS, because: "an outdated plan starts a series too" },
    { outcome: failed("circuit"), since: null, because: "missing access does not end by itself" },
    {
      outcome: failed("retry", knownRecord({ retryingSinceMs: 7 })),
      since: 7,
      because: "the series continues",
    },
    {
      outcome: failed("replan", knownRecord({ retryingSinceMs: 7 })),
      since: 7,
      because: "a different failure does not end it",
    },
    {
      outcome: writtenOf({ subject: subjectOf(knownRecord({ retryingSinceMs: 7 })) }),
      since: null,
      because: "the write succeeded",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { subject: subjectOf(knownRecord({ retryingSinceMs: 7 })) },
      ),
      since: null,
      because: "there is nothing to write",
    },
    {
      outcome: skippedOf({ kind: "cut-short" }, { subject: subjectOf(knownRecord({ retryingSinceMs: 7 })) }),
      since: 7,
      because: "nothing was tried",
    },
  ])("the series of passing failures: $because", ({ outcome, since }) => {
    expect(recordAfter(outcome).retryingSinceMs).toBe(since);
  });
});

describe("changes that the limits count", () => {
  test.each<{ readonly outcome: KeyOutcome; readonly counts: boolean; readonly because: string }>([
    { outcome: writtenOf(), counts: true, because: "Git changed the applied state" },
    {
      outcome: writtenOf({ plan: planOf([actionOf({ cause: "out-of-band" })]) }),
      counts: false,
      because: "a revert does not count",
    },
    {
      outcome: writtenOf({ subject: subjectOf(emptyKeyRecord(KEY)) }),
      counts: false,
      because: "a first creation does not count",
    },
    { outcome: skippedOf({ kind: "nothing-due" }), counts: false, because: "nothing was written" },
  ])("counts: $counts, because $because", ({ outcome, counts }) => {
    expect(recordAfter(outcome, {}, { revision: NEW }).changedBy).toBe(counts ? NEW : null);
  });
});

describe("a key that left git", () => {
  const removed = (record: KeyRecord, mayBeDeleted = true): KeyOutcome =>
    skippedOf({ kind: "nothing-due" }, { subject: removedSubject(record), mayBeDeleted });

  test("remembers its time of removal, and the first and last sweep without an obstacle", () => {
    const unbinding = { atMs: NOW_MS - HOUR_MS, agreedSweepsMs: [NOW_MS - 9_000, NOW_MS - 1_000] };

    expect(recordAfter(removed(knownRecord())).unbinding).toEqual({ atMs: NOW_MS, agreedSweepsMs: [NOW_MS] });
    expect(recordAfter(removed(knownRecord({ unbinding }))).unbinding).toEqual({
      atMs: NOW_MS - HOUR_MS,
      agreedSweepsMs: [NOW_MS - 9_000, NOW_MS],
    });
  });

  test("counts again after a sweep with an obstacle, and never by a targeted pass", () => {
    const unbinding = { atMs: NOW_MS - HOUR_MS, agreedSweepsMs: [NOW_MS - 9_000] };
    const record = knownRecord({ unbinding });

    expect(recordAfter(removed(record, false)).unbinding?.agreedSweepsMs).toEqual([]);
    expect(recordAfter(removed(record), { swept: false }).unbinding).toEqual(unbinding);
  });

  test("is forgotten once nothing of it exists in AWS", () => {
    expect(settleOne(removed(knownRecord()), { live: emptyAccount() }).record).toBeNull();
  });

  test("is present again once Git declares it again", () => {
    const unbinding = { atMs: 1, agreedSweepsMs: [1] };

    expect(
      recordAfter(skippedOf({ kind: "nothing-due" }, { subject: subjectOf(knownRecord({ unbinding })) }))
        .unbinding,
    ).toBeNull();
  });
});

describe("settling", () => {
  test.each<{ readonly name: string; readonly outcome: (record: KeyRecord) => KeyOutcome }>([
    {
      name: "a converged key",
      outcome: (record) => skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record) }),
    },
    {
      name: "a drifted key in observe",
      outcome: (record) =>
        skippedOf({ kind: "observe" }, { subject: subjectOf(record), drifts: [driftOf()] }),
    },
    {
      name: "a held key",
      outcome: (record) =>
        skippedOf(
          { kind: "nothing-due" },
          { subject: subjectOf(record), verdict: HELD, plan: planOf([actionOf()]) },
        ),
    },
    {
      name: "an unread key",
      outcome: (record) => ({ kind: "unknown", subject: subjectOf(record), reason: "off" }),
    },
  ])("$name twice gives the same bytes and no new alert", ({ outcome }) => {
    const first = recordAfter(outcome(knownRecord({ status: statusOf() })));

    const again = settleKey(passOf(), outcome(first), seenOf(), { nowMs: NOW_MS + 5, nowIso: "later" });

    expect(JSON.stringify(again.record)).toBe(JSON.stringify(first));
    expect(again.facts).toEqual([]);
  });
});

test("objects that are never read are named, including policies of undeclared versions and aliases", () => {
  expect(recordAfter(writtenOf()).status?.notWatched).toContain(
    "policies on undeclared versions and aliases",
  );
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
