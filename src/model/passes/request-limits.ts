import type { AccountId } from "../aws/ids.ts";

/** The limit of one API family in an account and region, as it is now. */
export interface RequestLimit {
  readonly accountId: AccountId;
  /** null: the API is global, as IAM. */
  readonly region: string | null;
  /** As `iamRead`: the fields of `spec.budgets`, and `cloudformation`, `cloudtrail`, `organizations`, `ssm`, `tagging`. */
  readonly family: string;
  /** Requests per second that are allowed: of `spec.budgets`, or a fixed number for the other families. */
  readonly budget: number;
  /** Requests per second that are made at most; less than `budget` after AWS throttled some. */
  readonly rate: number;
  /** Requests that wait for their turn. */
  readonly waiting: number;
}

/**
 * A call for which access is missing: AWS denied it, or there are no credentials. It is made as a probe every 30 seconds to
 * 5 minutes only.
 */
export interface DeniedCall {
  readonly accountId: string;
  /** `iam:PutRolePolicy role/x`, or the call alone where it takes no resource. */
  readonly call: string;
  readonly sinceMs: number;
}

/** How requests to AWS are limited at this moment. Reads memory only. */
export interface RequestLimits {
  /** Those that were used since the start, sorted by account, region and family; none for a simulator. */
  limits(): readonly RequestLimit[];
  /** Sorted by account and call. */
  deniedCalls(): readonly DeniedCall[];
}

/** How the requests to an account are limited in the process that makes them. */
export interface AccountRequests {
  /** The limits that AWS's throttling has reduced. */
  readonly throttled: readonly RequestLimit[];
  readonly deniedCalls: readonly DeniedCall[];
}

/** As of now, in this process. */
export function requestsTo(accountId: AccountId, limits: RequestLimits): AccountRequests {
  return {
    throttled: limits.limits().filter((one) => one.accountId === accountId && one.rate < one.budget),
    deniedCalls: limits.deniedCalls().filter((one) => one.accountId === accountId),
  };
}
