import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import type { OwnDocuments, OwnIdentity, OwnRoleSettings } from "../../model/aws/own-roles.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { AssumedIdentity, Desired, DesiredAccount } from "../../model/desired.ts";

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
  /** Its only policy: inline, with the name of the identity. */
  readonly policy: OwnDocument;
}

interface RoleDocuments {
  readonly instance: string;
  readonly trust: readonly Statement[];
  readonly policy: readonly Statement[];
}

export function ownRoleOf(
  identity: OwnRole["identity"],
  { roleArn, externalId }: AssumedIdentity,
  { instance, trust, policy }: RoleDocuments,
): OwnRole {
  const name = nameInArn(roleArn);
  return {
    identity,
    arn: roleArn,
    name,
    path: arnParts(roleArn).resource.slice("role".length, -name.length),
    description: `Grantkeeper ${instance}: ${identity}`,
    externalId,
    trust: documentOf(trust),
    policy: documentOf(policy),
  };
}

export function documentOf(statements: readonly Statement[]): OwnDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** IAM has no region; a stack needs one. */
export function firstRegion({ name, regions: [first] }: DesiredAccount): string {
  if (first === undefined) throw new Error(`account ${name} compiled without a region`);
  return first;
}
