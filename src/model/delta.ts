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

/** Sorted; a row of the same meaning on both sides stands in neither list. */
export interface Delta {
  readonly allowed: readonly PermissionRow[];
  readonly noLongerAllowed: readonly PermissionRow[];
}

export const NO_DELTA: Delta = { allowed: [], noLongerAllowed: [] };
