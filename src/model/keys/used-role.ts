import type { Delta } from "../delta.ts";

/** A permission that Lambda itself needs in the function's role. */
export interface MissingNeed {
  readonly what: string;
  /** The line to write in the manifest. */
  readonly hint: string;
}

/** What the function's roles would grant in addition, and no longer, if it ran on the declared role. */
export interface RoleDifference {
  readonly permissions: Delta;
  readonly trust: Delta;
}

/** The declared role, compared with another role that the function runs on: all documents together, within their boundaries. */
export type UsedRole =
  /** Both grant the same and trust the same, which is proved. */
  | { readonly kind: "equal"; readonly arn: string; readonly roleId: string }
  | { readonly kind: "different"; readonly arn: string; readonly difference: RoleDifference }
  /** A part of one of them was not read. */
  | { readonly kind: "unknown"; readonly arn: string; readonly reason: string };
