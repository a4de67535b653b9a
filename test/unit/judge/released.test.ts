import { describe, expect, test } from "@jest/globals";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { approvedParts, releasedActions } from "../../../src/judge/approvals/released.ts";
import { actionDigest, planDigest } from "../../../src/model/plan.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { firstAccountRecord } from "../../../src/model/records/account-record.ts";
import { BINDING, actionOf, KEY } from "../../support/pass/passes.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { mayDo } from "../plan/render/views.ts";

const OLD = "arn:aws:iam::111122223333:role/orders-shared";
const switchOf = (before: string, change = {}) =>
  actionOf({
    step: 8,
    call: "lambda:UpdateFunctionConfiguration",
    input: { FunctionName: "orders-api", Role: BINDING.role.arn },
    target: BINDING.functionArn,
    before,
    after: BINDING.role.arn,
    ...change,
  });
const SWITCH = switchOf(OLD);

/** The switch that is planned now, with an approval of another time or of another switch, and what was written. */
function released({
  approved = SWITCH,
  planned = SWITCH,
  writtenMs = [] as readonly number[],
  forMs = 3_600_000,
  sinceMs = NOW_MS as number | null,
}): number {
  const digest = planDigest(KEY, { actions: [planned] });
  const approval = {
    subject: digest,
    actor: "dana",
    reason: "test",
    at: new Date(NOW_MS).toISOString(),
    expiresAt: new Date(NOW_MS + forMs).toISOString(),
    actions: { [KEY]: [actionDigest(approved)] },
  };
  const writes = writtenMs.map((atMs) => ({
    key: KEY,
    atMs,
    call: SWITCH.call,
    step: SWITCH.step,
    target: SWITCH.target,
    beforeHash: null,
    afterHash: null,
  }));
  const nowMs = NOW_MS + 60_000;
  const plan = { key: KEY, approvable: [{ reason: "", actions: [planned], digest }] };
  const parts = approvedParts(
    plan,
    {
      nowMs,
      writes: recentWrites(writes),
      history: {
        record: firstAccountRecord(BINDING.accountId, "prod"),
        approvals: [approval],
      },
    },
    sinceMs,
  );
  return releasedActions(plan, parts, nowMs).length;
}

describe("the approval of a switch", () => {
  test.each([
    { given: {}, runs: 1, because: "it is exactly the approved one" },
    {
      given: { sinceMs: NOW_MS + 1 },
      runs: 0,
      because: "the function has been on the declared role since, and someone set it back",
    },
    { given: { sinceMs: null }, runs: 0, because: "it is not known since when it runs on the other role" },
    {
      given: { planned: switchOf(OLD, { due: { kind: "after-wait" } }) },
      runs: 0,
      because: "the role that it moves to is not complete",
    },
    {
      given: { planned: switchOf(OLD, { due: { kind: "at", atMs: NOW_MS + 60_001 } }) },
      runs: 0,
      because: "the last write of the role has not reached Lambda everywhere",
    },
    {
      given: { planned: switchOf(OLD, { due: { kind: "at", atMs: NOW_MS + 60_000 } }) },
      runs: 1,
      because: "the last write of the role has reached Lambda everywhere",
    },
    { given: { forMs: 1_000 }, runs: 0, because: "the approval has expired" },
    { given: { writtenMs: [NOW_MS - 1] }, runs: 1, because: "the function was switched before the approval" },
    {
      given: { writtenMs: [NOW_MS + 1] },
      runs: 0,
      because: "the approval was used, and someone set the function back",
    },
    {
      given: { planned: switchOf(`${OLD}-2`) },
      runs: 0,
      because: "the function runs on another role than the one it was approved to leave",
    },
    {
      given: {
        planned: switchOf(OLD, { delta: { ...NO_DELTA, noLongerAllowed: mayDo("s3:GetObject").allowed } }),
      },
      runs: 0,
      because: "the old role gained a permission that the function would lose",
    },
  ])("covers it or not: $because", ({ given, runs }) => {
    expect(released(given)).toBe(runs);
  });

  test("does not depend on the line that declares a permission", () => {
    const lost = (line: number) => ({
      ...NO_DELTA,
      noLongerAllowed: mayDo("s3:GetObject").allowed.map((row) => ({
        ...row,
        origin: { file: "a.yaml", line, column: 1, path: "spec" },
      })),
    });

    const [approved, planned] = [3, 4].map((line) => switchOf(OLD, { delta: lost(line) }));

    expect(released({ ...(approved && { approved }), ...(planned && { planned }) })).toBe(1);
  });
});
