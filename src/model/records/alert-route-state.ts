/** Why a receiver did not accept a message, and what an operator does about it. Never a secret. */
export interface SinkProblem {
  readonly cause: string;
  readonly fix: string;
}

/** A route of the configuration: its receiver, and which alerts it gets. */
export interface AlertRouteSpec {
  readonly sink: "webhook" | "alertmanager" | "slack" | "mail" | "commit-status" | "pull-requests";
  /** `*`: all. */
  readonly namespaces: readonly string[];
  /** Names of AwsAccounts; `*`: all. */
  readonly accounts: readonly string[];
  readonly severity: "security" | "other";
}

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
