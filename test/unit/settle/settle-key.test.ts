import { describe, expect, test } from "@jest/globals";
import { settleKey } from "../../../src/settle/key/settle-key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { emptyAccount } from "../../support/pass/live-state.ts";
import {
  actionOf,
  driftOf,
  HELD,
  invalidSubject,
  KEY,
  knownRecord,
  planOf,
  removedSubject,
  seenOf,
  skippedOf,
  statusOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import { type KeyOutcome, outcomeView } from "../../../src/settle/outcome/outcome.ts";
import { HOUR_MS, settleOne, recordAfter } from "./settled.ts";

const NEW = `main@sha1:${"c".repeat(40)}` as Revision;

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

    const again = settleKey(outcomeView(outcome(first), []), seenOf({ nowMs: NOW_MS + 5, nowIso: "later" }));

    expect(JSON.stringify(again.record)).toBe(JSON.stringify(first));
    expect(again.facts).toEqual([]);
  });
});
