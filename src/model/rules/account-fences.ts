import type { Arn } from "../aws/arn.ts";
import type { AccountId, Namespace, Partition } from "../aws/ids.ts";

/** What no manifest of the account may exceed. Every list is sorted; none names the account itself, which is always allowed. */
export interface AccountFences {
  /** Accounts that may call functions, or own the sources that do. */
  readonly callerAccounts: readonly AccountId[];
  /** Organizations whose principals and sources may call functions. */
  readonly organizations: readonly string[];
  /** Owners of resources that permissions may name. */
  readonly resourceAccounts: readonly AccountId[];
  /** ARNs of the AWS-managed policies that a role may have. */
  readonly attachablePolicies: readonly string[];
  /** Boundaries that only some namespaces may use, sorted by ARN. */
  readonly restrictedBoundaries: readonly RestrictedBoundary[];
}

export interface RestrictedBoundary {
  readonly arn: Arn;
  readonly namespaces: readonly Namespace[];
}

/**
 * The policies that AWS publishes for the roles of functions: logs, VPC, tracing, and the sources that Lambda polls.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
 */
const FOR_FUNCTIONS = [
  "AWSXRayDaemonWriteAccess",
  "service-role/AWSLambdaBasicExecutionRole",
  "service-role/AWSLambdaDynamoDBExecutionRole",
  "service-role/AWSLambdaKinesisExecutionRole",
  "service-role/AWSLambdaSQSQueueExecutionRole",
  "service-role/AWSLambdaVPCAccessExecutionRole",
] as const;

/** The fences of an account that declares none. */
export function defaultFences(partition: Partition): AccountFences {
  return {
    callerAccounts: [],
    organizations: [],
    resourceAccounts: [],
    attachablePolicies: FOR_FUNCTIONS.map((name) => `arn:${partition}:iam::aws:policy/${name}`),
    restrictedBoundaries: [],
  };
}
