import { nameInArn } from "../aws/arn.ts";
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

/** The comparison does not see what policies of other resources grant to a role. A boundary limits that too. */
export interface OutsideLimit {
  /** The ARN of the declared role's boundary, unless it is proved to limit no more than the boundary of the other role. */
  readonly limitedBy?: string;
}

/** The declared role, compared with another role that the function runs on: all documents together, within their boundaries. */
export type UsedRole =
  /** Both grant the same and trust the same, which is proved. */
  | ({ readonly kind: "equal"; readonly arn: string; readonly roleId: string } & OutsideLimit)
  | ({ readonly kind: "different"; readonly arn: string; readonly difference: RoleDifference } & OutsideLimit)
  /** A part of one of them was not read, or does not exist: then `fix` is what to do. */
  | { readonly kind: "unknown"; readonly arn: string; readonly reason: string; readonly fix?: string };

/** What no comparison of two roles shows, for everyone who relies on one. */
export function limitNote(boundary: string): string {
  return `boundary ${nameInArn(boundary)} also limits what policies of other resources grant to the role; these were not read`;
}
