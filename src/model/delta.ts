import type { Origin } from "./values/origin.ts";

/** The use of a permission to an attacker; `none` for ordinary ones. */
export type RowRisk = "none" | "escalation" | "credential" | "exfiltration" | "exposure" | "tamper";

/** One permission: an exact row of effect, action, resource and condition, as in the document. */
export interface PermissionRow {
  readonly effect: "Allow" | "Deny";
  /** `*` or a principal, for trust and resource policies; null in identity policies. */
  readonly principal: string | null;
  readonly action: string;
  readonly resource: string;
  /** Canonical JSON of the condition block; "" if there is none. */
  readonly condition: string;
  /** The document that contains it: `inline grantkeeper`, an attached policy's ARN, `boundary`, `trust` … */
  readonly from: string;
  readonly sid: string | null;
  readonly origin: Origin | null;
  readonly certainty: "proved" | "possible";
  readonly risk: RowRisk;
}

/** One permission that was added or removed. */
export interface DeltaRow extends PermissionRow {
  /** The condition of the same permission on the other side; null if the other side does not have it. */
  readonly otherCondition: string | null;
  /** The Deny or the boundary's row whose removal (or addition) makes the difference; null if the permission itself did. */
  readonly limit: {
    readonly kind: "denial" | "boundary";
    readonly from: string;
    readonly sid: string | null;
  } | null;
}

/** A change whose effect on permissions is unknown. */
export type UnknownEffect =
  | {
      readonly kind: "role-tag";
      readonly tag: string;
      /** A row whose condition or resource reads the tag. */
      readonly row: PermissionRow;
    }
  /** There are too many rows to compare: some of them may be on both sides. */
  | { readonly kind: "comparison-limit" };

/** The meaning of `comparison-limit`, for people. */
export const COMPARISON_LIMIT =
  "the policies are too large to compare in full: some of these permissions may be unchanged";

/** Sorted. A row that the other side covers, or another row of the same list, is in neither list. */
export interface Delta {
  readonly allowed: readonly DeltaRow[];
  readonly noLongerAllowed: readonly DeltaRow[];
  readonly unknownEffect: readonly UnknownEffect[];
}

export const NO_DELTA: Delta = { allowed: [], noLongerAllowed: [], unknownEffect: [] };

/** The change in the other direction. */
export function turnedDelta({ allowed, noLongerAllowed, unknownEffect }: Delta): Delta {
  return { allowed: noLongerAllowed, noLongerAllowed: allowed, unknownEffect };
}

/** The rows of both, each once, in the order of the first. */
export function unitedDelta(a: Delta, b: Delta): Delta {
  return {
    allowed: united(a.allowed, b.allowed),
    noLongerAllowed: united(a.noLongerAllowed, b.noLongerAllowed),
    unknownEffect: united(a.unknownEffect, b.unknownEffect),
  };
}

function united<Member>(a: readonly Member[], b: readonly Member[]): readonly Member[] {
  const byText = new Map([...a, ...b].map((member) => [JSON.stringify(member), member]));
  return [...byText.values()];
}
