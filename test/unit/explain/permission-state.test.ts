import { describe, expect, test } from "@jest/globals";
import type { Declaration } from "../../../src/explain/state/declared.ts";
import { permissionState, type StateFacts } from "../../../src/explain/state/permission-state.ts";
import type { Drift } from "../../../src/model/drift.ts";
import { shownState } from "../../../src/plan/render/shown-state.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import type { PermissionState } from "../../../src/model/answers/permission-state.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../../src/model/desired.ts";
import {
  allow,
  binding,
  caller,
  compiled,
  desiredOf,
  documentOf,
  ORDERS_READ,
  ORIGIN,
  policy,
} from "../../support/pass/bindings.ts";
import {
  accountWith,
  convergedAccount,
  livePolicyOf,
  liveFunctionOf,
  liveRoleOf,
  presentPolicy,
} from "../../support/pass/live-state.ts";
import { plan, view } from "../../support/screens/world-states.ts";

const ORDERS = binding();
const AUDIT = policy(compiled(ORDERS_READ), { tags: [] });
const REVISION = desiredOf([]).revision;

function declaring(...states: readonly (DesiredBinding | DesiredPolicy)[]): Declaration {
  const bindings = states.filter(isBinding);
  const policies = states.filter((state): state is DesiredPolicy => !isBinding(state));
  const desired = desiredOf(bindings, policies);
  const compilation = {
    desired,
    diagnostics: [],
    invalid: new Map(),
    namedReferences: new Map(),
  } as unknown as Declaration["compilation"];
  return { revision: REVISION, compilation, brokenFileKeys: new Map() };
}

function viewOf(change: Partial<KeyView> = {}): KeyView {
  return view(ORDERS.key, {
    desired: ORDERS,
    readings: {
      declaredRole: { kind: "present", value: liveRoleOf(ORDERS) },
      function: { kind: "present", value: liveFunctionOf(ORDERS) },
      otherRole: null,
    },
    ...change,
  });
}

function stateOf(change: Partial<StateFacts>): PermissionState {
  const state = permissionState({
    key: ORDERS.key,
    target: "orders/orders-api@prod/eu-west-1",
    declaration: declaring(ORDERS),
    isUncompared: false,
    view: viewOf(),
    live: convergedAccount(ORDERS),
    failure: null,
    applied: null,
    views: new Map(),
    conditions: [],
    failing: null,
    mode: "enforce",
    suspension: undefined,
    rejections: [],
    stricterHold: null,
    waveHold: null,
    readings: new Map(),
    ...change,
  });
  return shownState(state);
}

test("a policy that is a boundary is known as one, since its lines allow nothing", () => {
  const limits = policy(AUDIT.document, { use: "boundary" });
  const of = (one: DesiredPolicy) =>
    stateOf({ key: one.key, declaration: declaring(one), view: null }).isBoundary;

  expect([of(limits), of(AUDIT)]).toEqual([true, undefined]);
});

const reasons = ({ pending }: PermissionState): readonly string[] => pending.map(({ reason }) => reason.kind);

describe("effective permissions are unknown, with the reason, if", () => {
  test.each<{ readonly because: string; readonly change: Partial<StateFacts>; readonly reason: string }>([
    { because: "no pass has read AWS yet", change: { view: null }, reason: "AWS was not read yet" },
    {
      because: "the first read failed",
      change: { live: null, failure: "sts:AssumeRole: AccessDenied" },
      reason: "sts:AssumeRole: AccessDenied",
    },
    {
      because: "reads fail, for the newest reason",
      change: {
        live: null,
        failure: "an older reason",
        failing: { since: "2026-10-01T11:00:00Z", reason: "sts:AssumeRole: Throttling" },
      },
      reason: "sts:AssumeRole: Throttling",
    },
    {
      because: "neither Git nor the record has the key",
      change: { declaration: null },
      reason: "nothing is declared or was applied",
    },
    {
      because: "the function is newer in Git than the last pass",
      change: { view: viewOf({ readings: null, desired: null }) },
      reason: "not read since it was declared",
    },
    {
      because: "the pass could not read the function, for its reason",
      change: { view: viewOf({ readings: null, unread: ["region eu-west-1: AccessDenied"] }) },
      reason: "region eu-west-1: AccessDenied",
    },
  ])("$because", ({ change, reason }) => {
    expect(stateOf(change).effective).toEqual({ kind: "unknown", reason });
  });
});

describe("the accepted revision is", () => {
  test.each<{ readonly because: string; readonly change: Partial<StateFacts>; readonly shown: string[] }>([
    { because: "compared, if the pass had the same object", change: {}, shown: [] },
    {
      because: "compared, if the pass had an equal manifest",
      change: { view: viewOf({ desired: binding() }) },
      shown: [],
    },
    {
      because: "not compared, if the pass had another manifest",
      change: { view: viewOf({ desired: binding({ maxSessionSeconds: 7200 }) }) },
      shown: ["not-compared"],
    },
    {
      because: "not compared, if the function was not in Git at the last pass",
      change: { view: viewOf({ desired: null }) },
      shown: ["not-compared"],
    },
    { because: "not compared before the first pass", change: { view: null }, shown: ["not-compared"] },
    {
      because: "not compared, if the pass still wrote what Git no longer declares",
      change: { declaration: declaring(), applied: ORDERS, view: viewOf({ plan: plan(ORDERS.key) }) },
      shown: ["not-compared"],
    },
    {
      because: "compared, if the pass already undoes what left Git",
      change: {
        declaration: declaring(),
        applied: ORDERS,
        view: viewOf({ plan: plan(ORDERS.key, { purpose: "undo" }) }),
      },
      shown: [],
    },
  ])("$because", ({ change, shown }) => {
    expect(reasons(stateOf(change))).toEqual(shown);
  });
});

