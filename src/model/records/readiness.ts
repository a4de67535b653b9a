/** An account that no pass has compared since the start of this process. */
export interface ComparingAccount {
  readonly account: string;
  /** Why the last pass over it failed; null: none has ended. */
  readonly failing: string | null;
}

export interface Readiness {
  /** The first revision is compiled and the record answers, so requests are answered. It does not wait for `comparing`. */
  readonly ready: boolean;
  /** What it waits for; empty if ready. */
  readonly waitingFor: readonly string[];
  /** Sorted by name. */
  readonly comparing: readonly ComparingAccount[];
}
