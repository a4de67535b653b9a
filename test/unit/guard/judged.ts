import { RoleChecks } from "../../../src/guard/context/role-checks.ts";
import { Comparer } from "../../../src/iam/compare/comparer.ts";
import { IamActionData } from "../../../src/aws/action-data/action-data.ts";
import type { GuardContext } from "../../../src/guard/context/context.ts";
import { guardIndex } from "../../../src/guard/context/guard-index.ts";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import type { Arn } from "../../../src/model/aws/arn.ts";
import type { Desired, DesiredAccount, DesiredBinding, DesiredCaller } from "../../../src/model/desired.ts";
import type { Finding } from "../../../src/model/finding.ts";
import type { AccountId, Region } from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import {
  DEFAULT_QUOTAS,
  type LiveAccount,
  type LiveFunction,
  type LiveRole,
} from "../../../src/model/live.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { accountText, compileTexts, functionText, NOW_MS } from "../../support/manifests.ts";
import { NO_NEEDS } from "../../support/pass/live-state.ts";

export const ACCOUNT = "222222222222";
export const BINDING = `function/${ACCOUNT}/eu-west-1/orders/orders-api` as Key;
export const FUNCTION_ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:orders-api`;
const FILE = "teams/orders/orders-api.yaml";

export const actionData = await new IamActionData().load([
  "cloudformation",
  "cloudtrail",
  "codebuild",
  "dynamodb",
  "ecr",
  "glue",
  "iam",
  "kms",
  "lambda",
  "logs",
  "rds-db",
  "s3",
  "secretsmanager",
  "sqs",
  "ssm",
  "sts",
  "textract",
]);

export interface World {
  readonly desired: Desired;
  readonly account: DesiredAccount;
  readonly binding: DesiredBinding;
}

/**
 * An account that lists roles, with a boundary that allows everything; other tests cover grants outside the boundary.
 */
export const GUARDED_PLATFORM = {
  "platform/accounts.yaml": accountText(
    "prod",
    ACCOUNT,
    `  assumableRoles: ["arn:aws:iam::444455556666:role/reader"]
  passableRoles: ["arn:aws:iam::${ACCOUNT}:role/steps", "arn:aws:iam::${ACCOUNT}:role/jobs/*"]
`,
  ),
  "platform/boundary.yaml": `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: platform-default}
spec:
  use: boundary
  document: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
`,
};

/** One binding, `orders/orders-api@prod/eu-west-1`; `spec` is YAML below `spec`, indented by two. */
export function world(spec: string, files: Readonly<Record<string, string>> = {}): World {
  const texts = { ...GUARDED_PLATFORM, [FILE]: functionText("orders-api", spec), ...files };
  const { desired, diagnostics } = compileTexts(texts);
  const binding = desired.bindings.get(BINDING);
  const account = desired.accounts.get(ACCOUNT as AccountId);
  if (binding === undefined || account === undefined) {
    throw new Error(`does not compile: ${JSON.stringify(diagnostics)}`);
  }
  return { desired, account, binding };
}

/** A binding without grants or callers. */
export const PLAIN = world("  tracing: true");

/** With one statement in IAM syntax. */
export function stating(statement: Statement, files: Readonly<Record<string, string>> = {}): World {
  return world(`  statements: [{reason: test, statement: ${JSON.stringify(statement)}}]`, files);
}

export function contextOf(
  { desired, account, binding }: World,
  context: Partial<GuardContext> = {},
): GuardContext {
  const comparer = new Comparer();
  const facts = {
    desired,
    account,
    live: null,
    shipped: null,
    actionData,
    nowMs: NOW_MS,
    authors: new Map(),
    defaults: null,
    comparer,
    roleChecks: new RoleChecks(),
    ...context,
  };
  return { ...facts, index: context.index ?? guardIndex({ ...facts, judged: [binding] }) };
}

export function judged(world: World, context: Partial<GuardContext> = {}): readonly Finding[] {
  return judgeDesired(world.binding, contextOf(world, context));
}

/** `RES-001 block` for each finding. */
export function verdicts(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, severity }) => `${rule} ${severity}`);
}

export function withRole(world: World, role: Partial<DesiredBinding["role"]>): World {
  return { ...world, binding: { ...world.binding, role: { ...world.binding.role, ...role } } };
}

/** With a resource policy of these statements alone. */
export function calledBy(statements: readonly Statement[], qualifier: string | null = null): World {
  const plain = world("  tracing: true");
  const callers = statements.map((statement, at): DesiredCaller => ({
    qualifier,
    sid: `gk_00000000_00000000_${at}`,
    statement,
    input: { FunctionName: "orders-api", StatementId: `${at}`, Action: "", Principal: "" },
    caller: "test",
    origin: plain.binding.origin,
  }));
  return { ...plain, binding: { ...plain.binding, callers } };
}

export function liveRole(name: string, role: Partial<LiveRole> = {}): LiveRole {
  return {
    name,
    path: "/grantkeeper/",
    arn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/${name}` as Arn,
    roleId: "AROAEXAMPLE",
    createdAtMs: 0,
    trust: "{}",
    description: "",
    maxSessionSeconds: 3600,
    boundary: null,
    inline: [],
    attachments: [],
    tags: [],
    instanceProfiles: [],
    lastUsedAtMs: null,
    ...role,
  };
}

