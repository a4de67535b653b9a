import type { FoundAccount } from "../../../model/aws/found-account.ts";
import type { DesiredAccountSet } from "../../../model/desired.ts";

export interface Organizations {
  /**
   * The active accounts that a set observes, sorted by id: all of them, or an error.
   * @throws AwsError if a part of the listing can't be read
   */
  accountsOf(set: DesiredAccountSet, signal: AbortSignal): Promise<readonly FoundAccount[]>;
}
