import { defaultFences } from "../../../src/model/rules/account-fences.ts";
import { callerSid, callerSidPrefix } from "../../../src/iam/compare/sid.ts";
import { functionArn, policyArn, roleArn, type Arn } from "../../../src/model/aws/arn.ts";
import type {
  AddPermissionInput,
  CompiledDocument,
  Desired,
  DesiredAccount,
  DesiredBinding,
  DesiredCaller,
  DesiredPolicy,
  DesiredRole,
} from "../../../src/model/desired.ts";
import type {
  AccountId,
  InstanceName,
  Namespace,
  ObjectName,
  Partition,
  Region,
} from "../../../src/model/aws/ids.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { emptyKeyRecord, type KeyRecord } from "../../../src/model/keys/key-record.ts";
import type { Origin } from "../../../src/model/values/origin.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../src/model/aws/tag.ts";

export const ACCOUNT_ID = "111122223333" as AccountId;

export const REGION = "eu-west-1" as Region;
const PARTITION = "aws" as Partition;
export const INSTANCE = "test-1" as InstanceName;
export const NOW_MS = Date.parse("2026-10-01T12:00:00.000Z");
export const SETTLE_MS = 60_000;
const AT = { partition: PARTITION, accountId: ACCOUNT_ID };
const PLACE = { ...AT, region: REGION };
export const BOUNDARY = policyArn(AT, "/grantkeeper-boundary/", "platform-default");
export const OTHER_BOUNDARY = policyArn(AT, "/grantkeeper-boundary/", "platform-other");
export const ORIGIN: Origin = { file: "teams/orders/orders-api.yaml", line: 1, column: 1, path: "" };

export function allow(action: string | readonly string[], resource = "*", sid?: string): Statement {
  return { ...(sid !== undefined && { Sid: sid }), Effect: "Allow", Action: action, Resource: resource };
}

export function deny(action: string | readonly string[], resource = "*", sid?: string): Statement {
  return { ...(sid !== undefined && { Sid: sid }), Effect: "Deny", Action: action, Resource: resource };
}

export function compiled(...statements: readonly Statement[]): CompiledDocument {
  return {
    statements: statements.map((statement, at) => ({
      statement,
      source: { kind: "statement" },
      origin: { ...ORIGIN, line: 10 + at },
      until: null,
      reason: null,
      wildcardReason: null,
    })),
  };
}

