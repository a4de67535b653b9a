import { expect, test } from "@jest/globals";
import type { Rejection } from "../../../src/model/approval.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { HELD, knownRecord, skippedOf, subjectOf } from "../../support/pass/passes.ts";
import { recordAfter, settleOne } from "./settled.ts";

const REJECTION: Rejection = {
  subject: digestOf("held"),
  accountId: "111122223333",
  actor: "sam",
  reason: "ask the team first",
  at: "2026-11-25T12:00:00.000Z",
};

/** Held while the record still has the condition of an outage. */
const afterOutage = () => {
  const held = skippedOf({ kind: "nothing-due" }, { verdict: HELD, subject: subjectOf(knownRecord()) });
  const record = recordAfter(held);
  const { status } = record;
  const conditions = (status?.conditions ?? []).map((one) => ({
    ...one,
    reason: "NotCompared" as const,
    message: "the account could not be read",
  }));
  const subject = subjectOf({ ...record, status: status === null ? null : { ...status, conditions } });
  return skippedOf({ kind: "nothing-due" }, { verdict: HELD, subject });
};

test.each<{ readonly rejections: readonly Rejection[]; readonly kinds: readonly string[]; because: string }>([
  { rejections: [], kinds: ["plan-held"], because: "it waits for an answer again" },
  { rejections: [REJECTION], kinds: [], because: "it is still rejected" },
  {
    rejections: [{ ...REJECTION, subject: digestOf("another") }],
    kinds: ["plan-held"],
    because: "another plan was rejected",
  },
])("after an outage, a held plan has the entries $kinds: $because", ({ rejections, kinds }) => {
  const { facts } = settleOne(afterOutage(), {}, { rejections });

  expect(facts.map(({ kind }) => kind)).toEqual(kinds);
});
