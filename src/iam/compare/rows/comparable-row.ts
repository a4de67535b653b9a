import type { PermissionRow } from "../../../model/delta.ts";
import { EVERYTHING, type Scope } from "../../match/scope.ts";

/** The role of a row: a Deny is the same everywhere; an Allow of a boundary is a limit, not a grant. */
export type RowRole = "grant" | "limit" | "deny" | "opaque";

/** One permission row with its scope, in one spelling for each meaning. An opaque row equals only itself. */
export interface ComparableRow extends Scope {
  readonly role: RowRole;
  readonly permission: PermissionRow;
  /** Equal for rows of the same meaning but for their conditions. */
  readonly shape: string;
  /** Equal for rows of the same meaning. */
  readonly key: string;
}

/** The limit of a role without a boundary. */
export const NO_BOUNDARY: ComparableRow = {
  role: "limit",
  permission: {
    effect: "Allow",
    principal: null,
    action: { kind: "any" },
    resource: { kind: "any" },
    condition: { kind: "none" },
    from: { kind: "boundary" },
    sid: null,
    origin: null,
    certainty: "possible",
    risk: "escalation",
  },
  principals: null,
  actions: EVERYTHING,
  resources: EVERYTHING,
  conditions: [],
  isTrust: false,
  shape: "no boundary",
  key: "no boundary",
};
