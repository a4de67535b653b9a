import type { AccountId } from "../aws/ids.ts";

/** How an account was read. */
export type ReadFact =
  | {
      readonly kind: "control-ran";
      readonly accountId: string;
      readonly account: string;
      readonly day: string;
      readonly completeReads: number;
      readonly longestGapMs: number;
      readonly functionsSeen: number;
      readonly functionsInGit: number;
    }
  /** Regions were read completely again, after a pause in which drift may have begun and ended unseen. */
  | {
      readonly kind: "read-gap";
      readonly accountId: AccountId;
      readonly account: string;
      /** Sorted. */
      readonly regions: readonly string[];
      /** ISO 8601: the complete reads before and after it. */
      readonly since: string;
      readonly until: string;
      /** Why the last read failed; null: none failed, the controller was not running or was too slow. */
      readonly reason: string | null;
    };
