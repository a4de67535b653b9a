import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { applyActions } from "../../../src/controller/pass/apply.ts";
import type { Actuator } from "../../../src/controller/ports/actuator.ts";
import type { Action } from "../../../src/model/plan.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { WriteOutcome } from "../../../src/settle/outcome/outcome.ts";
import type { FunctionState } from "../../../src/simulator/lambda/state.ts";
import { addFunction, addRole } from "../../../src/simulator/world.ts";
import { stableText } from "../../../src/text/json-values.ts";
import { FakeClock } from "../../support/fakes/fake-clock.ts";
import { MemoryAudit } from "../../support/fakes/fake-ports.ts";
import { NOW_MS } from "../../support/pass/bindings.ts";
import { passOf } from "../../support/pass/passes.ts";
import { ACCOUNT, actionOf, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders-api`;

let world: AwsWorld;
let found: FunctionState;
let audit: MemoryAudit;

beforeEach(async () => {
  audit = new MemoryAudit(new FakeClock(NOW_MS));
  world = await startAwsWorld((state) => {
    const { arn: roleArn } = addRole(state, { accountId: ACCOUNT, name: "orders-api" });
    found = addFunction(state, { accountId: ACCOUNT, region: REGION, name: "orders-api", roleArn });
  });
});
afterEach(() => world.stop());

const statementOf = (Sid: string, service: string) => ({
  Sid,
  Effect: "Allow",
  Principal: { Service: service },
  Action: "lambda:InvokeFunction",
  Resource: FUNCTION,
});

/** As another tool does it: the policy has another revision then. */
function deploy(...statements: readonly object[]): void {
  const document = { Version: "2012-10-17", Id: "default", Statement: statements };
  found.policies["$LATEST"] = { revisionId: randomUUID(), document };
}

function sids(): readonly unknown[] {
  const { Statement: statements } = found.policies["$LATEST"]?.document ?? {};
  return Array.isArray(statements) ? statements.map((one: { readonly Sid: string }) => one.Sid) : [];
}

function removalOf(statement: ReturnType<typeof statementOf>): Action {
  return actionOf({
    call: "lambda:RemovePermission",
    input: { FunctionName: "orders-api", StatementId: statement.Sid },
    before: stableText(statement),
    destructive: true,
  });
}

/** @param beforeCall what another tool does after the read before the call */
async function apply(
  actions: readonly Action[],
  beforeCall: () => void = () => undefined,
): Promise<readonly WriteOutcome[]> {
  const actuator: Actuator = {
    apply: (action, context, signal) => {
      beforeCall();
      return world.aws.actuator.apply(action, context, signal);
    },
  };
  const clock = new FakeClock(NOW_MS);
  const patience = { lastWriteMs: null, retryingSinceMs: null };
  const order = {
    actions,
    planDigest: digestOf("plan"),
    approvalOf: () => null,
    approvedUntilMs: () => null,
    patience,
  };
  return applyActions(passOf([], { account: world.account }), order, {
    ports: { live: world.aws.live, actuator, audit, store: { nowMs: async () => clock.nowMs() }, clock },
    signals: { abort: never(), stopping: never(), control: 0, outdated: () => undefined },
  });
}

const OLD = statementOf("upload", "s3.amazonaws.com");
const NEW = statementOf("upload", "events.amazonaws.com");
const SECOND = statementOf("second", "s3.amazonaws.com");
const KEPT = statementOf("kept", "sns.amazonaws.com");

test("statements of one policy are removed one after the other, each with the revision that the last call left", async () => {
  deploy(OLD, KEPT, SECOND);

  const outcomes = await apply([removalOf(OLD), removalOf(SECOND)]);

  expect(outcomes.map(({ kind }) => kind)).toEqual(["applied", "applied"]);
  expect(sids()).toEqual(["kept"]);
});

test("a statement that was replaced under its Sid after the comparison is not removed, and no call is made", async () => {
  deploy(NEW, KEPT);

  const outcomes = await apply([removalOf(OLD)]);

  expect(outcomes).toMatchObject([
    { kind: "not-made", error: { facts: { code: "StatementChanged", disposition: { kind: "replan" } } } },
  ]);
  expect(sids()).toEqual(["upload", "kept"]);
  expect(world.simulator.counts()["lambda:RemovePermission"]).toBeUndefined();
  expect(audit.log).toEqual([]);
});

test.each([
  { now: [NEW, KEPT], because: "it was replaced under its Sid" },
  { now: [OLD], because: "another statement of the policy is gone" },
])(
  "AWS rejects the removal if the policy changes between the last read and the call: $because",
  async ({ now }) => {
    deploy(OLD, KEPT);

    const outcomes = await apply([removalOf(OLD)], () => deploy(...now));

    expect(outcomes).toMatchObject([
      { kind: "failed", error: { facts: { code: "PreconditionFailed", disposition: { kind: "replan" } } } },
    ]);
    expect(sids()).toEqual(now.map(({ Sid }) => Sid));
  },
);

test("a statement whose policy is gone is not removed from one that is made just then", async () => {
  deploy(OLD);
  delete found.policies["$LATEST"];

  const outcomes = await apply([removalOf(OLD)], () => deploy(NEW));

  expect(outcomes).toMatchObject([{ kind: "not-made", error: { facts: { code: "StatementChanged" } } }]);
});
