import { SAME_CLOCK } from "../../../../src/model/changes/clock-offset.ts";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Pass } from "../../../../src/judge/subject.ts";
import type { ChangeRecord } from "../../../../src/model/changes/change-event.ts";
import { driftFingerprint } from "../../../../src/model/drift.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import { knownRecord, skippedOf, statusOf, subjectOf } from "../../../support/pass/passes.ts";
import { recordAfter, settleOne } from "../settled.ts";
import { ADMINISTRATOR, drifted, SECOND } from "./changes.ts";
import { attach, attribution, detach, ids, NONE } from "./sighted.ts";

/** The read that saw it took from 10:33:00 to 10:33:20. */
const READ_MS = 20_000;

describe("a call while AWS was read", () => {
  test.each<readonly [string, string, string, readonly ChangeRecord[]]>([
    [
      "candidates",
      "e70",
      "it explains the difference, and may be later than the object's read",
      [attach(70)],
    ],
    ["unknown", NONE, "it was after the end of the read", [attach(81)]],
    ["candidates", "e7 e70", "the same call was made before the read", [attach(7), attach(70)]],
    ["candidates", "e7", "it undid the call before the read, after it was seen", [attach(7), detach(70)]],
    ["named", "e7", "another call undid it after the end of the read", [attach(7), detach(81)]],
    ["candidates", "e75", "it was undone before the read", [attach(3), detach(5), attach(75)]],
  ])("leaves the author %s (%s) if %s", (kind, what, _, records) => {
    const found = attribution({ records, readMs: READ_MS });

    expect([found.kind, ids(found)]).toEqual([kind, what]);
  });

  const second = fc.integer({ min: -5, max: 40 });
  const call = second.chain((at) => fc.constantFrom(attach(at), detach(at)));
  const read = fc.record({ start: fc.nat(20), length: fc.nat(15) });

  test("is never named, and a call after the read is no candidate either", () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 6 }), read, (records, { start, length }) => {
        const seenMs = SECOND + start * 1_000;
        const readMs = length * 1_000;

        const found = attribution({ records, seenMs, readMs });

        const named = found.kind === "named" ? [found.change] : [];
        const others = found.kind === "candidates" ? found.changes : [];
        expect(named.filter(({ at }) => Date.parse(at) >= seenMs)).toEqual([]);
        expect(others.filter(({ at }) => Date.parse(at) > seenMs + readMs)).toEqual([]);
      }),
    );
  });
});

test("our own write of the field during the read leaves an earlier call a candidate: the object may have been read before it", () => {
  const found = attribution({ records: [attach(7)], readMs: READ_MS, ownMs: SECOND + 70_000 });

  expect([found.kind, ids(found)]).toEqual(["candidates", "e7"]);
});

