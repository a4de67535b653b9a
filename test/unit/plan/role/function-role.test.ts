import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { describe, expect, test } from "@jest/globals";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { FunctionNeeds, LiveFunction, LiveRole } from "../../../../src/model/live.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import type { PlanContext } from "../../../../src/plan/inputs/context.ts";
import { unmetNeeds } from "../../../../src/diff/function/needs.ts";
import { withRole } from "../../../support/pass/apply.ts";
import {
  accountWith,
  allow,
  appliedRecord,
  binding,
  compiled,
  context,
  deny,
  desiredAccount,
  documentOf,
  liveFunctionOf,
  liveRoleOf,
  NOW_MS,
  ORDERS_READ,
  planOfBinding,
  role,
  SETTLE_MS,
  stepsOf,
} from "../../../support/pass/bindings.ts";

const OLD = role({ name: "orders-shared", path: "/grantkeeper/" });
const ACCOUNT = desiredAccount({ binder: desiredAccount().writer });
const NO_NEEDS = liveFunctionOf(binding()).needs;

function managed(ofRole: Parameters<typeof binding>[0] = {}): DesiredBinding {
  return binding(ofRole, { functionRole: "manage" });
}

interface Scene {
  readonly desired?: DesiredBinding;
  readonly found?: Partial<LiveFunction>;
  readonly target?: Partial<LiveRole>;
  readonly old?: Partial<LiveRole>;
  readonly at?: Partial<PlanContext>;
}

function planWith({ desired = managed(), found = {}, target = {}, old = {}, at = {} }: Scene) {
  const account = accountWith({
    role: liveRoleOf(desired, target),
    found: liveFunctionOf(desired, { roleArn: OLD.arn, ...found }),
  });
  const before = liveRoleOf(binding(OLD), {
    inline: [{ name: "all", text: documentOf(allow("s3:*")) }],
    ...old,
  });
  const live = withRole(account, before);
  return planOfBinding(desired, context(live, { record: appliedRecord(desired), account: ACCOUNT, ...at }));
}

