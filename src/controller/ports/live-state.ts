import type { AwsError } from "../../model/aws/errors/aws-error.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { SweepRequest, TargetedRequest } from "../../model/read-requests.ts";
import type { Result } from "../../model/values/result.ts";

type LiveReading = Promise<Result<LiveAccount, AwsError>>;

/**
 * Reads of an account. A value is `absent` only after a complete and successful read; a part that failed is
 * `unknown` with its reason. Environment variables never leave the adapter.
 * Retries within the SDK; aborts immediately with the signal.
 */
export interface LiveState {
  /** An error, `circuit` (account), if STS or one of the account-wide IAM listings fails. */
  sweep(request: SweepRequest, signal: AbortSignal): LiveReading;
  /** Fresh reads of the named objects only; never from a cache. */
  read(request: TargetedRequest, signal: AbortSignal): LiveReading;
}
