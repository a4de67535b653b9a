import { readDocumentName } from "../../../src/iam/row-text.ts";
import { REVISION } from "../../support/record/audit-facts.ts";
import { describe, expect, test } from "@jest/globals";
import { pendingChanges, type PendingFacts } from "../../../src/explain/state/pending.ts";
import type { Action } from "../../../src/model/plan.ts";
import { NO_DELTA, type DeltaRow, type UnknownEffect } from "../../../src/model/delta.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { Condition } from "../../../src/model/status.ts";
import type { PendingReason } from "../../../src/model/answers/permission-state.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, plan, view } from "../../support/screens/world-states.ts";
import { WAVE, SWITCH, AT_MS, AT, factsWith } from "./pending-scene.ts";

test.each<{
  readonly action: Pick<Action, "cause" | "due">;
  readonly obstacle?: string;
  readonly reason: PendingReason;
  readonly because: string;
}>([
  {
    action: { cause: "revision", due: { kind: "at", atMs: AT_MS } },
    reason: { kind: "propagation", until: AT },
    because: "a replaced permission stays until the addition has propagated",
  },
  {
    action: { cause: "revision", due: { kind: "after-wait" } },
    reason: { kind: "propagation", until: null },
    because: "earlier writes are not done yet",
  },
  {
    action: { cause: "revision", due: { kind: "now" } },
    reason: { kind: "applying" },
    because: "it is due",
  },
  {
    action: { cause: "out-of-band", due: { kind: "at", atMs: AT_MS } },
    reason: { kind: "drift", revertsAt: AT },
    because: "a change in AWS is in its grace period",
  },
  {
    action: { cause: "out-of-band", due: { kind: "now" } },
    reason: { kind: "drift", revertsAt: null },
    because: "a change in AWS is reverted now",
  },
  {
    action: { cause: "out-of-band", due: { kind: "now" } },
    obstacle: "AccessDenied",
    reason: { kind: "failed", reason: "AccessDenied" },
    because: "AWS refused it",
  },
])("an action is pending as $reason.kind: $because", ({ action, obstacle = null, reason }) => {
  expect(pendingChanges(factsWith(action, obstacle)).map((change) => change.reason)).toEqual([reason]);
});

test("a plan that waits for a change window is pending for that reason", () => {
  const facts = factsWith({ cause: "revision", due: { kind: "now" } }, null);
  const reason = "waits for the change window office";
  const verdict = { kind: "hold", code: "change-window", reason, subject: SWITCH } as const;
  const held = { ...facts, view: facts.view === null ? null : { ...facts.view, verdict } };

  expect(pendingChanges(held)).toMatchObject([
    {
      reason: { kind: "change-window", digest: SWITCH, reason },
      hint: expect.stringContaining("describe approval"),
    },
  ]);
});

test.each([
  { part: SWITCH, digest: WAVE, because: "the wave has this switch" },
  { part: WAVE, digest: SWITCH, because: "the wave has another switch of the function" },
  { part: null, digest: SWITCH, because: "no wave has it" },
])("a switch awaits the approval of $digest: $because", ({ part, digest }) => {
  const facts = factsWith({ due: { kind: "now" } }, null);
  const held = { reason: "the function leaves its role", actions: [], digest: SWITCH };
  const waveHold = {
    subject: WAVE,
    code: "wave",
    reason: "wave 2",
    account: "prod",
    keys: [ORDERS_API],
    actions: 1,
    parts: new Map([[ORDERS_API, part ?? SWITCH]]),
    sinceMs: 0,
  } as const;

  const [change] = pendingChanges({
    ...facts,
    view: view(ORDERS_API, { plan: { ...plan(ORDERS_API), actions: [], approvable: [held] } }),
    waveHold: part === null ? null : waveHold,
  });

  expect(change).toMatchObject({
    reason: { kind: "awaiting-approval", digest },
    hint: `grantkeeper describe approval ${digest.slice("sha256:".length, "sha256:".length + 8)}`,
  });
});
test("a broken manifest is pending with the hint of its error", () => {
  const message = `teams/search/index.yaml:17:9: unknown grant "dynamo"`;
  const declared = { kind: "broken", revision: REVISION, file: "teams/search/index.yaml", message } as const;
  const facts = { ...factsWith({ due: { kind: "now" } }, null), declared };

  const [first] = pendingChanges({ ...facts, manifestFix: 'did you mean "dynamodb"?' });

  expect(first).toMatchObject({ reason: { kind: "broken", message }, hint: 'did you mean "dynamodb"?' });
});
const ROW: DeltaRow = {
  effect: "Allow",
  principal: null,
  action: { kind: "one", name: "s3:GetObject" },
  resource: { kind: "any" },
  condition: { kind: "none" },
  from: readDocumentName("inline grantkeeper"),
  sid: "S",
  origin: null,
  certainty: "proved",
  risk: "none",
  otherCondition: null,
  limit: null,
};