describe("a function on another role", () => {
  test('is only reported under "verify"', () => {
    expect(planWith({ desired: binding() })).toMatchObject({ actions: [], withheld: [], approvable: [] });
  });

  test('is switched under "manage", with the gained and lost permissions', () => {
    const plan = planWith({});

    expect(stepsOf(plan)).toEqual(["8 lambda:UpdateFunctionConfiguration now"]);
    expect(plan.actions).toMatchObject([
      {
        input: { FunctionName: "orders-api", Role: managed().role.arn },
        before: OLD.arn,
        after: managed().role.arn,
        risk: "high",
        delta: { allowed: [{ action: "dynamodb:GetItem" }], noLongerAllowed: [{ action: "s3:*" }] },
      },
    ]);
  });

  test.each<Scene & { kind: string; because: string }>([
    { at: { account: desiredAccount() }, kind: "dependency", because: "the account has no binder role" },
    {
      found: { aliases: { kind: "present", value: [{ name: "live", versions: ["1", "2"] }] } },
      kind: "waiting",
      because: "an alias divides its traffic",
    },
    {
      found: { aliases: { kind: "unknown", reason: "AccessDenied" } },
      kind: "waiting",
      because: "its aliases were not read",
    },
    {
      at: {
        record: appliedRecord(managed(), {
          revertsMs: { [`${managed().functionArn}#function-role`]: [NOW_MS - 1] },
        }),
      },
      kind: "contended",
      because: "the role was once set back in AWS",
    },
    {
      found: { needs: { ...NO_NEEDS, tracing: true } },
      kind: "unmet-need",
      because: "the new role lacks a permission that the service needs",
    },
  ])("is not switched if $because", ({ kind, ...scene }) => {
    const plan = planWith(scene);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind }]);
  });

  test("needs approval if its old role is not ours", () => {
    for (const old of [
      { tags: [] },
      { arn: "arn:aws:iam::111122223333:role/other/orders-shared" as never },
    ]) {
      const plan = planWith({ old });

      expect(plan.actions).toEqual([]);
      expect(plan.approvable).toMatchObject([{ actions: [{ call: "lambda:UpdateFunctionConfiguration" }] }]);
    }
  });

  test("waits until the new role is complete", () => {
    const plan = planWith({ target: { inline: [] } });

    expect(stepsOf(plan)).toEqual([
      "6 iam:PutRolePolicy now",
      "8 lambda:UpdateFunctionConfiguration after-wait",
    ]);
  });

  test("waits until the last write to the new role has propagated", () => {
    const put = {
      key: managed().key,
      atMs: NOW_MS - 1_000,
      call: "iam:PutRolePolicy",
      step: 6,
      target: managed().role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;
    const plan = planWith({ at: { writes: recentWrites([put]) } });

    expect(stepsOf(plan)).toEqual(["8 lambda:UpdateFunctionConfiguration at"]);
    expect(plan.nextDueMs).toBe(NOW_MS - 1_000 + SETTLE_MS);
  });

  test("is not switched to a role that does not exist", () => {
    const desired = managed();
    const live = accountWith({ found: liveFunctionOf(desired, { roleArn: OLD.arn }) });
    const plan = planOfBinding(desired, context(live, { account: ACCOUNT }));

    expect(stepsOf(plan)).toEqual(["2 iam:CreateRole now", "6 iam:PutRolePolicy now"]);
    expect(plan.withheld).toMatchObject([
      { kind: "waiting", reason: expect.stringContaining("does not exist yet") },
    ]);
  });
});

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

  test.each<{ found: Partial<LiveFunction>; gives: Statement; hint: string }>([
    {
      found: triggersOf([arn("sqs", "jobs")]),
      gives: allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], arn("sqs", "jobs")),
      hint: `grants: - sqs: {queue: "${arn("sqs", "jobs")}", allow: [consume]}`,
    },
    {
      found: triggersOf([arn("kinesis", "stream/clicks")]),
      gives: allow("kinesis:*", arn("kinesis", "stream/clicks")),
      hint: `grants: - kinesis: {stream: "${arn("kinesis", "stream/clicks")}", allow: [read]}`,
    },
    {
      found: triggersOf([arn("kinesis", consumer)]),
      gives: allow("kinesis:SubscribeToShard", arn("kinesis", "stream/clicks/consumer/search:*")),
      hint: `grants: - kinesis: {stream: "${arn("kinesis", "stream/clicks")}", allow: [read], consumer: search}`,
    },
    {
      found: triggersOf([arn("dynamodb", "table/orders/stream/2026-01-01T00:00:00.000")]),
      gives: allow("dynamodb:*", arn("dynamodb", "table/orders/stream/*")),
      hint: `grants: - dynamodb: {table: "${arn("dynamodb", "table/orders")}", allow: [stream]}`,
    },
    {
      found: triggersOf([arn("kafka", "cluster/c/1")]),
      gives: allow("kafka:*"),
      hint: "a statement that allows kafka:DescribeClusterV2 and kafka:GetBootstrapBrokers",
    },
    {
      found: triggersOf([""], [], [arn("secretsmanager", "secret:kafka-a1B2c3")]),
      gives: allow("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:kafka-??????")),
      hint: `grants: - secrets: {secret: "${arn("secretsmanager", "secret:kafka-a1B2c3")}", allow: [read]}`,
    },
    {
      found: triggersOf([], [arn("sqs", "done")]),
      gives: allow("sqs:SendMessage", arn("sqs", "done")),
      hint: `grants: - sqs: {queue: "${arn("sqs", "done")}", allow: [send]}`,
    },
    {
      found: triggersOf([], [arn("events", "event-bus/main")]),
      gives: allow("events:PutEvents", arn("events", "event-bus/main")),
      hint: `grants: - events: {bus: "${arn("events", "event-bus/main")}", allow: [put]}`,
    },
    {
      found: triggersOf([], [arn("lambda", "function:next:live")]),
      gives: allow("lambda:InvokeFunction", arn("lambda", "function:next:*")),
      hint: `grants: - lambda: {function: "${arn("lambda", "function:next")}", qualifier: "live", allow: [invoke]}`,
    },
    {
      found: triggersOf([], ["arn:aws:s3:::failed"]),
      gives: allow("s3:PutObject", "arn:aws:s3:::failed/*"),
      hint: 'grants: - s3: {bucket: "arn:aws:s3:::failed", allow: [write]}',
    },
    {
      found: triggersOf([arn("novel", "thing")]),
      gives: allow("*"),
      hint: "functionRole: verify, and set the role where the function is deployed",
    },
    {
      found: { needs: { ...NO_NEEDS, logGroup: "/own/group" } },
      gives: allow(["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", "log-group:/own/group:*")),
      hint: 'logs: {group: "/own/group"}',
    },
  ])("is required: $hint", ({ found, gives, hint }) => {
    const logs = allow(
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      arn("logs", "log-group:/aws/lambda/orders-api:*"),
    );
    const served = planWith({ desired: managed({ inline: compiled(gives) }), found });
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

  test.each<{ needs: Partial<FunctionNeeds>; gives: Statement; hint: string }>([
    { needs: { vpc: true }, gives: allow(VPC), hint: "vpc: true" },
    { needs: { tracing: true }, gives: allow("xray:*"), hint: "tracing: true" },
    {
      needs: { deadLetterArn: queue },
      gives: allow("sqs:SendMessage", queue),
      hint: `grants: - sqs: {queue: "${queue}", allow: [send]}`,
    },
    {
      needs: { deadLetterArn: topic },
      gives: allow("sns:Publish", topic),
      hint: `grants: - sns: {topic: "${topic}", allow: [publish]}`,
    },
    {
      needs: { fileSystemArns: ["arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/x"] },
      gives: allow("elasticfilesystem:ClientMount", "arn:x"),
      hint: "a statement that allows elasticfilesystem:ClientMount",
    },
    {
      needs: { kmsKeyArn: key },
      gives: allow("kms:Decrypt", "arn:aws:kms:*:111122223333:key/*"),
      hint: `grants: - kms: {key: "${key}", allow: [decrypt]}`,
    },
  ])("$hint", ({ needs, gives, hint }) => {
    const all = liveFunctionOf(binding(), { needs: { ...NO_NEEDS, ...needs } });
    const of = (documents: readonly Statement[], boundary: Statement | null = null) =>
      unmetNeeds(all, {
        documents: [{ from: "inline grantkeeper", text: documentOf(...documents) }],
        boundary: boundary === null ? null : { from: "boundary", text: documentOf(boundary) },
        context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
      }).map((unmet) => unmet.hint);

    expect(of([gives])).toEqual([]);
    expect(of([gives], gives)).toEqual([]);
    expect(of([ORDERS_READ])).toEqual([hint]);
    expect(of([gives, { ...gives, Effect: "Deny" }])).toEqual([hint]);
    expect(
      of([gives, { ...deny("*"), Resource: undefined, NotResource: "arn:aws:s3:::b" } as never]),
    ).toEqual([hint]);
    expect(of([gives], ORDERS_READ)).toEqual([hint]);
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
