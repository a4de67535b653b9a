import { WRITE_CALLS, type WriteCall } from "./writes/write-calls.ts";
import type { Delta, DeltaRow } from "./delta.ts";
import type { ChangedReference } from "./aws/reference.ts";
import { digestOf, digestOfText, type Digest } from "./values/digest.ts";
import type { Key } from "./keys/key.ts";
import type { DriftCause } from "./drift.ts";
import type { JsonObject } from "./values/json.ts";
import type { Origin } from "./values/origin.ts";

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
/** It applies what Git declares, and reverts no change made in AWS. Change windows hold only such actions back. */
export function isOfGit({ cause }: Pick<Action, "cause">): boolean {
  return cause !== "out-of-band" && cause !== "upstream";
}

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

/** The step of an action, as the record keeps it; plan/order/steps.ts has the names of the steps and their order. */
export type StepNumber = 1 | 2 | 3 | 4 | 5 | 6 | 8 | 10 | 11 | 12 | 13;

/** When an action may run: now, after the propagation of the writes before it, or from a given time. */
export type Due =
  { readonly kind: "now" } | { readonly kind: "after-wait" } | { readonly kind: "at"; readonly atMs: number };

/** Why a write is made: the cause of the difference that it ends, or the order of an operator to undo an adoption. */
type WriteCause = DriftCause | "operator";

export interface Action<Rows = Delta> {
  readonly key: Key;
  readonly step: StepNumber;
  readonly call: WriteCall;
  /** The API's input in its own field names; the RevisionId is added when it is sent. */
  readonly input: JsonObject;
  /** ARN of the object that it changes (a function's with its qualifier). */
  readonly target: string;
  /** The value that it replaces and its new value; null for none. Documents as text. */
  readonly before: string | null;
  readonly after: string | null;
  readonly risk: "low" | "high";
  readonly cause: WriteCause;
  /** Removes an object or a permission that live has. */
  readonly destructive: boolean;
  /** Ends escalation or exposure: skips the waits. */
  readonly endsExposure: boolean;
  readonly due: Due;
  readonly delta: Rows;
  readonly origin: Origin | null;
  /**
   * Of a switch: the boundary of the new role, unless it is proved to limit no more than that of the former role. Of a role
   * that is taken over in place: the boundary that it gets.
   */
  readonly limitedBy?: LimitingBoundary;
}

interface LimitingBoundary {
  readonly arn: string;
  /** Of its text, so that a change of the boundary after an approval needs another approval. */
  readonly digest: Digest;
}

/** The fields that identify an action in an approval: time, risk and wording are not part of it. */
export function actionDigest(action: Action): Digest {
  const { key, call, input, after } = action;
  const { approved } = WRITE_CALLS[call];
  return digestOf({
    key,
    call,
    input,
    after,
    ...limitFacts(action),
    ...(approved.replaced && replacedFacts(action)),
    ...(approved.permissions && permissionsOf(action)),
  });
}

/** Without a value that it replaces, the digest is that of earlier versions. */
function replacedFacts({ before }: Action): JsonObject {
  return before === null ? {} : { before };
}

/** Sets the role that a function runs on. */
export function isSwitch({ call }: Pick<Action, "call">): boolean {
  return call === "lambda:UpdateFunctionConfiguration";
}

/** The boundary limits what the delta does not show, so that an operator approves its text. */
function limitFacts({ limitedBy }: Action): JsonObject {
  return limitedBy === undefined ? {} : { limitedBy: { ...limitedBy } };
}

/**
 * The new role alone does not show what a switch does, nor the name of a policy what is lost with it: both are what an
 * operator approves.
 */
function permissionsOf({ delta }: Action): JsonObject {
  const { allowed, noLongerAllowed, unknownEffect } = delta;
  const [gained, lost] = [allowed, noLongerAllowed].map((rows) => rows.map(permissionFacts));
  return {
    ...(allowed.length > 0 && { gained }),
    ...(noLongerAllowed.length > 0 && { lost }),
    ...(unknownEffect.length > 0 && { unknown: unknownEffect.map(({ kind }) => kind) }),
  } as JsonObject;
}

/** Without the file that declares it, and what this version makes of it. */
function permissionFacts({ effect, action, resource, condition, otherCondition, limit }: DeltaRow): unknown {
  return { effect, action, resource, condition, otherCondition, limit: limit?.kind ?? null };
}
