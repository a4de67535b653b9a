import { expect, test } from "@jest/globals";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { isRecordLost } from "../../../src/judge/states/lost-record.ts";
import { binding, NOW_MS } from "../../support/pass/bindings.ts";
import { accountWith, emptyAccount, liveRoleOf } from "../../support/pass/live-state.ts";
import { knownRecord, passOf, statusOf } from "../../support/pass/passes.ts";

const DECLARED = binding();
const OURS = liveRoleOf(DECLARED);
const PASS = passOf([DECLARED]);

const RECORDED = knownRecord({ status: statusOf({ lastAttemptedRevision: PASS.revision }) });

test.each([
  {
    role: OURS,
    facts: {},
    lost: true,
    because: "a role of the instance exists that the new record has not written",
  },
  { role: null, facts: {}, lost: false, because: "AWS has no role of the function" },
  {
    role: { ...OURS, tags: [] },
    facts: {},
    lost: false,
    because: "a role without tags, as one that is taken over, is not of this instance",
  },
  {
    role: { ...OURS, tags: OURS.tags.map((tag) => ({ ...tag, value: "orders/other" })) },
    facts: {},
    lost: false,
    because: "a role of another owner proves nothing",
  },
  { role: OURS, facts: { history: null }, lost: false, because: "a command has no record" },
  {
    role: OURS,
    facts: { records: new Map([[RECORDED.key, RECORDED]]) },
    lost: false,
    because: "this record has written some of them itself",
  },
  {
    role: OURS,
    facts: { records: new Map([[DECLARED.key, knownRecord()]]) },
    lost: true,
    because: "a function that matches Git was not written by this record",
  },
])("a record is lost: $lost, $because", ({ role, facts, lost }) => {
  const live = role === null ? emptyAccount() : accountWith({ role });
  const observed = { live, writes: recentWrites([]), nowMs: NOW_MS };

  expect(isRecordLost({ ...PASS, ...facts, ...observed })).toBe(lost);
});
