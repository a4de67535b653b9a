import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import type { LiveResourcePolicy, Reading } from "../../../../src/model/live.ts";
import { driftLine } from "../../../../src/plan/render/drift-line.ts";
import { applyTo, pastWrites } from "../../../support/pass/apply.ts";
import {
  appliedRecord,
  caller,
  desiredOf,
  NOW_MS,
  REGION,
  SETTLE_MS,
} from "../../../support/pass/bindings.ts";
import { presentPolicy } from "../../../support/pass/live-state.ts";
import { driftsOfBinding, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { ONE, PUBLIC } from "./scene.ts";
import {
  NEW,
  FORMER,
  NOW,
  CLAIMING,
  CLAIMANT,
  UNREAD,
  type Scene,
  policyOf,
  setting,
  planned,
} from "./former-scene.ts";

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
