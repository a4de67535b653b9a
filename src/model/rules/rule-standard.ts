import { canonicalText } from "../values/digest.ts";
import type { DesiredProfile, RuleSeverity } from "./guardrail-profile.ts";

/** What decides whether a rule refuses: the profiles of the platform, and the defaults of this version. */
export interface RuleStandard {
  /** By id of a rule; `ESC-*` for the family. */
  readonly defaults: Readonly<Record<string, RuleSeverity>>;
  /** With the content of their built-in bases, which another version may have changed. */
  readonly profiles: readonly DesiredProfile[];
}

/** Whether both judge alike. Where a profile is declared does not matter. */
export function isSameStandard(a: RuleStandard, b: RuleStandard): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ defaults, profiles }: RuleStandard): string {
  const contents = profiles.map((profile) => ({
    agent: profile.agent,
    maxUntilMs: profile.maxUntilMs,
    name: profile.name,
    newAccessApproval: profile.newAccessApproval && { ...profile.newAccessApproval },
    requiredAnnotations: profile.requiredAnnotations,
    rules: profile.rules,
    selector: { ...profile.selector },
    unwaivable: profile.unwaivable,
  })) satisfies readonly Omit<DesiredProfile, "origin">[];
  return canonicalText({ defaults, profiles: contents });
}
