import { CliError } from "../../cli/toolbox/cli-error.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { EXAMPLE_ID } from "../../model/aws/found-account.ts";
import type { FoundObserver, ReaderRole } from "./account-sets.ts";
import { ownManagedPolicies, type OwnRole } from "./own-role.ts";
import type { AccountRoles, BasePolicy, BoundaryPolicy } from "./own-roles.ts";

export interface Resource {
  readonly Type: string;
  /** The name of a condition. */
  readonly Condition?: string;
  readonly [attribute: string]: unknown;
}

export interface CloudFormationTemplate {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Conditions?: Readonly<Record<string, object>>;
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
  return templateOf(`Roles and boundaries of Grantkeeper ${instance} in account ${account} (${accountId})`, [
    ...boundaries.map(
      (boundary) => [`Boundary${logicalId(boundary.name)}`, managedPolicy(boundary)] as const,
    ),
    ...roles.flatMap(roleResources),
  ]);
}

/** The reader alone. */
export function readerTemplate({ role, accountId }: ReaderRole, instance: string): CloudFormationTemplate {
  const description = `Reader of the organization of Grantkeeper ${instance} in account ${accountId}`;
  return templateOf(description, roleResources(role));
}

/** The policy of the base role, which belongs to the installation of the process. */
export function baseTemplate({ roleArn, policy, managedPolicies: parts }: BasePolicy, instance: string) {
  const name = nameInArn(roleArn);
  const policies = parts.length > 0 ? parts : ownManagedPolicies({ roleArn, name }, policy.Statement);
  return templateOf(
    `The policy of the base role of Grantkeeper ${instance} (${name})`,
    policies.map((part, at) => [
      `BasePolicy${at + 1}`,
      {
        Type: "AWS::IAM::ManagedPolicy",
        Properties: {
          ManagedPolicyName: part.name,
          Path: part.path,
          PolicyDocument: part.document,
          Roles: [name],
        },
      },
    ]),
  );
}

/** The observer of any account, of which CloudFormation knows the id. */
export function observerTemplate({ role }: FoundObserver, instance: string): CloudFormationTemplate {
  const resources = roleResources(role).map(([id, resource]) => [id, inAnyAccount(resource)] as const);
  return templateOf(`Observer of Grantkeeper ${instance} in an account of the organization`, resources);
}

/** @throws CliError as `byLogicalId` */
export function templateOf(
  description: string,
  resources: readonly (readonly [string, Resource])[],
): CloudFormationTemplate {
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: description,
    Resources: byLogicalId(resources),
  };
}

/** The trust names no account but that of the base role; its external id is the same in all accounts. */
function inAnyAccount(resource: Resource): Resource {
  const properties = resource["Properties"] as Readonly<Record<string, unknown>>;
  const { AssumeRolePolicyDocument, ...others } = properties;
  return {
    ...resource,
    Properties: { ...(withAccountId(others) as object), AssumeRolePolicyDocument },
  };
}

/**
 * `Fn::Sub` for each text with EXAMPLE_ID. It also replaces `${…}`, which are the variables of policies.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html
 */
function withAccountId(value: unknown): unknown {
  if (typeof value === "string" && value.includes(EXAMPLE_ID))
    return {
      "Fn::Sub": value.replaceAll("${", "${!").replaceAll(EXAMPLE_ID, () => "${AWS::AccountId}"),
    };
  if (Array.isArray(value)) return value.map(withAccountId);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withAccountId(each)]));
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

/** The resources of one role, by logical id. */
export function roleResources(role: OwnRole): readonly (readonly [string, Resource])[] {
  const id = logicalId(role.identity);
  const policies = role.managedPolicies.map(
    ({ name, path, document }, at) =>
      [
        `${id}Policy${at + 1}`,
        {
          Type: "AWS::IAM::ManagedPolicy",
          Properties: { ManagedPolicyName: name, Path: path, PolicyDocument: document },
        },
      ] as const,
  );
  return [
    ...policies,
    [
      id,
      ownRole(
        role,
        policies.map(([policy]) => policy),
      ),
    ],
  ];
}

/** @param policies logical ids; empty: the policy is inline */
function ownRole(
  { identity, name, path, description, trust, policy }: OwnRole,
  policies: readonly string[],
): Resource {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      Path: path,
      Description: description,
      MaxSessionDuration: 3_600,
      AssumeRolePolicyDocument: trust,
      ...(policies.length === 0
        ? { Policies: [{ PolicyName: identity, PolicyDocument: policy }] }
        : { ManagedPolicyArns: policies.map((id) => ({ Ref: id })) }),
    },
  };
}
