/** Why a receiver did not accept a message, and what an operator does about it. Never a secret. */
export interface SinkProblem {
  readonly cause: string;
  readonly fix: string;
}

/** The deliveries of one route. */
export interface AlertRouteState {
  /** The messages that are due and not accepted yet. */
  readonly waiting: number;
  /** When the oldest of them was due first; null: none waits. */
  readonly oldestWaitingMs: number | null;
  /** The last accepted message; null: none yet. */
  readonly deliveredMs: number | null;
  /** The last failure since the last delivery, or what a part of the receiver did not accept in it; null: none. */
  readonly problem: (SinkProblem & { readonly atMs: number }) | null;
}
