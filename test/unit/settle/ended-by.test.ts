import { expect, test } from "@jest/globals";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { driftFingerprint, type DriftChange } from "../../../src/model/drift.ts";
import type { PastWrite } from "../../../src/model/keys/key-record.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { driftOf, KEY, knownRecord, skippedOf, subjectOf } from "../../support/pass/passes.ts";
import { settleOne } from "./settled.ts";

const EXTRA: DriftChange = { kind: "inline-extra", policyName: "hotfix" };

test.each<{ readonly call: PastWrite["call"]; readonly how: string; readonly because: string }>([
  { call: "iam:DeleteRolePolicy", how: "reverted", because: "this call removes such a policy" },
  { call: "iam:DeleteRole", how: "reverted", because: "a deletion ends every difference of the role" },
  {
    call: "iam:PutRolePolicy",
    how: "gone",
    because: "a commit changed another policy of the role meanwhile",
  },
])("after our $call, an undeclared policy that AWS no longer shows is $how: $because", ({ call, how }) => {
  const drift = driftOf({ change: EXTRA, cause: "out-of-band" });
  const record = knownRecord({
    driftSinceMs: { [driftFingerprint(drift)]: NOW_MS - 9_000 },
    incidentSinceMs: NOW_MS - 9_000,
  });
  const outcome = skippedOf({ kind: "nothing-due" }, { subject: subjectOf(record) });
  const write: PastWrite = {
    key: KEY,
    atMs: NOW_MS - 5_000,
    call,
    step: 6,
    target: drift.subject,
    beforeHash: null,
    afterHash: null,
  };

  const { ended } = settleOne(outcome, { writes: recentWrites([write]) });

  expect(ended).toMatchObject([{ how }]);
});
