import { expect, test } from "@jest/globals";
import { keepOf } from "../../../src/settle/alerts/keep.ts";
import { NO_DELTA, type DeltaRow } from "../../../src/model/delta.ts";
import { compileTexts, functionText } from "../../support/manifests.ts";
import { deltaRow, type RowTexts } from "../../support/policies/delta-rows.ts";

const FILE = "teams/orders/orders-api.yaml";
const QUEUE = "arn:aws:sqs:eu-west-1:222222222222:refunds-dlq";

function binding(): Parameters<typeof keepOf>[0] {
  const { desired } = compileTexts({ [FILE]: functionText("orders-api", "  tracing: true") });
  const [first] = desired.bindings.values();
  if (first === undefined) throw new Error("the manifest does not compile");
  return first;
}

function row(facts: Partial<RowTexts>): DeltaRow {
  return deltaRow({ resource: QUEUE, ...facts });
}

function keep(...allowed: readonly DeltaRow[]): ReturnType<typeof keepOf> {
  return keepOf(binding(), { ...NO_DELTA, allowed });
}

test("a permission that a grant covers is proposed as the smallest such grant, once", () => {
  expect(keep(row({}), row({ action: "sqs:GetQueueUrl" }))).toEqual({
    kind: "lines",
    file: FILE,
    grants: ["- sqs: { queue: refunds-dlq, allow: [send] }"],
    statements: [],
  });
});

test.each([
  {
    change: { condition: '{"StringEquals":{"aws:SourceVpc":["vpc-1"]}}' },
    statement: `{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"${QUEUE}","Condition":{"StringEquals":{"aws:sourcevpc":["vpc-1"]}}}`,
    because: "no grant has a condition",
  },
  {
    change: { action: "sqs:PurgeQueue" },
    statement: `{"Effect":"Allow","Action":"sqs:PurgeQueue","Resource":"${QUEUE}"}`,
    because: "no grant has the action",
  },
])("other permissions are proposed as a statement: $because", ({ change, statement }) => {
  expect(keep(row(change))).toMatchObject({
    grants: [],
    statements: [`- {reason: "…", statement: ${statement}}`],
  });
});

test.each([
  { change: { risk: "escalation" }, reason: "risk: escalation" },
  { change: { action: "sqs:*" }, reason: "it is more than one action" },
  { change: { action: "all but iam:*" }, reason: "it is more than one action" },
  { change: { action: "any of s3:A, s3:B" }, reason: "it is more than one action" },
  { change: { resource: "*" }, reason: "it is more than one resource" },
  { change: { resource: "any of arn:aws:s3:::a, arn:aws:s3:::b" }, reason: "it is more than one resource" },
] as const)("is not proposed as it is: $reason", ({ change, reason }) => {
  expect(keep(row({}), row(change))).toEqual({ kind: "not-as-it-is", file: FILE, reason });
});

test.each([
  { change: { principal: "AWS *" }, because: "a caller" },
  { change: { effect: "Deny" }, because: "a Deny" },
  { change: { from: "boundary" }, because: "a boundary's row" },
  { change: { action: "unknown" }, because: "a permission that is not understood" },
] as const)("nothing keeps $because", ({ change }) => {
  expect(keep(row(change))).toBeNull();
});

test("at most five permissions are proposed", () => {
  const rows = Array.from({ length: 9 }, (_, at) => row({ resource: `${QUEUE}-${at}` }));

  expect(keep(...rows)).toMatchObject({ grants: { length: 5 } });
});

test("nothing is proposed without a manifest", () => {
  expect(keepOf(null, { ...NO_DELTA, allowed: [row({})] })).toBeNull();
});