test.each<{
  readonly row: Partial<DeltaRow>;
  readonly place: object;
}>([
  { row: {}, place: { kind: "policy", name: "grantkeeper", arn: null } },
  {
    row: { from: readDocumentName("arn:aws:iam::aws:policy/ReadOnlyAccess") },
    place: { kind: "policy", name: "ReadOnlyAccess", arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
  },
  { row: { from: readDocumentName("boundary") }, place: { kind: "boundary", name: "boundary" } },
  { row: { from: readDocumentName("trust"), principal: { kind: "any" } }, place: { kind: "trust" } },
  {
    row: { from: readDocumentName("function"), principal: { kind: "any" } },
    place: { kind: "statement", sid: "S" },
  },
  {
    row: {
      from: readDocumentName("function"),
      principal: { kind: "any" },
      origin: { file: "teams/orders.yaml", line: 9, column: 1, path: "" },
    },
    place: { kind: "line", file: "teams/orders.yaml", line: 9 },
  },
])("a permission that is removed names its place: $place.kind", ({ row, place }) => {
  const delta = { ...NO_DELTA, noLongerAllowed: [{ ...ROW, ...row }] };
  const [change] = pendingChanges(factsWith({ cause: "revision", due: { kind: "now" }, delta }, null));

  expect(change?.remove.lines.map((line) => line.place)).toEqual([place]);
});

test.each<{ readonly effect: UnknownEffect; readonly text: string }>([
  {
    effect: { kind: "comparison-limit" },
    text: "too large to compare in full",
  },
  {
    effect: { kind: "role-tag", tag: "team", row: ROW },
    text: "tag team decides on",
  },
])("an unknown effect is a sentence of the change: $effect.kind", ({ effect, text }) => {
  const delta = { ...NO_DELTA, unknownEffect: [effect, effect] };
  const [change] = pendingChanges(factsWith({ cause: "revision", due: { kind: "now" }, delta }, null));

  expect(change?.other).toEqual([expect.stringContaining(text)]);
});
describe("without a plan, the failures of the record are pending", () => {
  const FAILED = { kind: "failed", reason: "iam:CreateRole: AccessDenied" } as const;
  const denied = (change: Partial<Condition>): Condition =>
    condition({ reason: "AccessDenied", message: FAILED.reason, ...change });

  test.each<{
    readonly because: string;
    readonly conditions: readonly Condition[];
    readonly failing?: PendingFacts["failing"];
    readonly reasons: readonly PendingReason[];
  }>([
    {
      because: "a stalled function",
      conditions: [denied({ type: "Stalled", status: "True" })],
      reasons: [FAILED],
    },
    {
      because: "a function that is not ready",
      conditions: [denied({ type: "Ready", status: "False" })],
      reasons: [FAILED],
    },
    {
      because: "one failure in two conditions is shown once",
      conditions: [denied({ type: "Ready", status: "False" }), denied({ type: "Stalled", status: "True" })],
      reasons: [FAILED],
    },
    {
      because: "not a failure that has ended",
      conditions: [denied({ type: "Stalled", status: "False" }), denied({ type: "Ready", status: "True" })],
      reasons: [],
    },
    {
      because: "not the condition of drift",
      conditions: [denied({ type: "Drifted", status: "True" })],
      reasons: [],
    },
    {
      because: "not a function that only waits",
      conditions: [denied({ type: "Ready", status: "False", reason: "AwaitingApproval" })],
      reasons: [],
    },
    {
      because: "an account that cannot be read is not reported twice",
      conditions: [denied({ type: "Ready", status: "False" })],
      failing: { reason: "sts:AssumeRole: AccessDenied" },
      reasons: [{ kind: "unreadable", reason: "sts:AssumeRole: AccessDenied" }],
    },
  ])("$because", ({ conditions, failing = null, reasons }) => {
    const facts = { ...factsWith({}, null), conditions, failing };

    expect(
      pendingChanges({ ...facts, view: view(ORDERS_API, { plan: null }) }).map((one) => one.reason),
    ).toEqual(reasons);
  });

  test("with a plan they are not: the plan shows them", () => {
    const facts = { ...factsWith({}, null), conditions: [denied({ type: "Stalled", status: "True" })] };

    expect(pendingChanges({ ...facts, view: view(ORDERS_API) })).toEqual([]);
  });
});

describe("a refused state", () => {
  const FINDING: Finding = {
    rule: "ACT-001",
    severity: "block",
    key: ORDERS_API,
    origin: { file: "teams/orders.yaml", line: 20, column: 1, path: "" },
    evidence: "{}",
    why: 'Action "*" allows every service',
    fix: "list the actions",
    waiver: { kind: "none" },
  };
  const refusedWith = (ofVerdict: readonly Finding[], ofView: readonly Finding[]) =>
    pendingChanges({
      ...factsWith({}, null),
      view: view(ORDERS_API, {
        plan: null,
        verdict: { kind: "refuse", reason: "guardrails", findings: ofVerdict },
        findings: ofView,
      }),
    })[0];

  test.each([
    { because: "names the rules of its verdict", verdict: [FINDING], found: [], hint: "list the actions" },
    {
      because: "or the findings, if the verdict has none",
      verdict: [],
      found: [FINDING],
      hint: "list the actions",
    },
    { because: "gives no hint if no rule is known", verdict: [], found: [], hint: null },
  ])("$because", ({ verdict, found, hint }) => {
    const rules = hint === null ? [] : [{ rule: "ACT-001", line: 20 }];

    expect(refusedWith(verdict, found)).toMatchObject({ reason: { kind: "refused", rules }, hint });
  });
});

test.each([
  { what: "no plan", ofView: { plan: null } },
  { what: "an empty plan", ofView: {} },
])("in observe mode $what is no pending change", ({ ofView }) => {
  expect(pendingChanges({ ...factsWith({}, null), mode: "observe", view: view(ORDERS_API, ofView) })).toEqual(
    [],
  );
});

test.each<{ readonly undo: boolean; readonly shown: readonly string[]; readonly because: string }>([
  { undo: true, shown: ["refused", "drift"], because: "the way back to the last applied state exists" },
  { undo: false, shown: ["refused"], because: "nothing was applied yet" },
])("a change in AWS to a refused state is pending as $shown: $because", ({ undo, shown }) => {
  const facts = factsWith({ cause: "out-of-band", due: { kind: "now" } }, null);
  const changes = pendingChanges({
    ...facts,
    view: {
      ...view(ORDERS_API),
      ...facts.view,
      verdict: { kind: "refuse", reason: "guardrails", findings: [] },
      undo: undo ? (facts.view?.plan ?? null) : null,
    },
  });

  expect(changes.map(({ reason }) => reason.kind)).toEqual(shown);
});
