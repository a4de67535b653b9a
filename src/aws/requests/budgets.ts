import type { ApiFamily } from "../calls/calls.ts";

/**
 * Requests per second of one account and region, by API family. `unlimited` is for the simulator: only the budgets that an
 * account declares are limits then.
 */
export type Budgets = Readonly<Record<ApiFamily, number>> | "unlimited";

/**
 * The control plane of Lambda allows 15 requests per second in total, shared with all deployments; GetPolicy has a
 * separate limit of 15. The limits of IAM are not published. Organizations allows eight
 * listings of accounts per second in the entire organization. The Resource Groups Tagging API allows 15 GetResources per
 * second. LookupEvents of CloudTrail allows two a second, shared with the people who search in the same account and region.
 * EventBridge allows 50 requests per second of an account and region.
 * CloudFormation publishes no limit of DescribeStacks; Systems Manager allows 40 reads of parameters per second.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
export const DEFAULT_BUDGETS = {
  iamRead: 10,
  iamWrite: 5,
  lambda: 5,
  lambdaGetPolicy: 10,
  organizations: 4,
  ssm: 5,
  tagging: 5,
  cloudformation: 2,
  cloudtrail: 1,
  events: 5,
} as const satisfies Budgets;
