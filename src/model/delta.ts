import { distinctMembers } from "./values/lists.ts";
import type { ConditionTest } from "./aws/policy-document.ts";
import type { Origin } from "./values/origin.ts";

/** The use of a permission to an attacker; `none` for ordinary ones. */
export type RowRisk = "none" | "escalation" | "credential" | "exfiltration" | "exposure" | "tamper";

/** The actions, resources or principals of a row, as the document spells them. `*` and `?` in a name are wildcards. */
export type NameSet =
  | { readonly kind: "any" }
  | { readonly kind: "one"; readonly name: string }
  /** Sorted. `all-but`: NotAction, NotResource or NotPrincipal. */
  | { readonly kind: "any-of" | "all-but"; readonly names: readonly string[] }
  /** A trust policy has no resource. */
  | { readonly kind: "none" }
  /** The statement is not understood. */
  | { readonly kind: "unknown" };

export type RowCondition =
  | { readonly kind: "none" }
  /** All of them must hold. */
  | { readonly kind: "tests"; readonly tests: readonly ConditionTest[] }
  /** The text of what is not understood, and the Effect that it states, if any. */
  | { readonly kind: "unknown"; readonly text: string; readonly effect: "Allow" | "Deny" | null };

/** The document that contains a statement, by its place in the role or at the resource. */
export type ContainingDocument =
  | { readonly kind: "inline"; readonly name: string }
  /** A managed policy that is attached. */
  | { readonly kind: "managed"; readonly arn: string }
  | { readonly kind: "boundary" }
  | { readonly kind: "trust" }
  /** The policy of a resource, or a document that is compared alone, such as a file. */
  | { readonly kind: "other"; readonly name: string };

/** The one inline policy of a role that Grantkeeper writes. */
export const OWN_INLINE = { kind: "inline", name: "grantkeeper" } as const satisfies ContainingDocument;

export function isOwnInline(document: ContainingDocument): boolean {
  return document.kind === "inline" && document.name === OWN_INLINE.name;
}

/**
 * One permission: an exact row of effect, action, resource and condition, as in the document. The record and the API have
 * its names and its condition as texts (`RecordedRow`).
 */
export interface PermissionRow<Names = NameSet, Condition = RowCondition, Document = ContainingDocument> {
  readonly effect: "Allow" | "Deny";
  /** `*` or a principal, for trust and resource policies; null in identity policies. */
  readonly principal: Names | null;
  readonly action: Names;
  readonly resource: Names;
  /** As text: canonical JSON of the condition block; "" if there is none. */
  readonly condition: Condition;
  readonly from: Document;
  readonly sid: string | null;
  readonly origin: Origin | null;
  readonly certainty: "proved" | "possible";
  readonly risk: RowRisk;
}

export type RecordedRow = PermissionRow<string, string, string>;

/** One permission that was added or removed. */
export interface DeltaRow<
  Names = NameSet,
  Condition = RowCondition,
  Document = ContainingDocument,
> extends PermissionRow<Names, Condition, Document> {
  /** The condition of the same permission on the other side; null if the other side does not have it. */
  readonly otherCondition: Condition | null;
  /** The Deny or the boundary's row whose removal (or addition) makes the difference; null if the permission itself did. */
  readonly limit: {
    readonly kind: "denial" | "boundary";
    readonly from: Document;
    readonly sid: string | null;
  } | null;
  /** Other permissions of its verb are allowed on the other side by exact actions of a grant; missing: the verb changes. */
  readonly isPart?: true;
}

/** A change whose effect on permissions is unknown. */
export type UnknownEffect<Names = NameSet, Condition = RowCondition, Document = ContainingDocument> =
  | {
      readonly kind: "role-tag";
      readonly tag: string;
      /** A row whose condition or resource reads the tag. */
      readonly row: PermissionRow<Names, Condition, Document>;
    }
  /** There are too many rows to compare: some of them may be on both sides. */
  | { readonly kind: "comparison-limit" };

