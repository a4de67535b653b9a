import type { DesiredAccount } from "../../../model/desired.ts";
import type { ReferencePlace, ValueInAws } from "../../../model/aws/reference.ts";

/** What AWS answered for one place. */
export type ReferenceAnswer =
  | ({ readonly kind: "value" } & ValueInAws)
  | {
      readonly kind: "unusable";
      readonly reason: string;
      readonly fix: string | null;
      /** The read failed in a way that time should fix, so an earlier value is not known to be wrong. */
      readonly isTransient: boolean;
      /** The read failed, so it is not known what AWS has. Missing: AWS answered. */
      readonly isUnread?: true;
    };

export interface References {
  /**
   * Reads places of one account and region, with its observer: an answer for each place, in their order. A stack is read
   * once for all of its outputs. Values that are encrypted are neither decrypted nor returned.
   * @throws only an error that is no answer of AWS, or the signal's reason
   */
  read(
    places: readonly ReferencePlace[],
    account: DesiredAccount,
    signal: AbortSignal,
  ): Promise<readonly ReferenceAnswer[]>;
}
