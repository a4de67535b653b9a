import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { AccountRoles, BoundaryPolicy, OwnRole } from "./own-roles.ts";

interface Resource {
  readonly Type: string;
  readonly [attribute: string]: unknown;
}

export interface CloudFormationTemplate {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Resources: Readonly<Record<string, Resource>>;
}

/**
 * The stack of one account. Boundaries remain if the stack is deleted: roles of functions still have them.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html
 */
export function accountTemplate(
  { account, accountId, boundaries, roles }: AccountRoles,
  instance: string,
): CloudFormationTemplate {
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Roles and boundaries of Grantkeeper ${instance} in account ${account} (${accountId})`,
    Resources: byLogicalId([
      ...boundaries.map(
        (boundary) => [`Boundary${logicalId(boundary.name)}`, managedPolicy(boundary)] as const,
      ),
      ...roles.map((role) => [logicalId(role.identity), ownRole(role)] as const),
    ]),
  };
}

/** The same on one line, as a stack set contains it. */
export function templateBody(account: AccountRoles, instance: string): string {
  return JSON.stringify(accountTemplate(account, instance));
}

/** `orders.api-1` → `OrdersApi1`: CloudFormation allows letters and digits only. */
export function logicalId(name: string): string {
  return name
    .split(/[-.]/)
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join("");
}

/** @throws CliError if two names differ only in characters that a logical id cannot have */
export function byLogicalId<T>(resources: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const ids = resources.map(([id]) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice === undefined) return Object.fromEntries(resources);
  throw new CliError(
    `two names differ only in - and . and have the same logical id ${twice} in CloudFormation`,
    "rename one of them, or use --format terraform",
  );
}

function managedPolicy({ name, path, description, document }: BoundaryPolicy): Resource {
  return {
    Type: "AWS::IAM::ManagedPolicy",
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: {
      ManagedPolicyName: name,
      Path: path,
      ...(description !== "" && { Description: description }),
      PolicyDocument: document,
    },
  };
}

function ownRole({ identity, name, path, description, trust, policy }: OwnRole): Resource {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      Path: path,
      Description: description,
      MaxSessionDuration: 3_600,
      AssumeRolePolicyDocument: trust,
      Policies: [{ PolicyName: identity, PolicyDocument: policy }],
    },
  };
}
