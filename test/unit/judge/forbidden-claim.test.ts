import { beforeEach, describe, expect, test } from "@jest/globals";
import { sweepRequest, targetedRequest } from "../../../src/judge/reads.ts";
import { subjectsInScope } from "../../../src/judge/subjects.ts";
import type { Pass } from "../../../src/judge/subject.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type { TeamFence } from "../../../src/model/rules/team.ts";
import type { KeyRecord } from "../../../src/model/keys/key-record.ts";
import { settle } from "../../../src/settle/settle.ts";
import { complete } from "../../../src/model/values/steps.ts";
import { appliedRecord, binding, caller, NOW_MS, ORIGIN, role } from "../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf, presentPolicy } from "../../support/pass/live-state.ts";
import { KEY, passOf, settleContext } from "../../support/pass/passes.ts";
import { ReconcileWorld } from "../controller/pass/reconcile-world.ts";

const FENCE: TeamFence = {
  kind: "fence",
  namespace: binding().namespace,
  accounts: null,
  functions: [{ kind: "exact", name: "orders-worker" }],
  resources: [],
  grants: null,
  statements: true,
  boundaries: [],
  limits: {},
  profile: null,
  alerts: [],
  references: [],
  borrowed: [],
  origin: ORIGIN,
};
const THEIRS = binding();
const OF_TEAM = binding({ name: "orders-worker-eu-west-1" }, { functionName: "orders-worker" });
const CALLED = accountWith({
  role: liveRoleOf(THEIRS, { tags: [] }),
  found: liveFunctionOf(THEIRS, { policies: new Map([["", presentPolicy(caller("private").statement)]]) }),
});

/** The Team of the namespace allows `orders-worker` alone. */
function fenced(state: DesiredBinding = THEIRS, record?: KeyRecord): Pass {
  const pass = passOf([state], record === undefined ? {} : { records: new Map([[record.key, record]]) });
  const teams = new Map([[FENCE.namespace, FENCE]]);
  return { ...pass, desired: { ...pass.desired, teams, tenancy: { kind: "closed" } } };
}

function requests(pass: Pass) {
  const subjects = subjectsInScope(pass, { kind: "all" }, NOW_MS);
  const { functions, roleNames } = targetedRequest(subjects, pass);
  const swept = sweepRequest(subjects, pass);
  const names = (all: typeof functions): readonly string[] => all.map(({ functionName }) => functionName);
  expect(names(swept.functions)).toEqual(names(functions));
  return { functions: names(functions), roleNames };
}

describe("the reads for a binding whose Team does not allow the function", () => {
  test("have neither the function nor its role", () => {
    expect(requests(fenced())).toEqual({ functions: [], roleNames: [] });
  });

  test("have those that were applied before, which stay in force", () => {
    expect(requests(fenced(THEIRS, appliedRecord(THEIRS))).functions).toEqual(["orders-api"]);
  });

  test("have only the function that was applied before, if the manifest names another now", () => {
    const worker = { ...OF_TEAM, key: KEY };

    expect(requests(fenced(THEIRS, appliedRecord(worker))).functions).toEqual(["orders-worker"]);
  });

  test("have no function that the manifest releases, if it was never applied", () => {
    expect(requests(fenced({ ...THEIRS, released: true })).functions).toEqual([]);
  });

  test("have the function that the Team allows", () => {
    expect(requests(fenced({ ...OF_TEAM, role: role({ name: "orders-worker" }) })).functions).toEqual([
      "orders-worker",
    ]);
  });
});

describe("a pass over a binding whose Team does not allow the function", () => {
  let passes: ReconcileWorld;

  beforeEach(() => {
    passes = new ReconcileWorld();
    passes.start(CALLED);
  });

  async function passOver(state: DesiredBinding) {
    const { desired } = fenced(state);
    const result = await passes.run([state], { desired });
    const settled = complete(settle(result, settleContext()));
    const view: KeyView | undefined = settled.views.get(KEY);
    if (view === undefined) throw new Error("the key has no view");
    return { view, requeue: settled.requeue, alerts: settled.settlement.alerts };
  }

  test("is refused, and nothing that its owner has is in its view, its record, its alerts or the audit", async () => {
    const { view, alerts } = await passOver(THEIRS);

    expect(view.verdict.kind).toBe("refuse");
    expect(view.findings.map(({ rule }) => rule)).toContain("TEN-003");
    expect(JSON.stringify([view, alerts, passes.audit.log])).not.toContain("private");
    expect(view).toMatchObject({ drifts: [], liveRole: null, liveFunction: null, readings: null });
    expect(view.unread).toEqual(["function orders-api is not read: its Team does not allow the binding"]);
    expect(passes.audit.log.filter(({ kind }) => kind.startsWith("drift-"))).toEqual([]);
  });

  test("is neither Synced nor read again before the next sweep", async () => {
    const { requeue } = await passOver(THEIRS);

    expect(passes.store.records.get(KEY)?.status).toMatchObject({
      sync: "Unknown",
      conditions: expect.arrayContaining([expect.objectContaining({ type: "Ready", status: "False" })]),
    });
    expect(requeue).toEqual([]);
  });

  test("shows nothing of the function if the manifest releases it", async () => {
    const { view } = await passOver({ ...THEIRS, released: true });

    expect(view).toMatchObject({ drifts: [], liveRole: null, liveFunction: null, readings: null });
  });
});
