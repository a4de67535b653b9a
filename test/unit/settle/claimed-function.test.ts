import { expect, test } from "@jest/globals";
import { emptyKeyRecord } from "../../../src/model/keys/key-record.ts";
import type { KeyOutcome } from "../../../src/settle/outcome/outcome.ts";
import {
  BINDING,
  HELD,
  KEY,
  knownRecord,
  removedSubject,
  skippedOf,
  subjectOf,
  writtenOf,
} from "../../support/pass/passes.ts";
import { recordAfter } from "./settled.ts";

const { functionName } = BINDING;
const subject = subjectOf(emptyKeyRecord(KEY));
const firstClaim = "first claim of function orders-api, which runs on x";
const IDLE = { kind: "nothing-due" } as const;

test.each<{ outcome: KeyOutcome; claimed: string | null; because: string }>([
  {
    outcome: writtenOf({ subject, firstClaim }),
    claimed: functionName,
    because: "an approved claim was written",
  },
  { outcome: skippedOf(IDLE, { subject }), claimed: functionName, because: "no one else uses it" },
  {
    outcome: skippedOf(IDLE, { subject, firstClaim }),
    claimed: null,
    because: "nothing was to be written, so that the claim was never held",
  },
  {
    outcome: writtenOf({ subject, verdict: HELD }),
    claimed: null,
    because: "only the undo plan was written",
  },
  { outcome: skippedOf(IDLE, { subject, verdict: HELD }), claimed: null, because: "it is held" },
  {
    outcome: writtenOf({ subject, unread: ["its function"] }),
    claimed: null,
    because: "the function was not read before the write",
  },
  {
    outcome: skippedOf(IDLE, { subject: subjectOf(), verdict: HELD }),
    claimed: functionName,
    because: "a record of 0.1 has it as applied",
  },
  {
    outcome: skippedOf(IDLE, { subject: subjectOf(knownRecord({ claimedFunction: "other" })), firstClaim }),
    claimed: "other",
    because: "an earlier claim of another function stays",
  },
  {
    outcome: skippedOf(IDLE, {
      subject: { ...subjectOf(), kind: "desired", desired: { ...BINDING, released: true } },
    }),
    claimed: null,
    because: "it is released, so that managing it again is a first claim",
  },
  { outcome: skippedOf(IDLE, { subject: removedSubject() }), claimed: functionName, because: "it left Git" },
])("the claimed function after a pass is $claimed: $because", ({ outcome, claimed }) => {
  expect(recordAfter(outcome).claimedFunction).toBe(claimed);
});
