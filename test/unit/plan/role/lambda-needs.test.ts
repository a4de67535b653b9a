import { readDocumentName } from "../../../../src/iam/row-text.ts";
import { describe, expect, test } from "@jest/globals";
import type { FunctionNeeds, LiveFunction } from "../../../../src/model/live.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { unmetNeeds } from "../../../../src/diff/function/needs.ts";
import {
  allow,
  appliedRecord,
  binding,
  compiled,
  deny,
  documentOf,
  ORDERS_READ,
} from "../../../support/pass/bindings.ts";
import { context, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { OLD, ACCOUNT, NO_NEEDS, managed, planWith } from "./function-scene.ts";

describe("a permission that Lambda needs for the function's triggers", () => {
  const arn = (service: string, rest: string): string => `arn:aws:${service}:eu-west-1:111122223333:${rest}`;
  const consumer = "stream/clicks/consumer/search:1700000000";
  const triggersOf = (
    sources: readonly string[],
    destinations: readonly string[] = [],
    secrets: readonly string[] = [],
  ): Partial<LiveFunction> => {
    const eventSources = sources.map((source) => ({ arn: source === "" ? null : source, secrets }));
    return { triggers: { kind: "present", value: { eventSources, destinations } } };
  };

  test.each<{ found: Partial<LiveFunction>; granted: Statement; hint: string }>([
    {
      found: triggersOf([arn("sqs", "jobs")]),
      granted: allow(
        ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        arn("sqs", "jobs"),
      ),
      hint: `grants: - sqs: {queue: "${arn("sqs", "jobs")}", allow: [consume]}`,
    },
    {
      found: triggersOf([arn("kinesis", "stream/clicks")]),
      granted: allow("kinesis:*", arn("kinesis", "stream/clicks")),
      hint: `grants: - kinesis: {stream: "${arn("kinesis", "stream/clicks")}", allow: [read]}`,
    },
    {
      found: triggersOf([arn("kinesis", consumer)]),
      granted: allow("kinesis:SubscribeToShard", arn("kinesis", "stream/clicks/consumer/search:*")),
      hint: `grants: - kinesis: {stream: "${arn("kinesis", "stream/clicks")}", allow: [read], consumer: search}`,
    },
    {
      found: triggersOf([arn("dynamodb", "table/orders/stream/2026-01-01T00:00:00.000")]),
      granted: allow("dynamodb:*", arn("dynamodb", "table/orders/stream/*")),
      hint: `grants: - dynamodb: {table: "${arn("dynamodb", "table/orders")}", allow: [stream]}`,
    },
    {
      found: triggersOf([arn("kafka", "cluster/c/1")]),
      granted: allow("kafka:*"),
      hint: "a statement that allows kafka:DescribeClusterV2 and kafka:GetBootstrapBrokers",
    },
    {
      found: triggersOf([""], [], [arn("secretsmanager", "secret:kafka-a1B2c3")]),
      granted: allow("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:kafka-??????")),
      hint: `grants: - secrets: {secret: "${arn("secretsmanager", "secret:kafka-a1B2c3")}", allow: [read]}`,
    },
    {
      found: triggersOf([], [arn("sqs", "done")]),
      granted: allow("sqs:SendMessage", arn("sqs", "done")),
      hint: `grants: - sqs: {queue: "${arn("sqs", "done")}", allow: [send]}`,
    },
    {
      found: triggersOf([], [arn("events", "event-bus/main")]),
      granted: allow("events:PutEvents", arn("events", "event-bus/main")),
      hint: `grants: - events: {bus: "${arn("events", "event-bus/main")}", allow: [put]}`,
    },
    {
      found: triggersOf([], [arn("lambda", "function:next:live")]),
      granted: allow("lambda:InvokeFunction", arn("lambda", "function:next:*")),
      hint: `grants: - lambda: {function: "${arn("lambda", "function:next")}", qualifier: "live", allow: [invoke]}`,
    },
    {
      found: triggersOf([], ["arn:aws:s3:::failed"]),
      granted: allow("s3:PutObject", "arn:aws:s3:::failed/*"),
      hint: 'grants: - s3: {bucket: "arn:aws:s3:::failed", allow: [write]}',
    },
    {
      found: triggersOf([arn("novel", "thing")]),
      granted: allow("*"),
      hint: "functionRole: verify, and set the role where the function is deployed",
    },
    {
      found: { needs: { ...NO_NEEDS, logGroup: "/own/group" } },
      granted: allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "log-group:/own/group:*")),
      hint: 'logs: {group: "/own/group"}',
    },
  ])("is required: $hint", ({ found, granted, hint }) => {
    const logs = allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      arn("logs", "log-group:/aws/lambda/orders-api:*"),
    );
    const served = planWith({ desired: managed({ inline: compiled(granted) }), found });
    const lacking = planWith({ desired: managed({ inline: compiled(logs) }), found });

    expect(served.withheld).toEqual([]);
    expect(lacking.actions).toEqual([]);
    expect(lacking.withheld).toMatchObject([{ kind: "unmet-need", fix: hint }]);
  });

  test("is not required of a role that is declared without logs", () => {
    const plan = planWith({ found: { needs: { ...NO_NEEDS, logGroup: "/own/group" } } });

    expect(stepsOf(plan)).toEqual(["8 lambda:UpdateFunctionConfiguration now"]);
  });

  test("is reported as not checked if the triggers were not read", () => {
    const reason = "lambda:ListEventSourceMappings function/orders-api: AccessDenied: no";
    const plan = planWith({ found: { triggers: { kind: "unknown", reason } } });

    expect(plan.actions).toEqual([]);
    expect(plan.approvable).toEqual([]);
    expect(plan.withheld).toMatchObject([
      {
        kind: "unmet-need",
        reason: `not checked: its event source mappings and destinations were not read: ${reason}`,
        fix: expect.stringContaining("lambda:ListEventSourceMappings"),
      },
    ]);
  });

  test("is reported as not checked if the function's present role was not read", () => {
    const desired = managed();
    const found = liveFunctionOf(desired, { roleArn: OLD.arn });
    const live = accountWith({ role: liveRoleOf(desired), found });
    const roles = new Map([...live.roles, [OLD.name, { kind: "unknown", reason: "throttled" } as const]]);
    const at = context({ ...live, roles }, { record: appliedRecord(desired), account: ACCOUNT });

    const plan = planOfBinding(desired, at);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([`not checked: the role ${OLD.arn} was not read: throttled`]),
    );
  });
});