/** The meaning of `comparison-limit`, for people. */
export const COMPARISON_LIMIT =
  "the policies are too large to compare in full: some of these permissions may be unchanged";

/** Sorted. A row that the other side covers, or another row of the same list, is in neither list. */
export interface Delta<Names = NameSet, Condition = RowCondition, Document = ContainingDocument> {
  readonly allowed: readonly DeltaRow<Names, Condition, Document>[];
  readonly noLongerAllowed: readonly DeltaRow<Names, Condition, Document>[];
  readonly unknownEffect: readonly UnknownEffect<Names, Condition, Document>[];
}

/** A delta as the record and the API have it. */
export type RecordedDelta = Delta<string, string, string>;
export type RecordedDeltaRow = DeltaRow<string, string, string>;

export const NO_DELTA = { allowed: [], noLongerAllowed: [], unknownEffect: [] } as const satisfies Delta;

/**
 * The statements behind a delta, as screens sign them: a Deny that keeps something from being allowed was added, and one
 * that no longer does was removed.
 */
export function statementChanges<Row extends { readonly effect?: unknown }>({
  allowed,
  noLongerAllowed,
}: {
  readonly allowed: readonly Row[];
  readonly noLongerAllowed: readonly Row[];
}): { readonly added: readonly Row[]; readonly removed: readonly Row[] } {
  const isDeny = ({ effect }: Row): boolean => effect === "Deny";
  const isAllow = (row: Row): boolean => !isDeny(row);
  return {
    added: [...allowed.filter(isAllow), ...noLongerAllowed.filter(isDeny)],
    removed: [...noLongerAllowed.filter(isAllow), ...allowed.filter(isDeny)],
  };
}

/** The change in the other direction. */
export function turnedDelta({ allowed, noLongerAllowed, unknownEffect }: Delta): Delta {
  return { allowed: noLongerAllowed, noLongerAllowed: allowed, unknownEffect };
}

/** All rows, in the order of the deltas. */
export function joinedDelta(deltas: readonly Delta[]): Delta {
  return {
    allowed: deltas.flatMap(({ allowed }) => allowed),
    noLongerAllowed: deltas.flatMap(({ noLongerAllowed }) => noLongerAllowed),
    unknownEffect: deltas.flatMap(({ unknownEffect }) => unknownEffect),
  };
}

/** The rows of both, each once, in the order of the first. */
export function unitedDelta(a: Delta, b: Delta): Delta {
  const { allowed, noLongerAllowed, unknownEffect } = joinedDelta([a, b]);
  return {
    allowed: distinctMembers(allowed),
    noLongerAllowed: distinctMembers(noLongerAllowed),
    unknownEffect: distinctMembers(unknownEffect),
  };
}

/** The changes one after the other: a permission that one grants and a later one revokes is in neither list. */
export function netDelta(deltas: readonly Delta[]): Delta {
  return deltas.reduce<Delta>((first, second) => {
    const without = (rows: readonly DeltaRow[], undone: readonly DeltaRow[]): readonly DeltaRow[] => {
      const keys = new Set(undone.map(permissionKey));
      return rows.filter((row) => !keys.has(permissionKey(row)));
    };
    return {
      allowed: [
        ...without(first.allowed, second.noLongerAllowed),
        ...without(second.allowed, first.noLongerAllowed),
      ],
      noLongerAllowed: [
        ...without(first.noLongerAllowed, second.allowed),
        ...without(second.noLongerAllowed, first.allowed),
      ],
      unknownEffect: [...first.unknownEffect, ...second.unknownEffect],
    };
  }, NO_DELTA);
}

/** Equal for the same permission, whichever document contains it. */
function permissionKey({ effect, principal, action, resource, condition }: PermissionRow): string {
  return JSON.stringify([effect, principal, JSON.stringify(action).toLowerCase(), resource, condition]);
}
