import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { driftLine } from "../../../../src/plan/render/drift-line.ts";
import {
  appliedRecord,
  binding,
  caller,
  desiredOf,
  NOW_MS,
  SETTLE_MS,
} from "../../../support/pass/bindings.ts";
import { accountWith, liveRoleOf } from "../../../support/pass/live-state.ts";
import { driftsOfBinding, planOfBinding } from "../../../support/pass/plans.ts";
import { UNBINDING } from "../unbinding.ts";
import { ONE, PUBLIC } from "./scene.ts";
import {
  FORMER,
  NOW,
  OTHER,
  CLAIMING,
  CLAIMANT,
  recordWith,
  policyOf,
  setting,
  planned,
} from "./former-scene.ts";

describe("a former function that another manifest declares", () => {
  const own = CLAIMING.callers[0]?.statement;

  test("loses our statement once the other one has its own, a propagation wait after that was added", () => {
    const at = setting({ former: policyOf(ONE.statement, own), at: { desired: desiredOf([CLAIMING]) } });
    const [, removed] = planOfBinding(NOW, at).actions;
    const addedAtMs = NOW_MS - 1;
    const write = { key: CLAIMING.key, atMs: addedAtMs, call: "lambda:AddPermission", step: 6 } as const;
    const writes = recentWrites([{ ...write, target: FORMER.functionArn, beforeHash: null, afterHash: "x" }]);
    const done = setting({
      former: policyOf(ONE.statement, own),
      found: policyOf(NOW.callers[0]?.statement),
      at: { desired: desiredOf([CLAIMING]), writes },
    });

    expect(removed).toMatchObject({ input: { StatementId: ONE.sid } });
    expect(planOfBinding(NOW, done).actions).toMatchObject([
      { due: { kind: "at", atMs: addedAtMs + SETTLE_MS } },
    ]);
  });

  test("keeps our statement while only that of a third manifest, which may be removed too, allows the same", () => {
    const third = caller("one", null, { ...OTHER, owner: "orders/third" });
    const at = { desired: desiredOf([CLAIMING]) };

    const plan = planned({ former: policyOf(ONE.statement, third.statement), at });

    expect(plan.actions.map(({ call }) => call)).toEqual(["lambda:AddPermission"]);
    expect(plan.withheld).toMatchObject([{ kind: "waiting" }]);
  });

  test.each<Partial<PlanContext> & { readonly because: string }>([
    { desired: desiredOf([{ ...CLAIMING, released: true }]), because: "releases it" },
    { desired: desiredOf([{ ...CLAIMING, region: "us-east-1" as never }]), because: "is of another region" },
    {
      records: new Map([[CLAIMING.key, appliedRecord(CLAIMING, { unbinding: UNBINDING })]]),
      because: "has left Git",
    },
    {
      desired: { ...desiredOf([CLAIMING]), tenancy: { kind: "closed" } as const },
      because: "names a function that its Team does not allow",
    },
  ])("loses our statement if that manifest $because", (at) => {
    expect(planned({ at }).withheld).toEqual([]);
  });

  test.each<{
    readonly claimant: DesiredBinding;
    readonly record?: KeyRecord;
    readonly state: string;
    readonly fix: string;
  }>([
    {
      claimant: { ...CLAIMING, mode: "observe" },
      state: "it is in observe mode",
      fix: `set mode: enforce in ${CLAIMANT}, or remove its callers of orders-api`,
    },
    {
      claimant: CLAIMING,
      record: recordWith("False"),
      state: "its Ready is GuardrailRefused",
      fix: `see what it needs with grantkeeper describe ${CLAIMANT}, or remove its callers of orders-api`,
    },
  ])("keeps our statement for a manifest that does not get its own by itself: $state", (stuck) => {
    const { claimant, record, state, fix } = stuck;
    const records = new Map(record === undefined ? [] : [[CLAIMING.key, record]]);

    expect(planned({ at: { desired: desiredOf([claimant]), records } }).withheld).toMatchObject([
      {
        kind: "dependency",
        reason: `a statement on the former function orders-api is kept: ${CLAIMANT} declares orders-api and has no statement of its own there: ${state}`,
        fix,
      },
    ]);
  });

  test("waits for a manifest whose own statement is only being added", () => {
    const records = new Map([[CLAIMING.key, recordWith("Unknown")]]);

    expect(planned({ at: { desired: desiredOf([CLAIMING]), records } }).withheld).toMatchObject([
      { kind: "waiting", reason: expect.stringContaining("is not there yet") },
    ]);
  });

  test("keeps our statement while the Team of that manifest cannot be read", () => {
    const origin = { file: "platform/teams.yaml", line: 1, column: 1 } as never;
    const unreadable = { ...desiredOf([CLAIMING]), tenancy: { kind: "unknown", origin } as const };

    expect(planned({ at: { desired: unreadable } }).withheld).toMatchObject([{ kind: "waiting" }]);
  });
});

describe("a caller that only the statement of another manifest allows", () => {
  test("gets its own statement: no permission is new, and the other one is left alone", () => {
    const at = setting({ former: policyOf(ONE.statement) });
    const drifts = driftsOfBinding(CLAIMING, {
      ...at,
      record: appliedRecord(CLAIMING),
      live: { ...at.live, roles: accountWith({ role: liveRoleOf(CLAIMING) }).roles },
    }).filter(({ change }) => change.kind.startsWith("statement"));

    expect(drifts).toMatchObject([
      { change: { kind: "statement-missing" }, tier: "metadata", cause: "revision" },
    ]);
    expect(drifts.map(driftLine)).toEqual([
      `! statement "${CLAIMING.callers[0]?.sid}" is missing: the statement of another manifest allows the same`,
    ]);
    expect(drifts[0]?.delta).toMatchObject({ allowed: [], noLongerAllowed: [] });
  });
});

describe("the role that the former function still runs on", () => {
  test("is kept, and the note names the function", () => {
    const former = binding({ name: "former" }, { deletionPolicy: "delete" });
    const role = liveRoleOf(former, { roleId: "AROAFORMER" });
    const at = setting({ former: { roleArn: role.arn, ...policyOf(PUBLIC) } });
    const roles = new Map([...at.live.roles, ["former", { kind: "present", value: role } as const]]);
    const item = { type: "role", id: role.arn, uniqueId: role.roleId } as const;
    const record = appliedRecord(FORMER, { inventory: [item] });

    expect(diffBinding(NOW, { ...at, record, live: { ...at.live, roles } })).toMatchObject({
      notes: [
        `${role.arn} is no longer declared in Git and is kept: orders-api runs on it; before you delete it, set another role there`,
      ],
    });
    expect(
      planOfBinding(NOW, { ...at, record, live: { ...at.live, roles } }).actions.map(({ call }) => call),
    ).toEqual(["lambda:AddPermission"]);
  });
});
