import { expect, test } from "@jest/globals";
import { guardIndex, type GuardIndex } from "../../../src/guard/context/guard-index.ts";
import { RoleChecks } from "../../../src/guard/context/role-checks.ts";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { GUARD_RULES } from "../../../src/model/rules/guard-rules.ts";
import { RULES } from "../../../src/guard/table.ts";
import { sharedWaiverState, waiverState } from "../../../src/guard/waive.ts";
import type { Desired, Waiver } from "../../../src/model/desired.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { NOW_MS } from "../../support/manifests.ts";
import { BINDING, calledBy, contextOf, document, judged, policyText, waiverText, world } from "./judged.ts";

const ORIGIN = { file: "platform/w.yaml", line: 1, column: 1, path: "" };

function indexOf(desired: Desired): GuardIndex {
  return guardIndex({ desired, live: null, judged: [], roleChecks: new RoleChecks() });
}

function waiver(facts: Partial<Waiver> = {}): Waiver {
  return {
    name: "w",
    rule: "RES-001",
    binding: BINDING,
    reason: "r",
    owner: "dana",
    until: "2027-01-01T00:00:00Z",
    origin: ORIGIN,
    ...facts,
  };
}

test.each([
  { waivers: [], state: { kind: "none" }, because: "without a waiver the rule applies" },
  {
    waivers: [waiver()],
    state: { kind: "lifted", waiver: "w", until: "2027-01-01T00:00:00Z" },
    because: "a waiver lifts its rule",
  },
  { waivers: [waiver({ rule: "RES-003" })], state: { kind: "none" }, because: "it lifts no other rule" },
  {
    waivers: [waiver({ binding: "function/222222222222/us-east-1/orders/orders-api" as Key })],
    state: { kind: "none" },
    because: "it lifts the rule for no other binding",
  },
  {
    waivers: [waiver({ until: "2026-11-25T12:00:00Z" })],
    state: { kind: "expired", waiver: "w", until: "2026-11-25T12:00:00Z" },
    because: "a waiver has expired at its end time",
  },
  {
    waivers: [waiver({ until: "some day" })],
    state: { kind: "expired", waiver: "w", until: "some day" },
    because: "an unreadable end counts as passed",
  },
  {
    waivers: [waiver({ name: "old", until: "2026-01-01T00:00:00Z" }), waiver({ name: "new" })],
    state: { kind: "lifted", waiver: "new", until: "2027-01-01T00:00:00Z" },
    because: "of two waivers the one that ends last counts",
  },
  {
    waivers: [waiver({ name: "b" }), waiver({ name: "a" })],
    state: { kind: "lifted", waiver: "a", until: "2027-01-01T00:00:00Z" },
    because: "of two waivers with one end the first by name counts",
  },
])("$because", ({ waivers, state }) => {
  const { desired } = world("  tracing: true");

  for (const order of [waivers, waivers.toReversed()]) {
    expect(
      waiverState("RES-001", BINDING, {
        desired,
        index: indexOf({ ...desired, waivers: order }),
        nowMs: NOW_MS,
        authors: new Map(),
      }),
    ).toEqual(state);
  }
});

test("a waiver in Git is attached to the finding, which keeps its severity", () => {
  const spec =
    '  statements: [{reason: t, statement: {Effect: Allow, Action: "dynamodb:GetItem", Resource: "*"}}]';
  const found = world(spec, { "platform/w.yaml": waiverText("w", "RES-001", "2027-01-01T00:00:00Z") });

  expect(judged(found)).toMatchObject([
    { rule: "RES-001", severity: "block", waiver: { kind: "lifted", waiver: "w" } },
  ]);
  expect(judged(found, { nowMs: Date.parse("2027-02-01T00:00:00Z") })).toMatchObject([
    { waiver: { kind: "expired" } },
  ]);
});

test("findings are sorted and unique for every order of the statements", () => {
  const statement = { Effect: "Allow", Principal: "*", Action: "lambda:GetFunction", Resource: "*" } as const;
  const other = { ...statement, Action: "lambda:DeleteFunction" } as const;

  const findings = judged(calledBy([statement, other, statement]));

  expect(findings.map(({ rule }) => rule)).toEqual([
    "INV-003",
    "INV-003",
    "INV-007",
    "INV-007",
    "INV-008",
    "INV-008",
  ]);
  expect(judged(calledBy([other, statement]))).toEqual(findings);
});

const OTHER = "function/222222222222/eu-west-1/orders/other" as Key;
const SOON = "2026-12-01T00:00:00Z";
const PAST = "2026-01-01T00:00:00Z";

test.each([
  { ends: {}, kind: "none", because: "no waiver names the policy" },
  {
    ends: { [BINDING]: SOON },
    kind: "none",
    because: "one role without a waiver is enough for the rule to apply",
  },
  {
    ends: { [BINDING]: SOON, [OTHER]: "2027-01-01T00:00:00Z" },
    kind: "lifted",
    because: "it is lifted where each role has a waiver",
  },
  {
    ends: { [BINDING]: SOON, [OTHER]: PAST },
    kind: "expired",
    because: "after an expired waiver the rule applies again",
  },
  { ends: { [OTHER]: PAST }, kind: "expired", because: "the expired waiver is shown" },
])("of a ManagedPolicy on two roles: $because", ({ ends, kind }) => {
  const { desired } = world("  tracing: true");
  const waivers = Object.entries(ends).map(([key, until]) => waiver({ binding: key as Key, until }));

  const state = sharedWaiverState("RES-001", [BINDING, OTHER], {
    desired,
    index: indexOf({ ...desired, waivers }),
    nowMs: NOW_MS,
    authors: new Map(),
  });

  const until = Object.values<string>(ends).sort()[0];
  expect(state).toEqual(kind === "none" ? { kind } : { kind, waiver: "w", until });
});

test("no waiver lifts a rule for a policy on no role", () => {
  const { desired } = world("  tracing: true");

  expect(
    sharedWaiverState("RES-001", [], {
      desired,
      index: indexOf({ ...desired, waivers: [waiver()] }),
      nowMs: NOW_MS,
      authors: new Map(),
    }),
  ).toEqual({ kind: "none" });
});

test("a waiver of its only role lifts a rule for a ManagedPolicy's own statements", () => {
  const policy = policyText("scan", document({ Effect: "Allow", Action: "dynamodb:GetItem", Resource: "*" }));
  const files = {
    "teams/orders/scan.yaml": policy,
    "platform/w.yaml": waiverText("w", "RES-001", "2027-01-01T00:00:00Z"),
  };
  const found = world("  managedPolicies: [scan]", files);
  const scan = [...found.desired.policies.values()].find(({ name }) => name === "scan");
  if (scan === undefined) throw new Error("no policy");

  expect(judgeDesired(scan, contextOf(found))).toMatchObject([
    { rule: "RES-001", waiver: { kind: "lifted" } },
  ]);
});

test("TRU-002 is the only rule that no waiver lifts", () => {
  expect(RULES.map(({ id }) => id).filter((id) => id !== "ESC-*")).toEqual([...GUARD_RULES]);
  expect(RULES.map((rule) => rule.id)).toEqual(RULES.map((rule) => rule.id).toSorted());
});
