import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import type { GuardRule } from "../../model/guard-rules.ts";
import type { Origin } from "../../model/origin.ts";
import type { Steps } from "../../model/steps.ts";
import type { GuardContext } from "../context.ts";

/** One place where a rule is broken. */
export interface Breach {
  /** The rule's id; of a family (`ESC-*`) the id of the member. */
  readonly rule: string;
  /** `full`: as severe as the rule; `warn` where it is broken in a way that something else contains. */
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
  /** Not judged offline. */
  readonly needsLive: boolean;
  readonly judgeBinding: ((binding: DesiredBinding, context: GuardContext) => readonly Breach[]) | null;
  readonly judgePolicy: ((policy: DesiredPolicy, context: GuardContext) => readonly Breach[]) | null;
  /** Of a ManagedPolicy in each role that attaches it, with a pause after each: there may be thousands. */
  readonly judgePolicyInRoles:
    ((policy: DesiredPolicy, context: GuardContext) => Steps<readonly Breach[]>) | null;
}
