import { describe, expect, test } from "@jest/globals";
import { driftFingerprint, type Drift } from "../../../src/model/drift.ts";
import { type KeyRecord } from "../../../src/model/keys/key-record.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { driftOf, knownRecord, planOf, skippedOf, subjectOf, writtenOf } from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { HOUR_MS, settleOne, recordAfter } from "./settled.ts";

describe("an incident", () => {
  const drift = driftOf();
  const observed = (drifts: readonly Drift[], record: KeyRecord = knownRecord()): KeyOutcome =>
    skippedOf({ kind: "observe" }, { drifts, subject: subjectOf(record) });

  test.each<{ readonly drift: Drift; readonly opens: boolean; readonly because: string }>([
    { drift, opens: true, because: "another principal changed AWS" },
    { drift: driftOf({ tier: "metadata" }), opens: false, because: "a difference in wording needs no alert" },
    { drift: driftOf({ cause: "revision" }), opens: false, because: "Git changed it" },
    { drift: driftOf({ cause: "upstream" }), opens: false, because: "AWS itself changed it" },
    { drift: driftOf({ certainty: "pending" }), opens: false, because: "a stale read is not a change" },
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

  test("lasts while AWS may still show the reported change after its removal", () => {
    const record = knownRecord({ incidentSinceMs: NOW_MS - HOUR_MS });
    const unconfirmed = driftOf({ certainty: "pending" });
    const outcome = writtenOf(
      { drifts: [drift], subject: subjectOf(record) },
      { readBack: { kind: "seen", drifts: [unconfirmed], unread: [], plan: planOf() } },
    );

    expect(settleOne(outcome).incident).toEqual({ sinceMs: NOW_MS - HOUR_MS, ended: null });
  });

  test("lasts over a read that failed", () => {
    const record = knownRecord({ incidentSinceMs: NOW_MS - HOUR_MS });

    const settled = settleOne({ kind: "unknown", subject: subjectOf(record), reason: "off" });

    expect(settled.incident).toEqual({ sinceMs: NOW_MS - HOUR_MS, ended: null });
  });
});
