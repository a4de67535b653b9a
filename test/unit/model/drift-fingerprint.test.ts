import { describe, expect, test } from "@jest/globals";
import { currentFingerprint, driftFingerprint, type Drift } from "../../../src/model/drift.ts";
import { emptyKeyRecord, withCurrentFingerprints } from "../../../src/model/keys/key-record.ts";
import { KEY } from "../../support/pass/passes.ts";

const subject = "arn:aws:iam::111122223333:role/grantkeeper/orders";
const text = (value: object): string => JSON.stringify(value);

function nameOf(change: Drift["change"], live: string | null): string {
  return driftFingerprint({ subject, change, live });
}

/** As earlier versions made it. */
function formerName(change: Drift["change"], live: string | null): string {
  return JSON.stringify([subject, change, live]);
}

const TAG = { kind: "tag-different", tag: "team" } as const;

describe("the name of a difference", () => {
  test.each([
    { change: TAG, before: text({ team: "x" }), after: text({ env: "prod", team: "x" }) },
    { change: { kind: "tag-missing", tag: "team" }, before: text({}), after: text({ env: "prod" }) },
    {
      change: { kind: "tag-extra", tag: "env" },
      before: text({ env: "a", b: "" }),
      after: text({ env: "a" }),
    },
    {
      change: { kind: "ownership-tag", tag: "o" },
      before: text({ o: "a" }),
      after: text({ b: "a", o: "a" }),
    },
    {
      change: { kind: "policy-tag", tag: "env" },
      before: text({ env: "a" }),
      after: text({ a: "", env: "a" }),
    },
    {
      change: { kind: "policy-tag", tag: "env" },
      before: text({ Env: "a" }),
      after: text({ Env: "b" }),
    },
    { change: { kind: "not-released" }, before: text({ env: "a" }), after: text({}) },
    {
      change: { kind: "description" },
      before: text({ description: "a", maxSessionSeconds: 3600 }),
      after: text({ description: "a", maxSessionSeconds: 7200 }),
    },
    {
      change: { kind: "max-session-duration" },
      before: text({ description: "a", maxSessionSeconds: 7200 }),
      after: text({ description: "b", maxSessionSeconds: 7200 }),
    },
  ] as const)("of $change.kind stays if another field of the object changes", ({ change, before, after }) => {
    expect(nameOf(change, before)).toBe(nameOf(change, after));
  });

  test.each([
    { change: TAG, before: text({ team: "x" }), after: text({ team: "y" }) },
    { change: TAG, before: text({ team: "x" }), after: text({ team: "[x]" }) },
    { change: TAG, before: text({ Team: "x" }), after: text({ Team: "y" }) },
    { change: { kind: "ownership-tag", tag: "o" }, before: text({ O: "a" }), after: text({}) },
    {
      change: { kind: "description" },
      before: text({ description: "a" }),
      after: text({ description: "b" }),
    },
    { change: { kind: "inline" }, before: text({ Id: "a" }), after: text({ Id: "b" }) },
    { change: { kind: "boundary" }, before: null, after: "arn:aws:iam::aws:policy/x" },
  ] as const)("of $change.kind changes with its own value", ({ change, before, after }) => {
    expect(nameOf(change, before)).not.toBe(nameOf(change, after));
  });
});

describe("a difference that an earlier version recorded", () => {
  test.each([
    { change: TAG, live: text({ env: "prod", team: "x" }) },
    { change: { kind: "tag-missing", tag: "team" }, live: text({}) },
    { change: { kind: "max-session-duration" }, live: text({ description: "", maxSessionSeconds: 7200 }) },
    { change: { kind: "trust" }, live: text({ Version: "2012-10-17" }) },
    { change: { kind: "role-missing" }, live: null },
  ] as const)("has the name that this version gives it ($change.kind)", ({ change, live }) => {
    expect(currentFingerprint(formerName(change, live))).toBe(nameOf(change, live));
  });

  test.each([text({ team: text({ team: "x" }) }), text({ team: "[1]" }), text({})])(
    "is named once: the name of this version stays as it is (%s)",
    (live) => {
      expect(currentFingerprint(nameOf(TAG, live))).toBe(nameOf(TAG, live));
    },
  );

  test("keeps its beginning, its author and the other facts of the record", () => {
    const live = text({ env: "prod", team: "x" });
    const open = { lastCleanMs: 3, risks: [] };
    const { applied: _, ...record } = {
      ...emptyKeyRecord(KEY),
      driftSinceMs: { [formerName(TAG, live)]: 5, [formerName({ kind: "trust" }, "t")]: 6 },
      openDrifts: { [formerName(TAG, live)]: open },
      incidentSinceMs: 5,
    };

    expect(withCurrentFingerprints(record)).toEqual({
      ...record,
      driftSinceMs: { [nameOf(TAG, live)]: 5, [nameOf({ kind: "trust" }, "t")]: 6 },
      openDrifts: { [nameOf(TAG, live)]: open },
    });
  });
});
