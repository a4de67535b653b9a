import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import type { OwnDocuments, OwnIdentity, OwnRoleSettings } from "../../model/aws/own-roles.ts";
import { DEFAULT_QUOTAS } from "../../model/live.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { AssumedIdentity, Desired, DesiredAccount } from "../../model/desired.ts";
import { dividedPolicy, policyLength } from "./divided-policy.ts";

export interface BootstrapInputs {
  readonly desired: Desired;
  readonly documents: OwnDocuments;
  readonly instance: string;
  readonly settings: OwnRoleSettings;
}

/** A policy document, ready to be printed. */
export interface OwnDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** One role of Grantkeeper itself. */
export interface OwnRole {
  readonly identity: OwnIdentity | "reader";
  readonly name: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  readonly externalId: string;
  readonly trust: OwnDocument;
  /** Inline, with the name of the identity, unless `managedPolicies` contain it. */
  readonly policy: OwnDocument;
  /** The policy in parts that are attached to the role, if it is longer than AWS allows for inline policies. */
  readonly managedPolicies: readonly OwnManagedPolicy[];
}

/** A customer managed policy with a part of a policy. */
export interface OwnManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly document: OwnDocument;
}

const POLICY_PATH = "/grantkeeper-system/";

interface OwnRoleDocuments {
  readonly instance: string;
  readonly trust: readonly Statement[];
  readonly policy: readonly Statement[];
}

export function ownRoleOf(
  identity: OwnRole["identity"],
  { roleArn, externalId }: AssumedIdentity,
  { instance, trust, policy }: OwnRoleDocuments,
): OwnRole {
  const name = nameInArn(roleArn);
  return {
    identity,
    arn: roleArn,
    name,
    path: arnParts(roleArn).resource.slice("role".length, -name.length),
    description: `Grantkeeper ${instance}: ${identity}`,
    externalId,
    trust: ownRoleDocument(trust),
    policy: ownRoleDocument(policy),
    managedPolicies:
      policyLength(policy) > DEFAULT_QUOTAS.rolePolicySize
        ? ownManagedPolicies({ roleArn, name }, policy)
        : [],
  };
}

/**
 * In the path that the writer cannot change and the service control policy protects. Their number is a suffix, so that a
 * policy keeps its name if the next statement changes.
 */
export function ownManagedPolicies(
  { roleArn, name }: { readonly roleArn: string; readonly name: string },
  policy: readonly Statement[],
): readonly OwnManagedPolicy[] {
  const { partition, accountId } = arnParts(roleArn);
  return dividedPolicy(policy).map((statements, at) => ({
    name: `${name}-${at + 1}`,
    path: POLICY_PATH,
    arn: `arn:${partition}:iam::${accountId}:policy${POLICY_PATH}${name}-${at + 1}`,
    document: ownRoleDocument(statements),
  }));
}

export function ownRoleDocument(statements: readonly Statement[]): OwnDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** IAM has no region; a stack needs one. */
export function firstRegion({ name, regions: [first] }: DesiredAccount): string {
  if (first === undefined) throw new Error(`account ${name} compiled without a region`);
  return first;
}
