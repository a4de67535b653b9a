import { describe, expect, test } from "@jest/globals";
import { emptyKeyRecord } from "../../../../src/model/keys/key-record.ts";
import { withUnreadAdoption } from "../../../../src/settle/adoption/settle-adoption.ts";
import { type SeenPass } from "../../../../src/settle/adoption/seen.ts";
import type { KeyOutcome } from "../../../../src/settle/outcome/outcome.ts";
import { after, seen as seenFunction } from "../../../support/pass/adoption.ts";
import { NOW_MS, policy, compiled } from "../../../support/pass/bindings.ts";
import { accountWith, emptyAccount, liveRoleOf } from "../../../support/pass/live-state.ts";
import {
  BINDING,
  KEY,
  knownRecord,
  removedSubject,
  skippedOf,
  statusOf,
  subjectOf,
  writtenOf,
} from "../../../support/pass/passes.ts";
import { settleOne } from "../settled.ts";
import { NOTHING_DUE, seen } from "./seen-passes.ts";

describe("a binding", () => {
  test.each<{
    readonly outcome: KeyOutcome;
    readonly live?: SeenPass["live"];
    readonly facts: unknown;
    readonly because: string;
  }>([
    {
      outcome: { kind: "unknown", subject: subjectOf(), reason: "throttled" },
      facts: { kind: "unread", reason: "throttled" },
      because: "its role was not read",
    },
    {
      outcome: { kind: "unusable", subject: subjectOf() },
      facts: { kind: "unread", reason: "its manifest has an error" },
      because: "it cannot be compiled",
    },
    {
      outcome: writtenOf({}, { readBack: { kind: "not-read", reason: "throttled" } }),
      facts: { kind: "unread", reason: "AWS was not read after the last write: throttled" },
      because: "it was not read after a write",
    },
    {
      outcome: NOTHING_DUE,
      live: emptyAccount({ regions: new Map() }),
      facts: { kind: "unread" },
      because: "its region was not read",
    },
    {
      outcome: NOTHING_DUE,
      live: accountWith({ role: liveRoleOf(BINDING) }),
      facts: { kind: "no-function" },
      because: "its function does not exist",
    },
    {
      outcome: skippedOf({ kind: "nothing-due" }, { subject: removedSubject() }),
      facts: null,
      because: "Git does not declare it any more",
    },
    {
      outcome: skippedOf(
        { kind: "nothing-due" },
        { subject: { kind: "desired", key: KEY, record: emptyKeyRecord(KEY), desired: policy(compiled()) } },
      ),
      facts: null,
      because: "it is a ManagedPolicy",
    },
  ])("has no stage where nothing was seen: $because", ({ outcome, live, facts }) => {
    const found = seen(outcome, live === undefined ? {} : { live });

    expect([found]).toMatchObject([facts]);
  });

  test("has its adoption in its record and its status, and a stage that it loses in the history", () => {
    const { record: adoption } = after([0, seenFunction()], [24, seenFunction()]);

    const { record, facts } = settleOne(
      skippedOf({ kind: "nothing-due" }, { subject: subjectOf(knownRecord({ adoption })) }),
    );

    expect(record?.adoption?.recorded).toBe("switched");
    expect(record?.status?.adoption?.state).toBe("switched");
    expect(facts).toContainEqual({
      kind: "adoption-changed",
      key: KEY,
      from: "proven",
      to: "switched",
      reason: "a pass after the switch that finds nothing to write",
    });
  });

  test("that Git no longer manages has none in its record, and the history has the stage that it loses", () => {
    const { record: adoption } = after([0, seenFunction()], [24, seenFunction()]);
    const removed = removedSubject(knownRecord({ adoption }));
    const released = {
      ...subjectOf(removed.record),
      desired: { ...BINDING, released: true as const },
    } as const;

    for (const subject of [removed, released]) {
      const { record, facts } = settleOne(skippedOf({ kind: "nothing-due" }, { subject }));

      expect(record?.adoption).toBeUndefined();
      expect(facts).toContainEqual(
        expect.objectContaining({ kind: "adoption-changed", from: "proven", to: null }),
      );
    }
    const unread = settleOne({ kind: "unknown", subject: removed, reason: "throttled" });
    expect(unread.record?.adoption).toBeUndefined();
  });

  test("of an account that could not be read claims no stage, and its history has no entry for that", () => {
    const { record: adoption } = after([0, seenFunction()], [24, seenFunction()]);
    const known = knownRecord({ adoption, status: statusOf() });

    const unread = withUnreadAdoption(known, "throttled", NOW_MS);

    expect(unread.status?.adoption).toMatchObject({ state: "unknown", reason: "throttled" });
    expect(unread.adoption).toMatchObject({ recorded: "proven", proof: null });
    const fresh = emptyKeyRecord(KEY);
    expect(withUnreadAdoption(fresh, "throttled", NOW_MS)).toBe(fresh);
  });
});
