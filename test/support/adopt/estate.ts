import {
  known,
  type Estate,
  type EstateAccount,
  type EstateFunction,
  type EstateIam,
} from "../../../src/adopt/estate/estate.ts";
import { RULES_NOT_ASKED } from "../../../src/adopt/estate/event-rules.ts";
import { STACKS_NOT_ASKED } from "../../../src/adopt/estate/role-stacks.ts";
import { functionArn, roleArn, type Arn } from "../../../src/model/aws/arn.ts";
import type { AccountId, Partition, Region } from "../../../src/model/aws/ids.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import type { LivePolicy, LiveRole, Reading } from "../../../src/model/live.ts";
import { policyText } from "./policies.ts";
import { NO_NEEDS } from "../pass/live-state.ts";

const ESTATE_ACCOUNT: EstateAccount = {
  id: "111122223333" as AccountId,
  name: "orders-prod",
  partition: "aws" as Partition,
};
const ESTATE_REGION = "eu-west-1" as Region;
const PLACE = { partition: ESTATE_ACCOUNT.partition, accountId: ESTATE_ACCOUNT.id, region: ESTATE_REGION };

const LAMBDA_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

export function estate(overrides: Partial<Estate> = {}): Estate {
  return {
    account: ESTATE_ACCOUNT,
    region: ESTATE_REGION,
    observedAtMs: Date.UTC(2026, 10, 28),
    functions: [],
    iam: known(estateIam([])),
    roleQuota: known({
      existing: 10,
      quota: 1_000,
      ofRole: { rolePolicySize: 10_240, attachedPoliciesPerRole: 10 },
    }),
    roleStacks: STACKS_NOT_ASKED,
    eventRules: RULES_NOT_ASKED,
    ...overrides,
  };
}

export function estateIam(roles: readonly LiveRole[], others: Partial<EstateIam> = {}): EstateIam {
  return {
    roles: new Map(roles.map((role) => [role.name.toLowerCase(), { kind: "present", value: role }])),
    policies: new Map(),
    awsManaged: new Map(),
    ...others,
  };
}

/** Everything about it was read, and it has no tags, versions, aliases, callers or triggers. Its role is `NAME-role`. */
export function estateFunction(name: string, overrides: Partial<EstateFunction> = {}): EstateFunction {
  return {
    name,
    arn: functionArn(PLACE, name, null),
    roleArn: roleArn(PLACE, "/", `${name}-role`),
    code: known({ kind: "zip", runtime: "nodejs22.x" }),
    needs: NO_NEEDS,
    tags: known([]),
    versions: known([]),
    aliases: known([]),
    policies: new Map([["", known(null)]]),
    triggers: known({ eventSources: [], destinations: [] }),
    edge: false,
    ...overrides,
  };
}

/** What CloudFormation of the region answers about a role. */
export function askedStack(roleName: string, stack: Reading<string>): Estate["roleStacks"] {
  return known(new Map([[roleName, { regions: [ESTATE_REGION], stack }]]));
}

/** A role of Lambda without permissions. */
export function estateRole(name: string, overrides: Partial<LiveRole> = {}): LiveRole {
  return {
    name,
    path: "/",
    arn: roleArn(PLACE, "/", name),
    roleId: `AROA${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "")}`,
    createdAtMs: Date.UTC(2026, 0, 1),
    trust: LAMBDA_TRUST,
    description: "",
    maxSessionSeconds: 3_600,
    boundary: null,
    inline: [],
    attachments: [],
    tags: [],
    instanceProfiles: [],
    lastUsedAtMs: null,
    ...overrides,
  };
}

/** A customer-managed policy with its ARN. */
export function customerManaged(
  name: string,
  statements: readonly Statement[],
): readonly [Arn, Reading<LivePolicy>] {
  const arn = `arn:aws:iam::111122223333:policy/${name}` as Arn;
  const value: LivePolicy = {
    name,
    path: "/",
    arn,
    policyId: name,
    defaultVersionId: "v1",
    description: null,
    versions: [{ id: "v1", text: policyText(statements), createdAtMs: 0 }],
    attachmentCount: null,
    boundaryUsageCount: null,
    tags: { kind: "unknown", reason: "not read" },
  };
  return [arn, { kind: "present", value }];
}
