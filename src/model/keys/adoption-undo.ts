import type { KeyPlan } from "../plan.ts";
import type { Digest } from "../values/digest.ts";

/** How the adoption of a function is undone: its former role is set again, or the former content of its role is restored. */
export type UndoWay = "switch" | "in-place";

/** What an operator ordered, as part of the suspension that keeps Git from being applied again. */
export interface UndoOrder {
  /** What was approved: the digest of the entire selection. */
  readonly subject: Digest;
  readonly way: UndoWay;
  /** The ARN of the role that the function has afterwards. */
  readonly to: string;
  /** The digests of the approved calls, in order. */
  readonly covers: readonly Digest[];
  /** The digest of the state that was shown with the plan: another state needs another approval. */
  readonly shown: Digest;
}

/** Why the adoption of a function cannot be undone. */
type UndoObstacleKind =
  /** No other role of the function is recorded. */
  | "no-record"
  /** A part that the decision depends on was not read. It may be read later. */
  | "not-read"
  | "function-gone"
  /** The function runs on a role that is neither the declared nor the former one. */
  | "third-role"
  /** Grantkeeper does not set the role of this function. */
  | "role-of-deployer"
  | "role-gone"
  | "role-recreated"
  /** The former role is or was one that Git declares: its permissions count only as far as Git declares them now. */
  | "declared-role"
  | "trust"
  /** It differs from what was recorded, and the operator did not accept the differences. */
  | "changed"
  /** Process or account is in observe mode. */
  | "observe"
  | "edge"
  /** A former attachment that the writer may not attach. */
  | "attachment"
  /** A quota of AWS. */
  | "quota"
  /** Each order of the calls would allow for a moment what neither state allows. */
  | "order"
  /** Another suspension than that of an undo covers the function. */
  | "suspended"
  /** It was ordered already, and is not finished. */
  | "running";

export interface UndoObstacle {
  readonly kind: UndoObstacleKind;
  readonly message: string;
  /** null: waiting is enough. */
  readonly fix: string | null;
}

/** What an undo of the adoption would do now. */
export type UndoFinding =
  /** There is nothing to undo, or nothing is left of it. */
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "refused"; readonly obstacles: readonly UndoObstacle[] }
  | {
      readonly kind: "planned";
      readonly way: UndoWay;
      readonly to: string;
      readonly plan: KeyPlan;
      /** What the plan relies on; part of what is approved. */
      readonly shown: Digest;
      /** How the former state differs from what was recorded, one line each; not empty: only if they are accepted. */
      readonly changes: readonly string[];
      /** What the undo does not change, one line each. */
      readonly notes: readonly string[];
    };

/**
 * `running`: calls are left, or their effect was not seen yet. `stopped`: an operator must decide, and nothing more is written
 * until it is ordered again, except where access was missing.
 */
type UndoState = "running" | "stopped" | "done";

/** What a key remembers of an undo: until its order ends, or after `done` until the function runs on the declared role again. */
export interface AdoptionUndoRecord {
  readonly subject: Digest;
  readonly way: UndoWay;
  readonly to: string;
  readonly actor: string;
  /** When it was ordered. */
  readonly orderedMs: number;
  /** When its first call was about to be made; null: none was. */
  readonly begunMs: number | null;
  readonly state: UndoState;
  /** With `stopped`: access was missing, and the undo continues when it is granted. */
  readonly resumes?: boolean;
  readonly sinceMs: number;
  /** What it waits for, or why it stopped; null: nothing. */
  readonly reason: string | null;
  /** ISO 8601: until when its suspension keeps Git from being applied; null: the order has ended. */
  readonly until: string | null;
}

/** `status.adoption.undo` of a binding. */
export interface AdoptionUndoStatus {
  readonly subject: Digest;
  readonly state: UndoState;
  readonly way: UndoWay;
  readonly to: string;
  readonly actor: string;
  /** ISO 8601: when it was ordered. */
  readonly at: string;
  readonly reason: string | null;
  /** ISO 8601: until when Git is not applied again; null: it is, and a new switch needs a new approval. */
  readonly until: string | null;
}
