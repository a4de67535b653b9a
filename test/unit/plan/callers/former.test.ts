import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../../src/model/keys/key-record.ts";
import type { LiveAccount, LiveFunction, LiveResourcePolicy, Reading } from "../../../../src/model/live.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import { ownerText } from "../../../../src/model/keys/target-text.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { driftLine } from "../../../../src/plan/render/drift-line.ts";
import { applyTo, pastWrites, withFunction } from "../../../support/pass/apply.ts";
import {
  appliedRecord,
  binding,
  caller,
  desiredOf,
  NOW_MS,
  REGION,
  SETTLE_MS,
} from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../../support/pass/live-state.ts";
import { context, driftsOfBinding, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { UNBINDING } from "../unbinding.ts";
import { ONE, PUBLIC } from "./scene.ts";

const NEW = { functionName: "orders-new" };
const FORMER = binding({}, { callers: [ONE], deletionPolicy: "delete" });
const NOW = binding({}, { ...NEW, callers: [caller("one", null, NEW)], deletionPolicy: "delete" });
const ITEM = { type: "statement", id: `${FORMER.functionArn}#${ONE.sid}`, uniqueId: null } as const;
const OTHER = { functionName: "orders-api", owner: "orders/other" };
const CLAIMING = binding(
  { name: "other" },
  { key: `${NOW.key}-other` as Key, name: "other" as never, callers: [caller("one", null, OTHER)] },
);
const CLAIMANT = ownerText(CLAIMING.key);
const UNREAD = { kind: "unknown", reason: "denied" } as const;

interface Scene {
  readonly desired?: DesiredBinding;
  /** null: it was deleted. */
  readonly former?: Partial<LiveFunction> | null;
  /** null: it does not exist yet. */
  readonly found?: Partial<LiveFunction> | null;
  readonly record?: Partial<KeyRecord>;
  readonly at?: Partial<PlanContext>;
}

/** The record of the other manifest with this status of its condition. */
function recordWith(ready: "False" | "Unknown"): KeyRecord {
  const condition = {
    type: "Ready",
    status: ready,
    reason: ready === "False" ? "GuardrailRefused" : "Progressing",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00.000Z",
  } as const;
  const status = { conditions: [condition] } as unknown as NonNullable<KeyRecord["status"]>;
  return { ...emptyKeyRecord(CLAIMING.key), status };
}

const policyOf = (...statements: readonly unknown[]): Pick<LiveFunction, "policies"> => ({
  policies: new Map<string, Reading<LiveResourcePolicy>>([["", presentPolicy(...statements)]]),
});

function setting({ former = {}, found = {}, record = {}, at = {} }: Scene): PlanContext {
  const elsewhere = { roleArn: "arn:aws:iam::111122223333:role/elsewhere" };
  const base = accountWith({ role: liveRoleOf(NOW) });
  const both: readonly (readonly [DesiredBinding, Partial<LiveFunction> | null])[] = [
    [FORMER, former === null ? null : { ...elsewhere, ...former }],
    [NOW, found === null ? null : { policies: new Map([["", { kind: "absent" }]]), ...found }],
  ];
  const live = both.reduce<LiveAccount>(
    (seen, [state, change]) =>
      change === null ? seen : withFunction(seen, REGION, liveFunctionOf(state, change)),
    base,
  );
  const known = appliedRecord(FORMER, record);
  return context(live, { record: { ...known, inventory: [...known.inventory, ITEM] }, ...at });
}

const planned = (scene: Scene): KeyPlan => planOfBinding(scene.desired ?? NOW, setting(scene));

describe("a statement of ours on the function that the manifest named before", () => {
  test("is drift, and is removed after the wait that follows the new callers", () => {
    const at = setting({});
    const drifts = driftsOfBinding(NOW, at);
    const plan = planOfBinding(NOW, at);

    expect(drifts.map(({ cause }) => cause)).toEqual(["revision", "revision"]);
    expect(drifts.map(driftLine)).toContain(
      `+ s3.amazonaws.com can invoke orders-api, which Git no longer declares (statement "${ONE.sid}")`,
    );
    expect(stepsOf(plan)).toEqual(["6 lambda:AddPermission now", "10 lambda:RemovePermission after-wait"]);
    expect(plan.actions[1]).toMatchObject({
      target: FORMER.functionArn,
      input: { FunctionName: "orders-api", StatementId: ONE.sid },
      destructive: true,
      endsExposure: false,
      cause: "revision",
    });
  });

  test("is removed a propagation wait after the last addition, and then nothing is left", () => {
    const at = setting({});
    const [added, removed] = planOfBinding(NOW, at).actions;
    if (added === undefined || removed === undefined) throw new Error("two actions");
    const writes = recentWrites(pastWrites([added], NOW_MS));
    const later = { ...at, writes, live: applyTo(at.live, [added], NOW_MS) };
    const due = planOfBinding(NOW, later).actions;
    const end = { ...later, live: applyTo(later.live, [removed], NOW_MS), nowMs: NOW_MS + SETTLE_MS };

    expect(due).toMatchObject([{ due: { kind: "at", atMs: NOW_MS + SETTLE_MS } }]);
    expect(diffBinding(NOW, end)).toMatchObject({ drifts: [], unread: [], notes: [] });
    expect(planOfBinding(NOW, end)).toMatchObject({ actions: [], withheld: [] });
  });

  test("is the only one that is removed: a foreign statement, even an open one, is not touched", () => {
    const plan = planned({ former: policyOf(ONE.statement, PUBLIC, { ...ONE.statement, Sid: "console" }) });

    expect(plan.actions.map(({ input }) => input["StatementId"])).toEqual([NOW.callers[0]?.sid, ONE.sid]);
  });

  test("is removed although someone changed its content", () => {
    const plan = planned({ former: policyOf({ ...ONE.statement, Action: "lambda:*" }) });

    expect(stepsOf(plan).at(-1)).toBe("10 lambda:RemovePermission after-wait");
  });

  test("is removed from an alias too", () => {
    const onAlias = caller("one", "live");
    const policies = new Map<string, Reading<LiveResourcePolicy>>([
      ["", { kind: "absent" }],
      ["live", presentPolicy(onAlias.statement)],
    ]);
    const plan = planned({ former: { policies } });

    expect(plan.actions[1]).toMatchObject({
      target: `${FORMER.functionArn}:live`,
      input: { FunctionName: "orders-api", StatementId: onAlias.sid, Qualifier: "live" },
    });
  });

  test("is looked for on the applied function although the inventory does not have it", () => {
    const at = setting({});
    const record = appliedRecord(FORMER);

    expect(stepsOf(planOfBinding(NOW, { ...at, record }))).toHaveLength(2);
    expect(
      stepsOf(planOfBinding(NOW, { ...at, record: appliedRecord({ ...FORMER, released: true }) })),
    ).toEqual(["6 lambda:AddPermission now"]);
  });

  test.each<Scene & { readonly because: string }>([
    { former: null, because: "the former function was deleted" },
    { former: policyOf(PUBLIC), because: "someone removed it" },
    { former: { policies: new Map([["", { kind: "absent" }]]) }, because: "the function has no policy" },
  ])("is no drift if it is gone: $because", (scene) => {
    expect(stepsOf(planned(scene))).toEqual(["6 lambda:AddPermission now"]);
    expect(planned(scene).withheld).toEqual([]);
  });

  test("is kept under deletionPolicy: retain, and a note names it", () => {
    const desired = { ...NOW, deletionPolicy: "retain" } as const;
    const at = setting({});

    expect(stepsOf(planOfBinding(desired, at))).toEqual(["6 lambda:AddPermission now"]);
    expect(diffBinding(desired, at)).toMatchObject({
      notes: [expect.stringMatching(/^arn:.*is kept: deletionPolicy is retain; with delete, /)],
    });
  });
});

describe("nothing of the former function is removed", () => {
  test.each<Scene & { readonly reason: string; readonly because: string }>([
    { found: null, reason: "function orders-new does not exist yet", because: "there is no new one" },
    {
      found: { policies: new Map([["", UNREAD]]) },
      reason: "the policy of orders-new was not read",
      because: "the new callers may be missing",
    },
    {
      desired: { ...NOW, callers: [caller("one", "live", NEW)] },
      found: { policies: new Map<string, Reading<LiveResourcePolicy>>([["live", { kind: "absent" }]]) },
      reason: "a caller of orders-new cannot be added yet",
      because: "its alias does not exist",
    },
    {
      desired: { ...NOW, functionRole: "manage" },
      found: { roleArn: "arn:aws:iam::111122223333:role/elsewhere" },
      reason: "the role of orders-new is not set yet",
      because: "its role waits",
    },
    {
      at: { desired: desiredOf([CLAIMING]) },
      reason: `${CLAIMANT} declares orders-api, and its own statement is not there yet`,
      because: "another key relies on it",
    },
    {
      at: { records: new Map([[CLAIMING.key, appliedRecord(CLAIMING)]]) },
      reason: `${CLAIMANT} declares orders-api, and its own statement is not there yet`,
      because: "another key that was applied relies on it",
    },
  ])("while $because", ({ reason, ...scene }) => {
    const plan = planned(scene);

    expect(plan.actions.filter(({ call }) => call === "lambda:RemovePermission")).toEqual([]);
    expect(plan.withheld.map((withheld) => withheld.reason)).toContain(
      `a statement on the former function orders-api is kept: ${reason}`,
    );
  });

  test("by a function at Lambda@Edge", () => {
    expect(planned({ former: { edge: true } }).withheld).toMatchObject([
      { kind: "unmodifiable", reason: expect.stringContaining("Lambda@Edge") },
    ]);
  });

  test.each<Scene & { readonly unread: string; readonly because: string }>([
    {
      former: { policies: new Map([["", UNREAD]]) },
      unread: `${FORMER.functionArn}: denied`,
      because: "its policy was denied",
    },
    {
      former: { policies: new Map() },
      unread: `${FORMER.functionArn}: its policy was not read`,
      because: "its policy was not requested",
    },
  ])("if it was not read: $because", ({ unread, ...scene }) => {
    expect(diffBinding(NOW, setting(scene))).toMatchObject({ unread: [unread] });
    expect(stepsOf(planned(scene))).toEqual(["6 lambda:AddPermission now"]);
  });

  test("if the function itself was not read", () => {
    const at = setting({});
    const region = at.live.regions.get(REGION);
    if (region?.kind !== "read") throw new Error("read");
    const unread = new Map([["orders-api", "denied"]]);
    const live = { ...at.live, regions: new Map([[REGION, { ...region, unread }]]) };

    expect(diffBinding(NOW, { ...at, live })).toMatchObject({
      unread: ["the former function orders-api: denied"],
    });
    const withoutNew = new Map([["orders-new", "denied"]]);
    const blind = { ...at.live, regions: new Map([[REGION, { ...region, unread: withoutNew }]]) };
    expect(planOfBinding(NOW, { ...at, live: blind })).toMatchObject({
      actions: [],
      withheld: [{ reason: "a statement on the former function orders-api is kept: denied" }],
    });
  });
});

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
