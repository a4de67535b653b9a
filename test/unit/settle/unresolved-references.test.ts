import { describe, expect, test } from "@jest/globals";
import type { Subject } from "../../../src/judge/subject.ts";
import { UNRESOLVED } from "../../../src/manifest/statements/references.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import { invalidSubject, KEY, skippedOf } from "../../support/pass/passes.ts";
import { apart, assessed, conditionTexts, DRIFT, SUSPENSION } from "./condition-facts.ts";

/** Invalid, with a diagnostic of each of these codes. */
function invalidWith(codes: readonly string[], record?: KeyRecord): Subject {
  const subject = invalidSubject(record);
  if (subject.kind !== "invalid") throw new Error("the subject is not invalid");
  const diagnostics = codes.flatMap((code) => subject.diagnostics.map((one) => ({ ...one, code })));
  return { ...subject, diagnostics };
}

const WAITING = {
  Ready: "False ReferenceNotResolved",
  Reconciling: "True ProgressingWithRetry",
  kstatus: "InProgress",
};
const STALLED = { Ready: "False ValidationFailed", Stalled: "True ValidationFailed", kstatus: "Failed" };

describe("a binding whose references have no value", () => {
  test.each([
    { codes: [UNRESOLVED], expected: WAITING, because: "it waits, and is not stalled" },
    { codes: [UNRESOLVED, UNRESOLVED], expected: WAITING, because: "so it does with several" },
    {
      codes: [UNRESOLVED, "unknown-field"],
      expected: STALLED,
      because: "a mistake next to it needs a commit",
    },
    { codes: [], expected: STALLED, because: "an unknown cause is no missing value" },
  ])("$because: $codes", ({ codes, expected }) => {
    const applied = skippedOf({ kind: "nothing-due" }, { subject: invalidWith(codes) });
    const never = { kind: "unusable", subject: invalidWith(codes, emptyKeyRecord(KEY)) } as const;

    expect(conditionTexts(applied)).toEqual({ ...expected, Drifted: "False NoDriftDetected" });
    expect(conditionTexts(never)).toEqual(expected);
  });

  test("shows drift from its applied state, and is never Healthy or Ready with it", () => {
    const outcome = skippedOf({ kind: "nothing-due" }, { ...apart, subject: invalidWith([UNRESOLVED]) });

    expect(conditionTexts(outcome)).toEqual({ ...WAITING, ...DRIFT });
    expect(assessed(outcome)).toMatchObject({ sync: "OutOfSync", health: "Degraded" });
  });

  test("names the place in the manifest, also while it is suspended", () => {
    const outcome = skippedOf({ kind: "nothing-due" }, { subject: invalidWith([UNRESOLVED]) });
    const { ready, health } = assessed(outcome, SUSPENSION);

    expect(ready.message).toBe("teams/orders/orders-api.yaml:7:3: unknown field");
    expect(health).toBe("Suspended");
  });
});
