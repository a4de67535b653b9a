import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import type { WriteCall } from "../../model/writes/write-calls.ts";

/** The calls that list the accounts of an organization, and that read its service control policies. */
export type OrganizationCall =
  | "organizations:DescribePolicy"
  | "organizations:ListAccounts"
  | "organizations:ListAccountsForParent"
  | "organizations:ListOrganizationalUnitsForParent"
  | "organizations:ListParents"
  | "organizations:ListPoliciesForTarget"
  | "organizations:ListTagsForResource";

/** The calls that read an account; the write calls are `WriteCall` of the model. */
export type ReadCall =
  | "cloudformation:DescribeStackResources"
  | "cloudtrail:LookupEvents"
  | "events:ListEventBuses"
  | "events:ListRuleNamesByTarget"
  | "iam:GetAccountAuthorizationDetails"
  | "iam:ListRoles"
  | "iam:GetAccountSummary"
  | "iam:GetRole"
  | "iam:ListRolePolicies"
  | "iam:GetRolePolicy"
  | "iam:ListAttachedRolePolicies"
  | "iam:ListInstanceProfilesForRole"
  | "iam:GetPolicy"
  | "iam:GetPolicyVersion"
  | "iam:GenerateServiceLastAccessedDetails"
  | "iam:GetServiceLastAccessedDetails"
  | "lambda:ListFunctions"
  | "lambda:GetFunctionConfiguration"
  | "lambda:GetPolicy"
  | "lambda:ListVersionsByFunction"
  | "lambda:ListAliases"
  | "lambda:ListEventSourceMappings"
  | "lambda:ListFunctionEventInvokeConfigs"
  | "tag:GetResources";

/** The calls that read values which manifests name: the observer makes them only where a manifest does. */
export type ReferenceCall = "cloudformation:DescribeStacks" | "ssm:GetParameters";

/** The permissions to read a queue of pushes: DeleteMessageBatch has no permission of its own. */
export type QueueCall = "sqs:DeleteMessage" | "sqs:GetQueueAttributes" | "sqs:ReceiveMessage";

export type AwsCall = ReadCall | ReferenceCall | OrganizationCall | WriteCall | QueueCall | "sts:AssumeRole";

/** Whose credentials a call is made with. */
export type Identity = "base" | "observer" | "writer" | "binder" | "reader";

/** The calls that share one of AWS's rate limits. */
export type ApiFamily =
  | "cloudformation"
  | "cloudtrail"
  | "events"
  | "iamRead"
  | "iamWrite"
  | "lambda"
  | "lambdaGetPolicy"
  | "organizations"
  | "ssm"
  | "tagging";

/** The target of a call and its object, as errors and circuits name them. */
export interface CallSite {
  /** `sts:GetCallerIdentity` needs no permission. */
  readonly call: AwsCall | "sts:GetCallerIdentity";
  readonly identity: Identity;
  readonly accountId: string;
  /** Null for IAM, STS and Organizations. */
  readonly region: string | null;
  /** `role/x`, `policy/x`, `function/x:live`; null for calls that take no resource. */
  readonly object: string | null;
}

/** `iam:DeleteRole role/x`. */
export function siteName(site: CallSite): string {
  return site.object === null ? site.call : `${site.call} ${site.object}`;
}

/** The call and its object, and the call alone, as failures have them. */
export function calledAt(site: CallSite): { readonly call: string; readonly action: string } {
  return { call: siteName(site), action: site.call };
}

function resourceOf(arn: string): string {
  return hasArnParts(arn) ? arnParts(arn).resource : arn;
}

/** The object that an input names; never contains documents. */
export function objectOf(input: Readonly<Record<string, unknown>>): string | null {
  const { RoleName, Arn, PolicyArn, PolicyName, FunctionName, Qualifier, ParentId, ResourceId } = input;
  if (typeof input["PhysicalResourceId"] === "string") return `role/${input["PhysicalResourceId"]}`;
  if (typeof RoleName === "string") return `role/${RoleName}`;
  if (typeof Arn === "string") return resourceOf(Arn);
  if (typeof PolicyArn === "string") return resourceOf(PolicyArn);
  if (typeof PolicyName === "string") return `policy/${PolicyName}`;
  const inOrganization = [ParentId, input["ChildId"], input["TargetId"], input["PolicyId"]].find(isText);
  if (inOrganization !== undefined) return inOrganization;
  const { StackName, Names } = input;
  if (typeof StackName === "string") return `stack/${StackName}`;
  if (Array.isArray(Names)) return `parameter/${Names.length === 1 ? String(Names[0]) : "*"}`;
  if (typeof ResourceId === "string") return `account/${ResourceId}`;
  if (typeof FunctionName !== "string") return null;
  return typeof Qualifier === "string" ? `function/${FunctionName}:${Qualifier}` : `function/${FunctionName}`;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
