import type { DesiredBinding } from "../../model/desired.ts";
import type { BindingReadings, LiveAccount } from "../../model/live.ts";
import type { State } from "./declared.ts";

export interface EffectiveFacts {
  /** What the lines are compared with: the accepted state, or the last applied one where that cannot be used. */
  readonly reference: DesiredBinding;
  /** All states that name rows, the newest first. */
  readonly states: readonly { readonly state: State; readonly isFormer: boolean }[];
  /** False: Git does not declare the function any more, so that nothing is declared. */
  readonly isInGit: boolean;
  readonly readings: BindingReadings;
  readonly live: LiveAccount;
  readonly readAt: string;
  readonly failing: { readonly since: string; readonly reason: string } | null;
  /** What the pass could not read. */
  readonly unread: readonly string[];
}
