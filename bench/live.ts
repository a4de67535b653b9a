import { compiledText } from "../src/diff/documents/compiled-texts.ts";
import { TRUST_DOCUMENT } from "../src/iam/trust.ts";
import type { Desired, DesiredBinding, DesiredPolicy } from "../src/model/desired.ts";
import type { AccountId } from "../src/model/aws/ids.ts";
import {
  DEFAULT_QUOTAS,
  type LiveAccount,
  type LiveFunction,
  type LivePolicy,
  type LiveRole,
  type Reading,
} from "../src/model/live.ts";

/**
 * `converged`: matches Git; `changed`: every twentieth role has one additional policy; `empty`: neither roles nor
 * callers exist yet.
 */
export type LiveKind = "converged" | "changed" | "empty";

const CHANGED_EVERY = 20;
const EXTRA = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
});

/** Each account as a sweep would give it. */
export function liveAccounts(desired: Desired, kind: LiveKind): ReadonlyMap<AccountId, LiveAccount> {
  const bindings = Map.groupBy(desired.bindings.values(), ({ accountId }) => accountId);
  const policies = Map.groupBy(desired.policies.values(), ({ accountId }) => accountId);
  return new Map(
    [...desired.accounts.keys()].map((id) => [
      id,
      liveAccount(id, bindings.get(id) ?? [], policies.get(id) ?? [], kind),
    ]),
  );
}

function liveAccount(
  accountId: AccountId,
  bindings: readonly DesiredBinding[],
  policies: readonly DesiredPolicy[],
  kind: LiveKind,
): LiveAccount {
  const isThere = ({ use }: DesiredPolicy): boolean => kind !== "empty" || use === "boundary";
  const roles = kind === "empty" ? [] : bindings.map((binding, at) => liveRole(binding, at, kind));
  const functions = bindings.map((binding) => liveFunction(binding, kind));
  const [region] = bindings.map((binding) => binding.region);
  return {
    accountId,
    observedAtMs: 0,
    complete: true,
    roles: new Map(roles.map((role) => [role.name.toLowerCase(), { kind: "present", value: role }])),
    policies: new Map(
      policies.filter(isThere).map((policy) => [policy.arn, { kind: "present", value: livePolicy(policy) }]),
    ),
    awsManaged: new Map(),
    regions: new Map(
      region === undefined
        ? []
        : [
            [
              region,
              {
                kind: "read",
                functions: new Map(functions.map((found) => [found.name, found])),
                complete: true,
                absentFunctions: new Set(),
              },
            ],
          ],
    ),
    quotas: DEFAULT_QUOTAS,
  };
}

function liveRole({ role }: DesiredBinding, at: number, kind: LiveKind): LiveRole {
  const text = compiledText(role.inline);
  const own = text === null ? [] : [{ name: "grantkeeper", text: copied(text) }];
  const extra = kind === "changed" && at % CHANGED_EVERY === 0 ? [{ name: "hotfix", text: EXTRA }] : [];
  return {
    name: role.name,
    path: role.path,
    arn: role.arn,
    roleId: `AROA${String(at).padStart(17, "0")}`,
    createdAtMs: 0,
    trust: TRUST_DOCUMENT,
    description: role.description,
    maxSessionSeconds: role.maxSessionSeconds,
    boundary: role.boundary?.arn ?? null,
    inline: [...own, ...extra],
    attachments: role.attachments.map(({ arn }) => arn),
    tags: role.tags,
    instanceProfiles: [],
    lastUsedAtMs: null,
  };
}

/** The same characters in a new string: a document from AWS is never the same string object as the compiled one. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

function livePolicy(policy: DesiredPolicy): LivePolicy {
  return {
    name: policy.policyName,
    path: policy.path,
    arn: policy.arn,
    policyId: `ANPA${policy.policyName}`,
    defaultVersionId: "v1",
    versions: [{ id: "v1", text: copied(compiledText(policy.document) ?? ""), createdAtMs: 0 }],
    description: policy.description,
    attachmentCount: 0,
    boundaryUsageCount: 0,
    tags: { kind: "present", value: policy.tags },
  };
}

function liveFunction(binding: DesiredBinding, kind: LiveKind): LiveFunction {
  return {
    name: binding.functionName,
    arn: binding.functionArn,
    roleArn: binding.role.arn,
    revisionId: "r",
    needs: {
      vpc: false,
      tracing: false,
      deadLetterArn: null,
      fileSystemArns: [],
      kmsKeyArn: null,
      logGroup: null,
    },
    triggers: { kind: "not-requested" },
    versions: { kind: "not-requested" },
    aliases: { kind: "not-requested" },
    edge: false,
    policies: new Map([["", resourcePolicy(binding, kind)]]),
  };
}

function resourcePolicy(
  { callers }: DesiredBinding,
  kind: LiveKind,
): Reading<{ text: string; revisionId: string }> {
  if (callers.length === 0 || kind === "empty") return { kind: "absent" };
  const document = {
    Version: "2012-10-17",
    Id: "default",
    Statement: callers.map(({ statement }) => statement),
  };
  return { kind: "present", value: { text: JSON.stringify(document), revisionId: "r" } };
}
