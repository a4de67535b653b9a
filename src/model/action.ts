import type { Delta, DeltaRow } from "./delta.ts";
import { digestOf, type Digest } from "./values/digest.ts";
import type { DriftCause } from "./drift.ts";
import type { JsonObject } from "./values/json.ts";
import type { Key } from "./keys/key.ts";
import type { Origin } from "./values/origin.ts";

/** The write calls that Grantkeeper knows; `aws/apply` is a table over them. */
export type WriteCall =
  | "iam:CreateRole"
  | "iam:UpdateRole"
  | "iam:UpdateAssumeRolePolicy"
  | "iam:PutRolePolicy"
  | "iam:DeleteRolePolicy"
  | "iam:AttachRolePolicy"
  | "iam:DetachRolePolicy"
  | "iam:PutRolePermissionsBoundary"
  | "iam:TagRole"
  | "iam:UntagRole"
  | "iam:DeleteRole"
  | "iam:CreatePolicy"
  | "iam:CreatePolicyVersion"
  | "iam:SetDefaultPolicyVersion"
  | "iam:DeletePolicyVersion"
  | "iam:DeletePolicy"
  | "iam:TagPolicy"
  | "iam:UntagPolicy"
  | "lambda:AddPermission"
  | "lambda:RemovePermission"
  | "lambda:UpdateFunctionConfiguration";

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
  return digestOf({
    key,
    call,
    input,
    after,
    ...limitFacts(action),
    ...(REPLACING.has(call) && replacedFacts(action)),
    ...(SHOWN_BY_DELTA.has(call) && permissionsOf(action)),
  });
}

/**
 * Calls that remove or replace a document, or the name of one. Their input does not show it: what it allows or denies is what
 * an operator approves, and others can replace it afterwards.
 */
const REPLACING: ReadonlySet<WriteCall> = new Set([
  "iam:UpdateAssumeRolePolicy",
  "iam:PutRolePolicy",
  "iam:DeleteRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:SetDefaultPolicyVersion",
  "lambda:RemovePermission",
  "lambda:UpdateFunctionConfiguration",
]);

/** Calls whose effect is in documents that the call itself does not name. */
const SHOWN_BY_DELTA: ReadonlySet<WriteCall> = new Set([
  "iam:DetachRolePolicy",
  "lambda:UpdateFunctionConfiguration",
]);

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
