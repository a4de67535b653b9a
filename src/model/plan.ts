import { actionDigest, type Action } from "./action.ts";
import { digestOf, digestOfText, type Digest } from "./digest.ts";
import type { Key } from "./key.ts";

/** Something that the plan does not do, and why. `approval`: a person may say yes to it, and it becomes actions then. */
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
    | "waiting";
  /** ARN. */
  readonly subject: string;
  readonly reason: string;
  /** What a person can do; null when waiting is all. */
  readonly fix: string | null;
}

/** Actions that only a person may set free: approved by a digest of their own; no other action depends on them. */
export interface Approvable {
  readonly reason: string;
  readonly actions: readonly Action[];
  readonly digest: Digest;
}

/** What is to be done for one key, in order. Empty `actions` and `withheld`: converged. */
export interface KeyPlan {
  readonly key: Key;
  /** `converge` towards git, `undo` back to the last applied state, `delete` what left git. */
  readonly purpose: "converge" | "undo" | "delete";
  readonly actions: readonly Action[];
  readonly approvable: readonly Approvable[];
  readonly withheld: readonly Withheld[];
  /** Of `actions` alone. */
  readonly digest: Digest;
  /** When the next action becomes due by itself; null when none waits. */
  readonly nextDueMs: number | null;
}

/** SHA-256 over RFC 8785 of `{key, actions}`, the actions by what an approval remembers of them. */
export function planDigest(key: Key, actions: readonly Action[]): Digest {
  // Most keys have nothing to do in most passes: their text is known, and hashing it takes less than looking it up.
  if (actions.length === 0) return digestOfText(`{"actions":[],"key":${JSON.stringify(key)}}`);
  return digestOf({ key, actions: actions.map(actionDigest) });
}
