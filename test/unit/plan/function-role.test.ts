import { describe, expect, test } from "@jest/globals";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import type { FunctionNeeds, LiveFunction, LiveRole } from "../../../src/model/live.ts";
import type { Statement } from "../../../src/model/policy-document.ts";
import type { PlanContext } from "../../../src/plan/context.ts";
import { unmetNeeds } from "../../../src/diff/needs.ts";
import { withRole } from "../../support/apply.ts";
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
} from "../../support/bindings.ts";

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
  test("is only reported under verify", () => {
    expect(planWith({ desired: binding() })).toMatchObject({ actions: [], withheld: [], approvable: [] });
  });

  test("is switched under manage, with what it gains and loses", () => {
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
    { at: { account: desiredAccount() }, kind: "dependency", because: "the account has no binder" },
    {
      found: { aliases: { kind: "present", value: [{ name: "live", versions: ["1", "2"] }] } },
      kind: "waiting",
      because: "an alias shares its traffic",
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
      because: "somebody set it back once",
    },
    {
      found: { needs: { ...NO_NEEDS, tracing: true } },
      kind: "unmet-need",
      because: "the new role lacks what the service needs",
    },
  ])("is not switched when $because", ({ kind, ...scene }) => {
    const plan = planWith(scene);

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind }]);
  });

  test("needs a yes when its old role is not ours", () => {
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

  test("and until the last write to it has settled", () => {
    const put = {
      key: managed().key,
      atMs: NOW_MS - 1_000,
      call: "iam:PutRolePolicy",
      step: 6,
      target: managed().role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;
    const plan = planWith({ at: { writes: [put] } });

    expect(stepsOf(plan)).toEqual(["8 lambda:UpdateFunctionConfiguration at"]);
    expect(plan.nextDueMs).toBe(NOW_MS - 1_000 + SETTLE_MS);
  });

  test("is not switched to a role that does not exist", () => {
    const desired = managed();
    const live = accountWith({ found: liveFunctionOf(desired, { roleArn: OLD.arn }) });
    const plan = planOfBinding(desired, context(live, { account: ACCOUNT }));

    expect(stepsOf(plan)).toEqual(["2 iam:CreateRole now", "6 iam:PutRolePolicy now"]);
    expect(plan.withheld).toMatchObject([
      { kind: "waiting", reason: expect.stringContaining("is not there yet") },
    ]);
  });
});

describe("what the service itself needs", () => {
  const queue = "arn:aws:sqs:eu-west-1:111122223333:dead";
  const topic = "arn:aws:sns:eu-west-1:111122223333:dead";
  const key = "arn:aws:kms:eu-west-1:111122223333:key/1";
  const VPC = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"];

  test.each<{ needs: Partial<FunctionNeeds>; gives: Statement; grant: string }>([
    { needs: { vpc: true }, gives: allow(VPC), grant: "vpc: true" },
    { needs: { tracing: true }, gives: allow("xray:*"), grant: "tracing: true" },
    {
      needs: { deadLetterArn: queue },
      gives: allow("sqs:SendMessage", queue),
      grant: `sqs: {queue: "${queue}", allow: [send]}`,
    },
    {
      needs: { deadLetterArn: topic },
      gives: allow("sns:Publish", topic),
      grant: `sns: {topic: "${topic}", allow: [publish]}`,
    },
    {
      needs: { fileSystemArns: ["arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/x"] },
      gives: allow("elasticfilesystem:ClientMount", "arn:x"),
      grant: "a statement that allows elasticfilesystem:ClientMount",
    },
    {
      needs: { kmsKeyArn: key },
      gives: allow("kms:Decrypt", "arn:aws:kms:*:111122223333:key/*"),
      grant: `kms: {key: "${key}", allow: [decrypt]}`,
    },
  ])("$grant", ({ needs, gives, grant }) => {
    const all: FunctionNeeds = { ...NO_NEEDS, ...needs };
    const of = (documents: readonly Statement[], boundary: Statement | null = null) =>
      unmetNeeds(all, {
        documents: [{ from: "inline grantkeeper", text: documentOf(...documents) }],
        boundary: boundary === null ? null : { from: "boundary", text: documentOf(boundary) },
        context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
      }).map((unmet) => unmet.grant);

    expect(of([gives])).toEqual([]);
    expect(of([gives], gives)).toEqual([]);
    expect(of([ORDERS_READ])).toEqual([grant]);
    expect(of([gives, { ...gives, Effect: "Deny" }])).toEqual([grant]);
    expect(
      of([gives, { ...deny("*"), Resource: undefined, NotResource: "arn:aws:s3:::b" } as never]),
    ).toEqual([grant]);
    expect(of([gives], ORDERS_READ)).toEqual([grant]);
  });

  test("a Deny under a condition takes nothing away: the service may, the code may not", () => {
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