describe("the permissions that the service itself needs", () => {
  const queue = "arn:aws:sqs:eu-west-1:111122223333:dead";
  const topic = "arn:aws:sns:eu-west-1:111122223333:dead";
  const key = "arn:aws:kms:eu-west-1:111122223333:key/1";
  const VPC = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"];

  test.each<{ needs: Partial<FunctionNeeds>; granted: Statement; hint: string }>([
    { needs: { vpc: true }, granted: allow(VPC), hint: "vpc: true" },
    { needs: { tracing: true }, granted: allow("xray:*"), hint: "tracing: true" },
    {
      needs: { deadLetterArn: queue },
      granted: allow("sqs:SendMessage", queue),
      hint: `grants: - sqs: {queue: "${queue}", allow: [send]}`,
    },
    {
      needs: { deadLetterArn: topic },
      granted: allow("sns:Publish", topic),
      hint: `grants: - sns: {topic: "${topic}", allow: [publish]}`,
    },
    {
      needs: { fileSystemArns: ["arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/x"] },
      granted: allow("elasticfilesystem:ClientMount", "arn:x"),
      hint: "a statement that allows elasticfilesystem:ClientMount",
    },
    {
      needs: { kmsKeyArn: key },
      granted: allow("kms:Decrypt", "arn:aws:kms:*:111122223333:key/*"),
      hint: `grants: - kms: {key: "${key}", allow: [decrypt]}`,
    },
  ])("$hint", ({ needs, granted, hint }) => {
    const all = liveFunctionOf(binding(), { needs: { ...NO_NEEDS, ...needs } });
    const of = (documents: readonly Statement[], boundary: Statement | null = null) =>
      unmetNeeds(all, {
        documents: [{ from: readDocumentName("inline grantkeeper"), text: documentOf(...documents) }],
        boundary:
          boundary === null ? null : { from: readDocumentName("boundary"), text: documentOf(boundary) },
        context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
      }).map((unmet) => unmet.hint);

    expect(of([granted])).toEqual([]);
    expect(of([granted], granted)).toEqual([]);
    expect(of([ORDERS_READ])).toEqual([hint]);
    expect(of([granted, { ...granted, Effect: "Deny" }])).toEqual([hint]);
    expect(
      of([granted, { ...deny("*"), Resource: undefined, NotResource: "arn:aws:s3:::b" } as never]),
    ).toEqual([hint]);
    expect(of([granted], ORDERS_READ)).toEqual([hint]);
  });

  test("are not revoked by a conditional Deny, which may not apply to the service", () => {
    const fence: Statement = {
      ...deny(VPC),
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": "arn:x" } },
    };
    const desired = managed({ inline: compiled(allow(VPC), fence) });

    expect(stepsOf(planWith({ desired, found: { needs: { ...NO_NEEDS, vpc: true } } }))).toEqual([
      "8 lambda:UpdateFunctionConfiguration now",
    ]);
  });
});
