import { describe, expect, test } from "@jest/globals";
import { deleteObstacles, planRemoval } from "../../../src/plan/removal.ts";
import { allow, appliedRecord, compiled, documentOf, NOW_MS, policy } from "../../support/pass/bindings.ts";
import { context } from "../../support/pass/plans.ts";
import { accountWith, emptyAccount, livePolicyOf } from "../../support/pass/live-state.ts";
import { UNBINDING } from "./unbinding.ts";

describe("a policy that was removed from Git", () => {
  const gone = policy(compiled(allow("s3:GetObject")), { deletionPolicy: "delete" });
  const known = appliedRecord(gone, {
    unbinding: UNBINDING,
    inventory: [{ type: "policy", id: gone.arn, uniqueId: "ANPAAUDIT" }],
  });
  const live = (change: object = {}) =>
    accountWith({
      policies: [
        livePolicyOf(
          gone.arn,
          ["a", "b", "c"].map((letter) => documentOf(allow(`s3:Get${letter}`))),
          {
            policyId: "ANPAAUDIT",
            tags: { kind: "present", value: gone.tags },
            ...change,
          },
        ),
      ],
    });

  test("loses its versions, the oldest first, and is then deleted", () => {
    const plan = planRemoval(known, context(live(), { record: known }));

    expect(plan.actions.map(({ call, input }) => [call, input["VersionId"]])).toEqual([
      ["iam:DeletePolicyVersion", "v1"],
      ["iam:DeletePolicyVersion", "v2"],
      ["iam:DeletePolicy", undefined],
    ]);
    expect(planRemoval(known, context(emptyAccount(), { record: known }))).toMatchObject({
      actions: [],
      withheld: [],
    });
  });

  test.each([
    { change: { attachmentCount: 1 }, record: known, reason: "still attached" },
    { change: { boundaryUsageCount: 1 }, record: known, reason: "still the boundary of a role or user" },
    { change: { attachmentCount: null }, record: known, reason: "AWS did not report how many roles use it" },
    {
      change: { boundaryUsageCount: null },
      record: known,
      reason: "AWS did not report how many roles use it",
    },
    { change: { tags: { kind: "unknown", reason: "x" } }, record: known, reason: "do not agree" },
    { change: { policyId: "ANPAOTHER" }, record: known, reason: "do not agree" },
    { change: {}, record: { ...known, unbinding: null }, reason: "just removed from Git" },
    { change: {}, record: { ...known, unbinding: { ...UNBINDING, atMs: NOW_MS } }, reason: "deleteQuiet" },
    { change: {}, record: appliedRecord(policy(compiled(), { deletionPolicy: "retain" })), reason: "retain" },
    {
      change: {},
      record: appliedRecord(policy(compiled(), { deletionPolicy: "delete", use: "boundary" })),
      reason: "never written",
    },
  ])("is kept: $reason", ({ change, record, reason }) => {
    const plan = planRemoval(record, context(live(change), { record }));

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ reason }) => reason)).toContainEqual(expect.stringContaining(reason));
  });

  test("is kept while the account was not read completely", () => {
    const part = { ...live(), complete: false };
    const unread = { ...part, policies: new Map() };

    expect(deleteObstacles(known, context(part, { record: known }))).toMatchObject([
      { reason: "the account was not read completely" },
    ]);
    expect(deleteObstacles(known, context(unread, { record: known }))).toMatchObject([
      { reason: expect.stringContaining("was not read") },
    ]);
  });
});
