import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import type { PastWrite } from "../../../../src/model/keys/key-record.ts";
import { appliedRecord, binding, NOW_MS } from "../../../support/pass/bindings.ts";
import { withRole } from "../../../support/pass/apply.ts";
import { context, driftsOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, emptyAccount, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { driftsWith, changes } from "./drifts.ts";

describe("the existence of a role", () => {
  test("is drift only after a complete read", () => {
    expect(driftsOfBinding(binding(), context(emptyAccount()))).toMatchObject([
      { change: { kind: "role-missing" } },
    ]);
    expect(diffBinding(binding(), context(emptyAccount({ complete: false })))).toEqual({
      kind: "unknown",
      reason: "role orders-api-eu-west-1 was not read",
    });
  });

  test("is drift if another id has its ARN", () => {
    const drifts = driftsWith({ roleId: "AROAOTHER" });

    expect(changes(drifts)).toEqual([
      { kind: "role-recreated", knownRoleId: "AROAORDERSAPI00000001", liveRoleId: "AROAOTHER" },
    ]);
  });

  test("is no drift if we recreated it recently and have no record of it yet", () => {
    const desired = binding();
    const live = accountWith({
      role: liveRoleOf(desired, { roleId: "AROAOTHER", createdAtMs: NOW_MS - 1_000 }),
      found: liveFunctionOf(desired),
    });
    const create: PastWrite = {
      key: desired.key,
      atMs: NOW_MS - 900,
      call: "iam:CreateRole",
      step: 2,
      target: desired.role.arn,
      beforeHash: null,
      afterHash: null,
    };

    const at = context(live, { record: appliedRecord(desired), writes: recentWrites([create]) });

    expect(driftsOfBinding(desired, at)).toEqual([]);
  });

  test("is drift if it was recreated in AWS right after us", () => {
    const desired = binding();
    const live = accountWith({
      role: liveRoleOf(desired, { roleId: "AROAOTHER", createdAtMs: NOW_MS - 1_000 }),
      found: liveFunctionOf(desired),
    });
    const create: PastWrite = {
      key: desired.key,
      atMs: NOW_MS - 3_000,
      call: "iam:CreateRole",
      step: 2,
      target: desired.role.arn,
      beforeHash: null,
      afterHash: null,
    };
    const record = { ...appliedRecord(desired), roleKnownSinceMs: NOW_MS - 2_000 };

    expect(
      changes(driftsOfBinding(desired, context(live, { record, writes: recentWrites([create]) }))),
    ).toMatchObject([{ kind: "role-recreated" }]);
  });

  test("is reported with its former name if Git renames it and AWS still has it", () => {
    const former = binding({ name: "orders-api-old" });
    const record = appliedRecord(former);
    const desired = binding();
    const live = withRole(
      accountWith({ role: liveRoleOf(desired), found: liveFunctionOf(desired) }),
      liveRoleOf(former),
    );

    expect(diffBinding(desired, context(live, { record }))).toMatchObject({
      notes: [
        "arn:aws:iam::111122223333:role/grantkeeper/orders-api-old is no longer declared in Git and is kept",
      ],
    });
  });
});
