import { describe, expect, test } from "@jest/globals";
import { driftFingerprint } from "../../../src/model/drift.ts";
import { type KeyRecord } from "../../../src/model/keys/key-record.ts";
import { contentionKey } from "../../../src/plan/inputs/contention.ts";
import { driftOf, KEY, planOf, skippedOf, subjectOf } from "../../support/pass/passes.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import { alertsAfter, condition, recordWith } from "./alerts.ts";

describe("contention", () => {
  const drift = driftOf();
  const withheld = [
    { kind: "contended", subject: drift.subject, reason: "keeps coming back", fix: null },
  ] as const;
  const revertsMs = { [contentionKey(drift)]: [1, 2, 3, 4] };
  const outcome = (record: KeyRecord): KeyOutcome =>
    skippedOf(
      { kind: "nothing-due" },
      { drifts: [drift], plan: planOf([], { withheld }), subject: subjectOf(record) },
    );
  const contention = { driftSinceMs: { [driftFingerprint(drift)]: 1 }, revertsMs };

  test("is reported when the reverts stop, with the field and the count", () => {
    expect(alertsAfter([outcome(recordWith([condition("Drifted", "DriftDetected")], contention))])).toEqual([
      { kind: "contended", key: KEY, account: "prod", fields: [{ field: "trust", times: 4 }] },
    ]);
  });

  test("over wording is not reported", () => {
    const wording = driftOf({ tier: "metadata" });
    const record = recordWith([condition("Drifted", "DriftDetected")], contention);
    const plan = planOf([], { withheld });

    expect(
      alertsAfter([
        skippedOf({ kind: "nothing-due" }, { drifts: [wording], plan, subject: subjectOf(record) }),
      ]),
    ).toEqual([]);
  });

  test("is reported once", () => {
    expect(alertsAfter([outcome(recordWith([condition("Drifted", "Contended")], contention))])).toEqual([]);
  });
});
