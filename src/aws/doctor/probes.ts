import { DescribeStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import { LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { ListEventBusesCommand, ListRuleNamesByTargetCommand } from "@aws-sdk/client-eventbridge";
import {
  GenerateServiceLastAccessedDetailsCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetServiceLastAccessedDetailsCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import {
  GetFunctionConfigurationCommand,
  GetPolicyCommand as GetFunctionPolicyCommand,
  ListAliasesCommand,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListFunctionsCommand,
  ListVersionsByFunctionCommand,
} from "@aws-sdk/client-lambda";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import type { ReadCall } from "../calls/calls.ts";
import type { SdkCommand } from "../requests/send.ts";

export interface ProbeTarget {
  /** A role that exists: the observer itself. */
  readonly roleName: string;
  readonly partition: string;
  readonly accountId: string;
  /** Null for calls of IAM. */
  readonly region: string | null;
}

export interface ProbeCall {
  readonly input: Readonly<Record<string, unknown>>;
  readonly command: () => SdkCommand<unknown>;
}

/** Need not exist: AWS checks the permission first, so "not found" proves the permission. */
const NAME = "grantkeeper-doctor";
/** The id of no report. */
const NO_JOB = "00000000-0000-0000-0000-000000000000";

function probe<Input extends object>(
  Command: new (input: Input) => SdkCommand<unknown>,
  input: NoInfer<Input>,
): ProbeCall {
  return { input: input as ProbeCall["input"], command: () => new Command(input) };
}

/** The smallest form of every read call, for `doctor`. */
export const PROBES = {
  "iam:GetAccountAuthorizationDetails": () =>
    probe(GetAccountAuthorizationDetailsCommand, { Filter: ["Role", "LocalManagedPolicy"], MaxItems: 1 }),
  "iam:ListRoles": () => probe(ListRolesCommand, { MaxItems: 1 }),
  "iam:GetAccountSummary": () => probe(GetAccountSummaryCommand, {}),
  "iam:GetRole": ({ roleName }) => probe(GetRoleCommand, { RoleName: roleName }),
  "iam:ListRolePolicies": ({ roleName }) =>
    probe(ListRolePoliciesCommand, { RoleName: roleName, MaxItems: 1 }),
  "iam:GetRolePolicy": ({ roleName }) =>
    probe(GetRolePolicyCommand, { RoleName: roleName, PolicyName: NAME }),
  "iam:ListAttachedRolePolicies": ({ roleName }) =>
    probe(ListAttachedRolePoliciesCommand, { RoleName: roleName, MaxItems: 1 }),
  "iam:ListInstanceProfilesForRole": ({ roleName }) =>
    probe(ListInstanceProfilesForRoleCommand, { RoleName: roleName, MaxItems: 1 }),
  "iam:GetPolicy": (target) => probe(GetPolicyCommand, { PolicyArn: awsManaged(target) }),
  "iam:GetPolicyVersion": (target) =>
    probe(GetPolicyVersionCommand, { PolicyArn: awsManaged(target), VersionId: "v1" }),
  "iam:GenerateServiceLastAccessedDetails": ({ accountId, partition }) =>
    probe(GenerateServiceLastAccessedDetailsCommand, {
      Arn: `arn:${partition}:iam::${accountId}:role/${NAME}`,
    }),
  "iam:GetServiceLastAccessedDetails": () =>
    probe(GetServiceLastAccessedDetailsCommand, { JobId: NO_JOB, MaxItems: 1 }),
  "lambda:ListFunctions": () => probe(ListFunctionsCommand, { MaxItems: 1 }),
  "lambda:GetFunctionConfiguration": () => probe(GetFunctionConfigurationCommand, { FunctionName: NAME }),
  "lambda:GetPolicy": () => probe(GetFunctionPolicyCommand, { FunctionName: NAME }),
  "lambda:ListVersionsByFunction": () => probe(ListVersionsByFunctionCommand, { FunctionName: NAME }),
  "lambda:ListAliases": () => probe(ListAliasesCommand, { FunctionName: NAME }),
  "lambda:ListEventSourceMappings": () => probe(ListEventSourceMappingsCommand, { MaxItems: 1 }),
  "lambda:ListFunctionEventInvokeConfigs": () =>
    probe(ListFunctionEventInvokeConfigsCommand, { FunctionName: NAME }),
  "tag:GetResources": () =>
    probe(GetResourcesCommand, { ResourceTypeFilters: ["lambda:function"], ResourcesPerPage: 1 }),
  "cloudformation:DescribeStackResources": ({ roleName }) =>
    probe(DescribeStackResourcesCommand, { PhysicalResourceId: roleName }),
  "events:ListEventBuses": () => probe(ListEventBusesCommand, { Limit: 1 }),
  "events:ListRuleNamesByTarget": ({ partition, accountId, region }) =>
    probe(ListRuleNamesByTargetCommand, {
      TargetArn: `arn:${partition}:lambda:${region}:${accountId}:function:${NAME}`,
      Limit: 1,
    }),
  "cloudtrail:LookupEvents": () => probe(LookupEventsCommand, { MaxResults: 1 }),
} as const satisfies Record<ReadCall, (target: ProbeTarget) => ProbeCall>;

function awsManaged({ partition }: ProbeTarget): string {
  return `arn:${partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`;
}
