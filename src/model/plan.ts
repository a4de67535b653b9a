import type { Delta } from "./delta.ts";
import { actionDigest, type Action } from "./action.ts";
import type { ChangedReference } from "./aws/reference.ts";
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

/** A pattern of actions that matches more than when it was approved: AWS published further actions. */
export interface GrownPattern {
  /** As declared: `s3:Get*`. */
  readonly pattern: string;
  /** The further actions in AWS's spelling, sorted. */
  readonly actions: readonly string[];
}

/** The actions for one key, in order. Empty `actions` and `withheld`: converged. */
export interface KeyPlan<Rows = Delta> {
  readonly key: Key;
  /**
   * `converge` to Git, `undo` to the last applied state, `delete` an object that is no longer in Git, `adoption-undo` to
   * what the function had before its adoption.
   */
  readonly purpose: "converge" | "undo" | "delete" | "adoption-undo";
  readonly actions: readonly Action<Rows>[];
  readonly approvable: readonly Approvable<Rows>[];
  readonly withheld: readonly Withheld[];
  /** What AWS's new actions add to the declared permissions without any call; missing: nothing. */
  readonly grown?: readonly GrownPattern[];
  /**
   * The references whose value or stack is not the applied one any more. The actions write what differs in AWS, which may be
   * nothing; missing: there are none.
   */
  readonly changedReferences?: readonly ChangedReference[];
  /** Of `actions`, and of `grown` and `changedReferences` if there are any. */
  readonly digest: Digest;
  /** When the next action becomes due by itself; null if none waits. */
  readonly nextDueMs: number | null;
}

/** What an approval decides about. */
export type ApprovablePlan = Pick<KeyPlan, "actions" | "grown" | "changedReferences">;

/** What an approval of a plan covers, in order: its calls, what AWS's new actions add, and the changed references. */
export function approvableDigests({
  actions,
  grown = [],
  changedReferences = [],
}: ApprovablePlan): readonly Digest[] {
  return [
    ...actions.map(actionDigest),
    ...(grown.length === 0 ? [] : [digestOf(grown.map(({ pattern, actions }) => [pattern, actions]))]),
    ...changedReferences.map(referenceDigest),
  ];
}

function referenceDigest({ text, before, after }: ChangedReference): Digest {
  const [from, to] = [before, after].map(({ value, stackId = null }) => [value, stackId]);
  return digestOf([text, from ?? [], to ?? []]);
}

/** SHA-256 over RFC 8785 of `{key, actions}`, with the fields of an action that identify it in an approval. */
export function planDigest(key: Key, planned: ApprovablePlan): Digest {
  const actions = approvableDigests(planned);
  // In most passes most keys have nothing to do: their text is constant, and hashing it is faster than a lookup.
  if (actions.length === 0) return digestOfText(`{"actions":[],"key":${JSON.stringify(key)}}`);
  return digestOf({ key, actions });
}

/** The plan with the digest of what it has now. */
export function withDigest(plan: KeyPlan): KeyPlan {
  return { ...plan, digest: planDigest(plan.key, plan) };
}
