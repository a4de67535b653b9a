import type { DesiredBinding } from "../../model/desired.ts";
import type { BindingReadings, LiveAccount } from "../../model/live.ts";
import type { State } from "./declared.ts";

export interface EffectiveFacts {
  /** The state to compare with: the accepted one, or the last applied one if the accepted one is unusable. */
  readonly reference: DesiredBinding;
  /** All states that can name rows, newest first. */
  readonly states: readonly { readonly state: State; readonly isFormer: boolean }[];
  /** False: Git no longer declares the function. */
  readonly isInGit: boolean;
  readonly readings: BindingReadings;
  readonly live: LiveAccount;
  readonly readAt: string;
  readonly failing: { readonly since: string; readonly reason: string } | null;
  /** The parts that the pass could not read. */
  readonly unread: readonly string[];
}
