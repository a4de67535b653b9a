import type { AccessMap, EdgeState } from "./access-map.ts";

/** Something that a function may do, and what follows from it. */
export interface ReachedStep {
  readonly what: string;
  /** As the screens of the function have it. */
  readonly on: string;
  /** Its actions, if `what` only counts them, and its further conditions. */
  readonly details: readonly string[];
  readonly state: EdgeState;
  /** Functions that it may run, each with what it reaches; at most 20. */
  readonly runs: readonly ReachedFunction[];
  /** How many functions more it may run. */
  readonly more: number;
}

export interface ReachedFunction {
  readonly target: string;
  /** Empty if the function is shown where it is nearest, or is further away than asked. */
  readonly steps: readonly ReachedStep[];
  readonly cut: "elsewhere" | "depth" | null;
}

/** What a function may do, and what follows from it. */
export interface ReachAnswer {
  readonly target: string;
  readonly steps: readonly ReachedStep[];
  /** What is not shown, of the function and of those that it may run. */
  readonly unknown: AccessMap["unknown"];
}
