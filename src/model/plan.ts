import type { Delta } from "./delta.ts";
import { actionDigest, type Action } from "./action.ts";
import { digestOf, digestOfText, type Digest } from "./values/digest.ts";
import type { Key } from "./keys/key.ts";

/** A change that the plan does not make, and why. `approval`: an operator can approve it, which turns it into actions. */
export interface Withheld {
  readonly kind:
    | "ownership-conflict"
    | "not-in-this-version"
    | "unmodifiable"
    | "immutable-field"
    | "approval-needed"
    | "restriction-added"
    | "unmet-need"
    | "quota"
    | "dependency"
    | "unreadable"
    | "contended"
    | "rule-refused"
    | "waiting";
  /** ARN. */
  readonly subject: string;
  readonly reason: string;
  /** The fix; null if waiting is enough. */
  readonly fix: string | null;
  /** The approvable part that makes this change; absent if no approval does. */
  readonly approval?: Digest;
}

/** Actions that need an approval by their own digest; no other action depends on them. */
interface Approvable<Rows = Delta> {
  readonly reason: string;
  readonly actions: readonly Action<Rows>[];
  readonly digest: Digest;
}

/** The actions for one key, in order. Empty `actions` and `withheld`: converged. */
export interface KeyPlan<Rows = Delta> {
  readonly key: Key;
  /** `converge` to Git, `undo` to the last applied state, `delete` an object that is no longer in Git. */
  readonly purpose: "converge" | "undo" | "delete";
  readonly actions: readonly Action<Rows>[];
  readonly approvable: readonly Approvable<Rows>[];
  readonly withheld: readonly Withheld[];
  /** Of `actions` alone. */
  readonly digest: Digest;
  /** When the next action becomes due by itself; null if none waits. */
  readonly nextDueMs: number | null;
}

/** SHA-256 over RFC 8785 of `{key, actions}`, with the fields of an action that identify it in an approval. */
export function planDigest(key: Key, actions: readonly Action[]): Digest {
  // In most passes most keys have nothing to do: their text is constant, and hashing it is faster than a lookup.
  if (actions.length === 0) return digestOfText(`{"actions":[],"key":${JSON.stringify(key)}}`);
  return digestOf({ key, actions: actions.map(actionDigest) });
}
