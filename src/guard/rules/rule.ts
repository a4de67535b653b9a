import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import type { GuardRule } from "../../model/rules/guard-rules.ts";
import type { GuardContext } from "../context/context.ts";
import type { RoleView } from "../context/effective-role.ts";

/** One place that breaks a rule. */
export interface Breach extends Pick<Finding, "rule" | "origin" | "evidence" | "why" | "fix"> {
  /** `full`: as severe as the rule; `warn` if something else limits the breach. */
  readonly severity: "full" | "warn";
}

export interface Rule {
  /** The members of the family have ids of their own: `ESC-PassRole`. */
  readonly id: GuardRule | "ESC-*";
  readonly severity: Finding["severity"];
  /** Skipped offline. */
  readonly needsLive: boolean;
  /** Which breaches it finds depends on profiles or on the authors of a change. */
  readonly readsProfiles: boolean;
  readonly judgeBinding: ((binding: DesiredBinding, context: GuardContext) => readonly Breach[]) | null;
  readonly judgePolicy: ((policy: DesiredPolicy, context: GuardContext) => readonly Breach[]) | null;
  /** For all documents of a role together: of a binding, and of each role that attaches a ManagedPolicy. */
  readonly judgeRole: ((view: RoleView, context: GuardContext) => readonly RoleBreach[]) | null;
}

/** A breach of the entire role, with the documents that cause it. */
export interface RoleBreach {
  readonly breach: Breach;
  /** `inline grantkeeper` and ARNs of attached policies. */
  readonly from: readonly string[];
}
