import type { Origin } from "./origin.ts";

/** What a permission is good for to an attacker; `none` for the ordinary ones. */
export type RowRisk = "none" | "escalation" | "credential" | "exfiltration" | "exposure" | "tamper";

/** One permission: an exact row of effect, action, resource and condition, as written. */
export interface PermissionRow {
  readonly effect: "Allow" | "Deny";
  /** `*` or who, for trust and resource policies; null in identity policies. */
  readonly principal: string | null;
  readonly action: string;
  readonly resource: string;
  /** Canonical JSON of the condition block; "" when there is none. */
  readonly condition: string;
  /** Which document it stands in: `inline grantkeeper`, an attached policy's ARN, `boundary`, `trust` … */
  readonly from: string;
  readonly sid: string | null;
  readonly origin: Origin | null;
  readonly certainty: "proved" | "possible";
  readonly risk: RowRisk;
}

/** One permission that came or went. */
export interface DeltaRow extends PermissionRow {
  /** The condition under which the same permission stands on the other side; null where it does not stand there at all. */
  readonly otherCondition: string | null;
  /** The Deny or the boundary's row whose going (or coming) makes the difference; null when the permission itself did. */
  readonly limit: {
    readonly kind: "denial" | "boundary";
    readonly from: string;
    readonly sid: string | null;
  } | null;
}

/** Something that changed, and what it does to permissions can't be told. */
export type UnknownEffect =
  | {
      readonly kind: "role-tag";
      readonly tag: string;
      /** A row whose condition or resource reads the tag. */
      readonly row: PermissionRow;
    }
  /** There is too much to compare: some of the rows may be on both sides. */
  | { readonly kind: "comparison-limit" };

/** What `comparison-limit` means, for people. */
export const COMPARISON_LIMIT =
  "the policies are too large to compare in full: some of these permissions may be unchanged";

/** Sorted; a row that the other side covers, or another row of the same list, stands in neither. */
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

/** What stands in either, each once, in the order of the first. */
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
