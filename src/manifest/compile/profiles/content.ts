import { originOfKey } from "../../../text/located/located.ts";
import { warningAt, type Diagnostic } from "../../../model/diagnostic.ts";
import { BUILT_IN_PROFILES } from "../../../model/rules/built-in-profiles.ts";
import {
  byStrictness,
  type ProfileContent,
  type RuleSeverity,
} from "../../../model/rules/guardrail-profile.ts";
import { isUnwaivableIn, namedSeverity } from "../../../model/rules/rule-settings.ts";
import { sortedSet } from "../../../text/order.ts";
import { durationMs } from "../../fields/field.ts";
import { allowedGrants } from "../teams/teams.ts";
import type { GuardrailProfile } from "../../parse/parsed.ts";

interface CompiledContent {
  readonly content: ProfileContent;
  readonly diagnostics: readonly Diagnostic[];
}

/** The content of a profile together with the content of its base: of both, the stricter. */
export function profileContent(manifest: GuardrailProfile): CompiledContent {
  const { base: named = "baseline", rules = {}, ...spec } = manifest.spec;
  const base: ProfileContent = BUILT_IN_PROFILES[named];
  const merged = { ...base.rules };
  const diagnostics: Diagnostic[] = [];
  for (const [rule, severity] of Object.entries(rules)) {
    const required = requiredBy(base, rule);
    if (required === null || byStrictness(severity, required) <= 0) merged[rule] = severity;
    else {
      const message = `the base ${named} has ${required} for ${rule}, so that ${severity} has no effect`;
      const fix = `remove the line, or leave base: ${named} out`;
      const origin = originOfKey(manifest, ["spec", "rules", rule]);
      diagnostics.push(warningAt(origin, "laxer-than-base", { message, fix }));
    }
  }
  const ownMs = spec.maxUntil === undefined ? null : (durationMs(spec.maxUntil, "hd") ?? null);
  const agent = base.agent || spec.agent === true;
  const content = {
    agent,
    rules: merged,
    unwaivable: sortedSet([...base.unwaivable, ...(spec.unwaivable ?? [])]),
    maxUntilMs: shorter(base.maxUntilMs, ownMs),
    newAccessApproval:
      approvalOf(spec.approval) ?? (agent ? BUILT_IN_PROFILES.agents.newAccessApproval : null),
    requiredAnnotations: sortedSet([...base.requiredAnnotations, ...(spec.requiredAnnotations ?? [])]),
  };
  return { content, diagnostics };
}

function approvalOf(approval: GuardrailProfile["spec"]["approval"]): ProfileContent["newAccessApproval"] {
  if (approval === undefined) return null;
  return { group: approval.group ?? null, preapproved: allowedGrants(approval.preapproved) ?? {} };
}

/** A base that excludes waivers of a rule refuses what it finds: every such rule of the built-in profiles blocks by default. */
function requiredBy(base: ProfileContent, rule: string): RuleSeverity | null {
  return namedSeverity(base, rule) ?? (isUnwaivableIn(base, rule) ? "block" : null);
}

function shorter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