export function liveFunction(name: string, facts: Partial<LiveFunction> = {}): LiveFunction {
  return {
    name,
    arn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}` as Arn,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/other`,
    revisionId: "1",
    needs: NO_NEEDS,
    triggers: { kind: "unknown", reason: "not requested" },
    versions: { kind: "present", value: [] },
    aliases: { kind: "present", value: [] },
    edge: false,
    policies: new Map(),
    ...facts,
  };
}

export interface LiveFacts {
  readonly roles?: readonly LiveRole[];
  readonly functions?: readonly LiveFunction[];
  /** By ARN: the text of the default version. */
  readonly awsManaged?: Readonly<Record<string, string>>;
  readonly policies?: Readonly<Record<string, string>>;
}

export function liveAccount(facts: LiveFacts = {}): LiveAccount {
  const functions = new Map((facts.functions ?? []).map((each) => [each.name, each]));
  return {
    accountId: ACCOUNT as AccountId,
    observedAtMs: NOW_MS,
    complete: true,
    roles: new Map(
      (facts.roles ?? []).map((role) => [role.name.toLowerCase(), { kind: "present", value: role }]),
    ),
    policies: new Map(
      Object.entries(facts.policies ?? {}).map(([arn, text]) => [arn, livePolicy(arn, text)]),
    ),
    awsManaged: new Map(
      Object.entries(facts.awsManaged ?? {}).map(([arn, text]) => [
        arn,
        { kind: "present", value: { arn: arn as Arn, versionId: "v1", text } },
      ]),
    ),
    regions: new Map([
      ["eu-west-1" as Region, { kind: "read", functions, complete: true, absentFunctions: new Set() }],
      ["us-east-1" as Region, { kind: "off", reason: "not enabled" }],
    ]),
    quotas: DEFAULT_QUOTAS,
  };
}

/** The default version is v2; v1 would allow everything. */
function livePolicy(arn: string, text: string) {
  const value = {
    name: arn.split("/").at(-1) ?? "",
    path: "/",
    arn: arn as Arn,
    policyId: "ANPAEXAMPLE",
    defaultVersionId: "v2",
    versions: [
      { id: "v2", text, createdAtMs: 1 },
      { id: "v1", text: document({ Effect: "Allow", Action: "*", Resource: "*" }), createdAtMs: 0 },
    ],
    description: "",
    attachmentCount: 1,
    boundaryUsageCount: 0,
    tags: { kind: "absent" as const },
  };
  return { kind: "present" as const, value };
}

export function document(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export function waiverText(name: string, rule: string, until: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: Waiver
metadata: {name: ${name}}
spec: {rule: ${rule}, binding: orders/orders-api@prod/eu-west-1, reason: test, owner: dana, until: ${until}}
`;
}

export function policyText(name: string, document: string): string {
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: {name: ${name}}
spec: {document: ${document}}
`;
}
