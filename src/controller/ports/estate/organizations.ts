import type { FoundAccount } from "../../../model/aws/found-account.ts";
import type { AwsError } from "../../../model/aws/errors/aws-error.ts";
import type { DesiredAccountSet } from "../../../model/desired.ts";
import type { Result } from "../../../model/values/result.ts";

export interface Organizations {
  /** The active accounts that a set observes, sorted by id: all of them, or why a part of the listing can't be read. */
  accountsOf(set: DesiredAccountSet, signal: AbortSignal): Promise<Result<readonly FoundAccount[], AwsError>>;
}
