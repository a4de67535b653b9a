import { compiledText } from "../../../src/diff/documents/compiled-texts.ts";
import { trustText } from "../../../src/iam/trust.ts";
import { type Arn } from "../../../src/model/aws/arn.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import {
  DEFAULT_QUOTAS,
  type LiveAccount,
  type LiveFunction,
  type LivePolicy,
  type LiveRegion,
  type LiveResourcePolicy,
  type LiveRole,
  type Reading,
} from "../../../src/model/live.ts";
import { withFunction, withPolicy, withRole } from "./apply.ts";
import { ACCOUNT_ID, REGION, NOW_MS, BOUNDARY, allow, documentOf } from "./bindings.ts";

export function livePolicyOf(
  arn: Arn,
  texts: readonly string[],
  change: Partial<LivePolicy> = {},
): LivePolicy {
  const parts = arn.slice(arn.indexOf(":policy") + 7);
  const at = parts.lastIndexOf("/") + 1;
  return {
    name: parts.slice(at),
    path: parts.slice(0, at),
    arn,
    policyId: `ANPA${parts.length}`,
    defaultVersionId: `v${texts.length}`,
    versions: texts.map((text, at) => ({ id: `v${at + 1}`, text, createdAtMs: at })).toReversed(),
    description: "Audit",
    attachmentCount: 0,
    boundaryUsageCount: 0,
    tags: { kind: "present", value: [] },
    ...change,
  };
}

/** The role in AWS exactly as declared in Git. */
export function liveRoleOf({ role }: DesiredBinding, change: Partial<LiveRole> = {}): LiveRole {
  const text = compiledText(role.inline);
  return {
    name: role.name,
    path: role.path,
    arn: role.arn,
    roleId: "AROAORDERSAPI00000001",
    createdAtMs: NOW_MS - 86_400_000,
    trust: trustText(role),
    description: role.description,
    maxSessionSeconds: role.maxSessionSeconds,
    boundary: role.boundary?.arn ?? null,
    inline: text === null ? [] : [{ name: "grantkeeper", text }],
    attachments: role.attachments.map(({ arn }) => arn),
    tags: role.tags,
    instanceProfiles: [],
    lastUsedAtMs: null,
    ...change,
  };
}

/** Of a function without a setting that needs permissions. */
export const NO_NEEDS: LiveFunction["needs"] = {
  vpc: false,
  tracing: false,
  deadLetterArn: null,
  fileSystemArns: [],
  kmsKeyArn: null,
  logGroup: null,
};

export function liveFunctionOf(binding: DesiredBinding, change: Partial<LiveFunction> = {}): LiveFunction {
  const byQualifier = Map.groupBy(binding.callers, (caller) => caller.qualifier ?? "");
  const policies = [...byQualifier].map(
    ([qualifier, callers]) =>
      [qualifier, presentPolicy(...callers.map(({ statement }) => statement))] as const,
  );
  return {
    name: binding.functionName,
    arn: binding.functionArn,
    roleArn: binding.role.arn,
    revisionId: "revision",
    needs: NO_NEEDS,
    triggers: { kind: "present", value: { eventSources: [], destinations: [] } },
    versions: { kind: "present", value: [] },
    aliases: { kind: "present", value: [] },
    edge: false,
    policies: new Map<string, Reading<LiveResourcePolicy>>([["", { kind: "absent" }], ...policies]),
    ...change,
  };
}

export function presentPolicy(...statements: readonly unknown[]) {
  const text = JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
  return { kind: "present", value: { text, revisionId: "revision" } } as const;
}

export function emptyAccount(change: Partial<LiveAccount> = {}): LiveAccount {
  const region: LiveRegion = {
    kind: "read",
    functions: new Map(),
    complete: true,
    absentFunctions: new Set<string>(),
  };
  return {
    accountId: ACCOUNT_ID,
    observedAtMs: NOW_MS,
    complete: true,
    roles: new Map(),
    policies: new Map([[BOUNDARY, present(livePolicyOf(BOUNDARY, [documentOf(allow("*"))]))]]),
    awsManaged: new Map(),
    regions: new Map([[REGION, region]]),
    quotas: DEFAULT_QUOTAS,
    ...change,
  };
}

function present<T>(value: T): Reading<T> {
  return { kind: "present", value };
}

/** An account with these in it. */
export function accountWith(
  parts: {
    readonly role?: LiveRole;
    readonly found?: LiveFunction;
    readonly policies?: readonly LivePolicy[];
    readonly awsManaged?: Readonly<Record<string, string>>;
  },
  change: Partial<LiveAccount> = {},
): LiveAccount {
  let live = emptyAccount(change);
  if (parts.role !== undefined) live = withRole(live, parts.role);
  if (parts.found !== undefined) live = withFunction(live, REGION, parts.found);
  for (const policy of parts.policies ?? []) live = withPolicy(live, policy);
  const managed = Object.entries(parts.awsManaged ?? {}).map(
    ([arn, text]) => [arn, { kind: "present", value: { arn: arn as Arn, versionId: "v1", text } }] as const,
  );
  return { ...live, awsManaged: new Map(managed) };
}

export function convergedAccount(binding: DesiredBinding): LiveAccount {
  return accountWith({ role: liveRoleOf(binding), found: liveFunctionOf(binding) });
}
