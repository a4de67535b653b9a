import { describe, expect, test } from "@jest/globals";
import { coveredKeys } from "../../../../src/controller/control/pending-approvals.ts";
import { eventsDelta } from "../../../../src/wording/history/event-delta.ts";
import type { AuditEvent } from "../../../../src/api/events.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { deltaLines } from "../../../../src/plan/render/delta-rows.ts";
import { driftLine } from "../../../../src/plan/render/drift-line.ts";
import { permissionChanges, permissionText } from "../../../../src/plan/render/permission-changes.ts";
import { homeOf } from "../../../../src/plan/render/words.ts";
import { appliedRecord, documentOf } from "../../../support/pass/bindings.ts";
import { context, driftsOfBinding, planOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { compileTexts, functionText } from "../../../support/manifests.ts";
import { netDelta } from "../../../../src/model/delta.ts";
import { recorded } from "../../../../src/plan/render/recorded.ts";
import { lineText } from "../../../../src/text/screen-line.ts";

function compiledBinding(grants: string): DesiredBinding {
  const { bindings } = compileTexts({
    "teams/orders/a.yaml": functionText("a", `  grants: [${grants}]\n`),
  }).desired;
  const [binding] = bindings.values();
  if (binding === undefined) throw new Error("nothing was compiled");
  return binding;
}

const QUEUE = "{sqs: {queue: q, allow: [send]}}";
const TABLE = "{dynamodb: {table: orders, allow: [read]}}";
const BOTH = compiledBinding(`${QUEUE}, ${TABLE}`);
const HOME = homeOf(BOTH.key);
const ONLY_TABLE = compiledBinding(TABLE);

const statements = BOTH.role.inline.statements.map(({ statement }) => statement);
const send = statements.find(({ Sid = "" }) => Sid.startsWith("SqsSend"));
if (send === undefined) throw new Error("the grant compiles to no statement SqsSend");

/** A statement with the grant's Sid and other permissions. */
const FORGED: Statement = { ...send, Action: "iam:PassRole", Resource: "*" };

function planAgainst(declared: DesiredBinding, live: readonly Statement[], applied: DesiredBinding): KeyPlan {
  return planOfBinding(declared, contextOf(declared, live, applied));
}

function contextOf(declared: DesiredBinding, live: readonly Statement[], applied: DesiredBinding) {
  const inline = [{ name: "grantkeeper", text: documentOf(...live) }];
  const account = accountWith({ role: liveRoleOf(declared, { inline }), found: liveFunctionOf(declared) });
  return context(account, { record: appliedRecord(applied) });
}

function screensOf({ actions }: KeyPlan): Readonly<Record<string, string>> {
  const plan = { actions } as KeyPlan;
  const delta = netDelta(plan.actions.map(({ delta }) => delta));
  const events = JSON.parse(JSON.stringify(actions.map(recorded))) as readonly AuditEvent[];
  return {
    "describe approval": permissionChanges(delta, HOME)
      .map((change) => JSON.stringify(change))
      .join("\n"),
    plan: deltaLines(delta, HOME, "").map(lineText).join("\n"),
    audit: coveredKeys([{ key: BOTH.key, actions, grown: [], changedReferences: [], stricter: null, delta }])
      .flatMap(({ permissions }) => permissions)
      .join("\n"),
    history: eventsDelta(events),
  };
}

describe("a statement with the Sid of a grant and other permissions than declared", () => {
  const live = statements.map((statement) => (statement === send ? FORGED : statement));
  const plan = planAgainst(BOTH, live, BOTH);
  const revoked = permissionChanges(netDelta(plan.actions.map(({ delta }) => delta)), HOME).filter(
    ({ sign }) => sign === "-",
  );

  test("is revoked by its action, not by the name of the grant", () => {
    expect(revoked.map(permissionText)).toEqual(['- iam:PassRole all resources, policy "grantkeeper"']);
  });

  test.each(Object.entries(screensOf(plan)))("shows its action: %s", (_, text) => {
    expect(text).toContain("iam:PassRole");
    expect(text).not.toMatch(/- sqs send/);
  });

  test("shows its action in alerts", () => {
    const drifts = driftsOfBinding(BOTH, contextOf(BOTH, live, BOTH));

    expect(drifts.map(driftLine).join("\n")).toContain("iam:PassRole");
  });

  test("leaves the name of the grant to the declared statement, which is missing", () => {
    const granted = permissionChanges(netDelta(plan.actions.map(({ delta }) => delta)), HOME).filter(
      ({ sign }) => sign === "+",
    );

    expect(granted.map(({ what, on }) => `${what} ${on}`)).toEqual(["sqs send queue/q"]);
  });
});

test("a grant that Git no longer declares keeps its name and its former line in the plan", () => {
  const screens = screensOf(planAgainst(ONLY_TABLE, statements, BOTH));

  expect(screens["audit"]).toBe('- sqs send queue/q, policy "grantkeeper"');
  expect(screens["plan"]).toMatch(/^- sqs send  queue\/q  was line \d+$/);
  expect(screens["history"]).toBe("- sqs send queue/q");
});

test("a statement with the Sid of a former grant shows its action", () => {
  const live = statements.map((statement) => (statement === send ? FORGED : statement));
  const screens = screensOf(planAgainst(ONLY_TABLE, live, BOTH));

  expect(screens["audit"]).toBe('- iam:PassRole all resources, policy "grantkeeper"');
});
