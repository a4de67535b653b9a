import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import type { GuardRule } from "../../model/rules/guard-rules.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { GuardContext } from "../context.ts";

/** One place that breaks a rule. */
export interface Breach {
  /** The rule's id; of a family (`ESC-*`) the id of the member. */
  readonly rule: string;
  /** `full`: as severe as the rule; `warn` if something else limits the breach. */
  readonly severity: "full" | "warn";
  readonly origin: Origin | null;
  /** Canonical JSON. */
  readonly evidence: string;
  readonly why: string;
  readonly fix: string;
}

export interface Rule {
  /** The members of the family have ids of their own: `ESC-PassRole`. */
  readonly id: GuardRule | "ESC-*";
  readonly severity: Finding["severity"];
  /** Skipped offline. */
  readonly needsLive: boolean;
  readonly judgeBinding: ((binding: DesiredBinding, context: GuardContext) => readonly Breach[]) | null;
  readonly judgePolicy: ((policy: DesiredPolicy, context: GuardContext) => readonly Breach[]) | null;
  /** For a ManagedPolicy in each role that attaches it, with a pause after each: there may be thousands. */
  readonly judgePolicyInRoles:
    ((policy: DesiredPolicy, context: GuardContext) => Steps<readonly Breach[]>) | null;
}
