import type { LiveAccount } from "../../model/live.ts";
import type { PassFault } from "../../model/passes/pass-fault.ts";
import type { PassSettlement } from "../../settle/settle.ts";

/** The memory of one account after its last pass. */
export interface AccountMemory extends Pick<
  PassSettlement,
  "views" | "holds" | "orphans" | "attempts" | "failure"
> {
  /** null: this process has not read the account, or another replica makes its passes. */
  readonly live: LiveAccount | null;
  /** The parts that the read of the account left out, one sentence each. null: it was not read since its passes began. */
  readonly unread: readonly string[] | null;
  /** Of the pending approvals, those that a person rejected. */
  readonly rejected: ReadonlySet<string>;
  /** The first pass ended, normally or by a named failure. */
  readonly firstPassEnded: boolean;
  /** Set while passes end with an unexpected error: the state of the account is unknown then. */
  readonly fault: PassFault | null;
}

/** Before the first pass of the process. */
export const EMPTY_ACCOUNT: AccountMemory = {
  live: null,
  unread: null,
  rejected: new Set(),
  views: new Map(),
  holds: [],
  orphans: [],
  firstPassEnded: false,
  failure: null,
  fault: null,
  attempts: new Map(),
};