test("nothing is declared before a revision is accepted", () => {
  expect(stateOf({ declaration: null, applied: ORDERS }).declared).toEqual({
    kind: "not-declared",
    revision: null,
  });
});

test("a ManagedPolicy has declared and effective permissions like a function", () => {
  const state = stateOf({
    key: AUDIT.key,
    declaration: declaring(AUDIT),
    view: view(AUDIT.key, { desired: AUDIT, plan: null }),
    live: accountWith({ policies: [livePolicyOf(AUDIT.arn, [documentOf(ORDERS_READ, allow("s3:*"))])] }),
  });

  expect(state.declared).toMatchObject({ permissions: { lines: [{ what: "dynamodb:GetItem" }] } });
  expect(state.effective).toMatchObject({
    permissions: {
      lines: [
        { what: "dynamodb:GetItem", isDeclared: true },
        { what: "s3:*", isDeclared: false },
      ],
    },
  });
});

test("a caller of an alias is declared with the alias, at its line", () => {
  const origin = { ...ORIGIN, line: 17 };
  const declared = binding({}, { callers: [{ ...caller("uploads", "live"), origin }] });

  expect(stateOf({ declaration: declaring(declared) }).declared).toMatchObject({
    permissions: {
      lines: expect.arrayContaining([
        expect.objectContaining({
          on: "uploads → live",
          place: { kind: "line", file: ORIGIN.file, line: 17 },
        }),
      ]),
    },
  });
});

describe("an undeclared statement of the function's policy", () => {
  const strange = { ...caller("strange").statement, Sid: "console" };
  const { Sid: _sid, ...withoutSid } = strange;

  test.each<{
    readonly because: string;
    readonly found: object;
    readonly change?: Partial<KeyView>;
    readonly kept: string[];
  }>([
    { because: "is kept if no plan removes it", found: strange, kept: ["console"] },
    { because: "is kept even without a plan", found: strange, change: { plan: null }, kept: ["console"] },
    { because: "is kept, nameless, if it has no Sid", found: withoutSid, kept: [""] },
    {
      because: "is not kept if the plan removes it",
      found: strange,
      change: {
        plan: plan(ORDERS.key, {
          actions: [
            {
              call: "lambda:RemovePermission",
              input: { StatementId: "console" },
              target: ORDERS.functionArn,
              cause: "out-of-band",
              due: { kind: "now" },
              delta: { allowed: [], noLongerAllowed: [], unknownEffect: [] },
            } as unknown as NonNullable<KeyView["plan"]>["actions"][number],
          ],
        }),
      },
      kept: [],
    },
  ])("$because", ({ found, change, kept }) => {
    const value = liveFunctionOf(ORDERS, { policies: new Map([["", presentPolicy(found)]]) });
    const readings = { ...viewOf().readings, function: { kind: "present", value } } as KeyView["readings"];
    const state = stateOf({ view: viewOf({ readings, ...change }) });

    expect(state.pending.flatMap(({ reason }) => (reason.kind === "kept" ? reason.statements : []))).toEqual(
      kept,
    );
  });
});

describe("a ManagedPolicy that differs from Git is pending", () => {
  const drift = (kind: "policy-document" | "policy-missing" | "policy-tag", tier: Drift["tier"]) =>
    ({ change: { kind }, tier }) as Drift;
  const attached = (...drifts: readonly Drift[]) => ({ ...drifted, drifts });
  const drifted = view(AUDIT.key, { desired: AUDIT, drifts: [drift("policy-document", "security")] });
  const attachments = [{ arn: AUDIT.arn, policy: AUDIT.key, origin: ORDERS.origin }];
  const boundary = { arn: AUDIT.arn, origin: ORDERS.origin };

  test.each([
    { role: { attachments }, at: drifted, shown: ["policies-differ"], because: "its role has it attached" },
    {
      role: { boundary },
      at: drifted,
      shown: ["policies-differ"],
      because: "it is the boundary of its role",
    },
    { role: {}, at: drifted, shown: [], because: "only other roles have it" },
    { role: { attachments }, at: attached(), shown: [], because: "it does not differ" },
    {
      role: { attachments },
      at: attached(drift("policy-missing", "security")),
      shown: ["policies-differ"],
      because: "it does not exist",
    },
    {
      role: { attachments },
      at: attached(drift("policy-tag", "security"), drift("policy-document", "metadata")),
      shown: [],
      because: "its permissions are those of Git",
    },
  ])("$shown: $because", ({ role, at, shown }) => {
    const declared = { ...ORDERS, role: { ...ORDERS.role, ...role } };
    const state = stateOf({
      declaration: declaring(declared),
      view: viewOf({ desired: declared }),
      views: new Map([[AUDIT.key, at]]),
    });

    expect(reasons(state)).toEqual(shown);
  });
});
