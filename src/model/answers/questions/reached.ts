import type { Key } from "../../keys/key.ts";
import type { TypedState } from "../permission-state.ts";
import type { AccessMap, EdgeState } from "./access-map.ts";
import type { NamedFunction } from "./mapped-function.ts";

/** How many steps from one function to the next are followed if no one asks for more. */
export const DEFAULT_DEPTH = 3;
export const MAX_DEPTH = 100;

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
  /** Empty if it is cut. */
  readonly steps: readonly ReachedStep[];
  /**
   * `elsewhere`: it is shown where it is nearest. `depth`: it is further away than asked. `many`: the answer has the permissions
   * of 1,000 nearer functions. null: its steps are here.
   */
  readonly cut: "elsewhere" | "depth" | "many" | null;
}

/** A role that the function runs on. Who may change it, or what may pass it, changes what all functions on it may do. */
export interface SharedRole {
  readonly arn: string;
  /** The other functions on it that the caller sees; at most 100, by target. */
  readonly others: readonly { readonly key: Key; readonly target: string }[];
  /** How many functions more are on it. */
  readonly more: number;
}

/** What a function may do, and what follows from it. */
export interface ReachAnswer {
  readonly key: Key;
  /** `orders/orders-api@prod/eu-west-1`. */
  readonly target: string;
  /** The most steps from one function to the next that were followed. */
  readonly depth: number;
  readonly steps: readonly ReachedStep[];
  /** That of $LATEST, and those of versions behind aliases; null: they were not read. */
  readonly roles: readonly SharedRole[] | null;
  /** How many other functions may be on these roles as well, because theirs were not read. */
  readonly unreadRoles: number;
  /** What is not shown, of the function and of those that it may run. */
  readonly unknown: AccessMap["unknown"];
}

/** The part that the controller computes. */
export type ReachedParts = Omit<ReachAnswer, "key" | "target" | "depth">;

/** What does a function reach? */
export interface ReachRequest {
  /** One of the functions. */
  readonly key: Key;
  /** The most steps from one function to the next. */
  readonly depth: number;
  /** Every function that the caller sees. */
  readonly functions: readonly NamedFunction[];
  /** Must be called for these before their states are taken. A later call forgets the earlier functions. */
  readonly readStates: (keys: readonly Key[]) => Promise<void>;
  /** As the caller sees it: complete, which takes about two milliseconds. */
  readonly stateOf: (key: Key) => TypedState;
  /** Must be called for these before `accessOf` is. */
  readonly readAccess: (keys: readonly Key[]) => Promise<void>;
  /** Without what the role of the function allows, as the caller sees it. */
  readonly accessOf: (key: Key) => TypedState;
}
