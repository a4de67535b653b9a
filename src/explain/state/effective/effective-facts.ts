import type { DesiredBinding } from "../../../model/desired.ts";
import type { BindingReadings, LiveAccount } from "../../../model/live.ts";
import type { State } from "../declared.ts";

/** What the last pass compared a key with. */
export interface ComparedFacts {
  /** All states that can name rows, newest first. */
  readonly states: readonly { readonly state: State; readonly isFormer: boolean }[];
  /** False: Git no longer declares the key. */
  readonly isInGit: boolean;
  readonly live: LiveAccount;
  readonly readAt: string;
  readonly failing: { readonly since: string; readonly reason: string } | null;
}

export interface EffectiveFacts extends ComparedFacts {
  /** The state to compare with: the accepted one, or the last applied one if the accepted one is unusable. */
  readonly reference: DesiredBinding;
  readonly readings: BindingReadings;
  /** The parts that the pass could not read. */
  readonly unread: readonly string[];
}