describe("the record of a difference", () => {
  const drift = drifted({ kind: "attachment-extra", arn: ADMINISTRATOR }, { live: ADMINISTRATOR });
  const startedAtMs = SECOND + 60_000;
  const compared: Partial<KeyRecord> = { comparedSinceMs: SECOND, status: statusOf({ sync: "Synced" }) };
  const found = (pass: Partial<Pass>, record = knownRecord(compared)): KeyRecord => {
    const outcome = skippedOf({ kind: "observe" }, { drifts: [drift], subject: subjectOf(record) });
    return recordAfter(
      outcome,
      {},
      { startedAtMs, readEndedMs: startedAtMs + READ_MS, clockOffset: SAME_CLOCK, ...pass },
    );
  };
  const attributionIn = ({ openDrifts = {} }: KeyRecord) => openDrifts[driftFingerprint(drift)]?.attribution;
  const known = (...records: readonly ChangeRecord[]) => ({ records, problem: null });

  test("has the candidates of the read if their events arrive after its pass", () => {
    const before = found({ changes: known() });
    const later = { startedAtMs: startedAtMs + 60_000, readEndedMs: startedAtMs + 61_000 };

    const after = found({ ...later, changes: known(attach(70), attach(90)) }, before);

    expect(attributionIn(before)).toMatchObject({ kind: "unknown" });
    expect(attributionIn(after)).toMatchObject({ kind: "candidates", changes: [{ eventId: "e70" }] });
  });

  test.each<readonly [string, string, string, readonly ChangeRecord[]]>([
    ["named", "e9", "a later event shows that the first one was undone", [attach(7), detach(8), attach(9)]],
    ["candidates", "e7 e9", "an event is no longer known, as after a restart", [attach(9)]],
    ["candidates", "e7 e9", "no event is known any more", []],
  ])("with two candidates becomes %s, %s: %s", (kind, expected, _, records) => {
    const before = found({ changes: known(attach(7), attach(9)) });

    const after = attributionIn(found({ changes: known(...records) }, before));

    expect(after?.kind).toBe(kind);
    expect(after === undefined ? "" : ids(after)).toBe(expected);
  });

  test.each([
    { isUnmoved: true, kind: "named", because: "Git declares what it declared at the last read" },
    { isUnmoved: false, kind: "unknown", because: "Git may have made it by a new revision" },
  ])("that nothing was applied of has an author $kind: $because", ({ isUnmoved, kind }) => {
    const initial = { ...drift, cause: "initial" as const };
    const subject = subjectOf(knownRecord({ ...compared, applied: null }));
    const outcome = skippedOf({ kind: "observe" }, { drifts: [initial], subject });
    const readEndedMs = startedAtMs + READ_MS;
    const read = { startedAtMs, readEndedMs, clockOffset: SAME_CLOCK, changes: known(attach(7)) };

    const before = recordAfter(outcome, { isUnmovedInGit: () => isUnmoved }, read);

    expect(attributionIn(before)?.kind).toBe(kind);
    const again = skippedOf({ kind: "observe" }, { drifts: [initial], subject: subjectOf(before) });
    expect(attributionIn(recordAfter(again, { isUnmovedInGit: () => true }, read))?.kind).toBe(kind);
  });

  test("with more candidates than it has recorded is never given an author: the one that is lost may explain it", () => {
    const six = [1, 2, 3, 4, 5, 6].map((at) => attach(at));
    const before = found({ changes: known(...six) });

    const after = attributionIn(found({ changes: known(...six.slice(1), detach(8), attach(9)) }, before));

    expect(attributionIn(before)?.kind).toBe("candidates");
    expect(after?.kind).toBe("candidates");
  });

  test("of an earlier version has only the start of its read", () => {
    const before = found({ changes: known() });
    const { seenUntilMs: _, ...open } = before.openDrifts?.[driftFingerprint(drift)] ?? {
      lastCleanMs: null,
      risks: [],
    };
    const earlier = { ...before, openDrifts: { [driftFingerprint(drift)]: open } };

    expect(attributionIn(found({ changes: known(attach(70)) }, earlier))).toMatchObject({ kind: "unknown" });
    expect(attributionIn(found({ changes: known(attach(7)) }, earlier))).toMatchObject({ kind: "named" });
  });

  test.each<[string, Partial<Pass>]>([
    ["when it is found", { clockOffset: { minMs: 600_000, maxMs: 600_100, wasSet: false } }],
    ["when it is found, as AWS's clock is not known", { clockOffset: null }],
  ])("has candidates only if the clock of the controller is wrong %s, and keeps them", (_, pass) => {
    const before = found({ ...pass, changes: known(attach(7)) });

    const after = found({ changes: known(attach(7)) }, before);

    expect(attributionIn(before)).toMatchObject({ kind: "candidates", clock: expect.any(String) });
    expect(attributionIn(after)).toMatchObject({ kind: "candidates", clock: expect.any(String) });
  });

  test("has no author without a queue, nor has its entry; the status shows why", () => {
    const outcome = skippedOf(
      { kind: "observe" },
      { drifts: [drift], subject: subjectOf(knownRecord(compared)) },
    );
    const { facts, record } = settleOne(outcome, {}, { startedAtMs });

    expect(facts.find(({ kind }) => kind === "drift-found")).toMatchObject({ authors: [] });
    expect(record === null ? null : attributionIn(record)).toBeUndefined();
    expect(record?.status?.drift?.authors).toMatchObject([
      { attribution: { kind: "unknown", reason: "no queue of change events is configured for the account" } },
    ]);
  });

  test("does not miss an author if nothing was applied yet, since Git may have made it", () => {
    const outcome = skippedOf(
      { kind: "observe" },
      { drifts: [{ ...drift, cause: "initial" }], subject: subjectOf(knownRecord(compared)) },
    );
    const { record } = settleOne(outcome, {}, { startedAtMs });

    expect(record?.status?.drift?.authors).toEqual([]);
  });

  test("gets its author once a queue is configured", () => {
    const without = found({});

    expect(attributionIn(found({ changes: known(attach(7)) }, without))).toMatchObject({ kind: "named" });
  });
});