export function documentOf(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

export const ORDERS_READ = allow("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111122223333:table/orders");

export function role(change: Partial<DesiredRole> = {}): DesiredRole {
  const name = change.name ?? "orders-api-eu-west-1";
  const path = change.path ?? "/grantkeeper/";
  return {
    name,
    path,
    arn: roleArn(AT, path, name),
    boundary: { arn: BOUNDARY, origin: ORIGIN },
    inline: compiled(ORDERS_READ),
    attachments: [],
    tags: [
      { key: INSTANCE_TAG, value: INSTANCE },
      { key: OWNER_TAG, value: "orders/orders-api" },
    ],
    description: "Orders API",
    maxSessionSeconds: 3600,
    tagOrigins: {},
    origin: ORIGIN,
    ...change,
  };
}

export function binding(
  ofRole: Partial<DesiredRole> = {},
  change: Partial<Omit<DesiredBinding, "role">> = {},
): DesiredBinding {
  const functionName = change.functionName ?? "orders-api";
  return {
    key: `function/${ACCOUNT_ID}/${REGION}/orders/orders-api` as Key,
    namespace: "orders" as Namespace,
    name: "orders-api" as ObjectName,
    account: "prod",
    accountId: ACCOUNT_ID,
    partition: PARTITION,
    region: REGION,
    functionName,
    functionArn: functionArn(PLACE, functionName, null),
    mode: "enforce",
    role: role(ofRole),
    functionRole: "verify",
    logGroup: null,
    callers: [],
    undeclaredCallers: "report",
    deletionPolicy: "retain",
    origin: ORIGIN,
    functionOrigin: ORIGIN,
    targetOrigin: ORIGIN,
    ...change,
  };
}

/** A statement that lets an S3 bucket in, with the Sid that its content has. */
export function caller(
  bucket: string,
  qualifier: string | null = null,
  { functionName = "orders-api", owner = "orders/orders-api" } = {},
): DesiredCaller {
  const body: Statement = {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: functionArn(PLACE, functionName, qualifier),
    Condition: {
      StringEquals: { "AWS:SourceAccount": ACCOUNT_ID },
      ArnLike: { "AWS:SourceArn": `arn:aws:s3:::${bucket}` },
    },
  };
  const sid = callerSid(callerSidPrefix(INSTANCE, owner), body, { dialect: "resource", ...AT });
  const input: AddPermissionInput = {
    FunctionName: functionName,
    StatementId: sid,
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
    SourceArn: `arn:aws:s3:::${bucket}`,
    SourceAccount: ACCOUNT_ID,
    ...(qualifier !== null && { Qualifier: qualifier }),
  };
  return { qualifier, sid, statement: { Sid: sid, ...body }, input, caller: "s3", origin: ORIGIN };
}

export function attachment(name: string): DesiredRole["attachments"][number] {
  const key = `policy/${ACCOUNT_ID}/orders/${name}` as Key;
  return { arn: policyArn(AT, "/grantkeeper/", `gk_orders_${name}`), policy: key, origin: ORIGIN };
}

export function awsAttachment(name: string): DesiredRole["attachments"][number] {
  return { arn: `arn:aws:iam::aws:policy/${name}` as Arn, policy: null, origin: ORIGIN };
}

export function policy(document: CompiledDocument, change: Partial<DesiredPolicy> = {}): DesiredPolicy {
  const name = change.name ?? "audit-read";
  return {
    key: `policy/${ACCOUNT_ID}/orders/${name}` as Key,
    namespace: "orders" as Namespace,
    name: name as ObjectName,
    accountId: ACCOUNT_ID,
    partition: PARTITION,
    policyName: `gk_orders_${name}`,
    path: "/grantkeeper/",
    arn: policyArn(AT, "/grantkeeper/", `gk_orders_${name}`),
    use: "attach",
    document,
    description: "Audit",
    tags: [
      { key: INSTANCE_TAG, value: INSTANCE },
      { key: OWNER_TAG, value: `orders/${name}` },
    ],
    deletionPolicy: "retain",
    origin: ORIGIN,
    ...change,
  };
}

export function desiredAccount(change: Partial<DesiredAccount> = {}): DesiredAccount {
  return {
    name: "prod",
    id: ACCOUNT_ID,
    partition: PARTITION,
    regions: [REGION],
    mode: "enforce",
    modeOrigin: ORIGIN,
    observer: { roleArn: roleArn(AT, "/grantkeeper-system/", "observer"), externalId: "x" },
    writer: { roleArn: roleArn(AT, "/grantkeeper-system/", "writer"), externalId: "x" },
    binder: null,
    boundary: BOUNDARY,
    boundaries: [BOUNDARY, OTHER_BOUNDARY],
    functionRole: "verify",
    tagKeys: [],
    fences: defaultFences(PARTITION),
    protectedPolicies: [],
    assumableRoles: [],
    passableRoles: [],
    controllableResources: [],
    limits: {},
    revertOtherMs: 900_000,
    propagationWaitMs: SETTLE_MS,
    deleteQuietMs: 86_400_000,
    budgets: {},
    origin: ORIGIN,
    ...change,
  };
}

export function desiredOf(
  bindings: readonly DesiredBinding[],
  policies: readonly DesiredPolicy[] = [],
): Desired {
  return {
    revision: `main@sha1:${"a".repeat(40)}` as Revision,
    accounts: new Map([[ACCOUNT_ID, desiredAccount()]]),
    accountSets: [],
    bindings: new Map(bindings.map((one) => [one.key, one])),
    policies: new Map(policies.map((one) => [one.key, one])),
    waivers: [],
    exclusions: [],
    profiles: [],
    teams: new Map(),
    tenancy: { kind: "open" },
  };
}

/** A record of what was applied an hour ago. */
export function appliedRecord(
  state: DesiredBinding | DesiredPolicy,
  change: Partial<KeyRecord> = {},
): KeyRecord {
  const desired =
    "role" in state
      ? ({ kind: "binding", binding: state } as const)
      : ({ kind: "policy", policy: state } as const);
  const item =
    "role" in state
      ? ({ type: "role", id: state.role.arn, uniqueId: "AROAORDERSAPI00000001" } as const)
      : ({ type: "policy", id: state.arn, uniqueId: null } as const);
  return {
    ...emptyKeyRecord(state.key),
    inventory: [item],
    applied: {
      revision: `main@sha1:${"b".repeat(40)}` as Revision,
      sourceText: "",
      desired,
      atMs: NOW_MS - 3_600_000,
    },
    ...change,
  };
}
