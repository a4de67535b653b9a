import { judgeDesiredSteps } from "../../guard/judge-desired.ts";
import type { GuardContext } from "../../guard/context/context.ts";
import type { LiveBreach } from "../../model/answers/live-rules.ts";
import type { Finding } from "../../model/finding.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Steps } from "../../model/values/steps.ts";
import { managedText } from "../../diff/documents/permissions.ts";
import { isBinding } from "../../model/desired.ts";
import { byKey } from "../../text/order.ts";
import type { StateInAws } from "./state-in-aws.ts";

/** They judge what a manifest claims and how it is written. AWS itself keeps to its quotas (SIZ-001). */
const OF_MANIFESTS: ReadonlySet<string> = new Set([
  "AI-001",
  "EXP-100",
  "OWN-001",
  "SIZ-001",
  "TEN-001",
  "TEN-002",
  "TEN-003",
  "TEN-005",
]);

/**
 * The rules that the states break, without what the declared state breaks by the same statement at least as severely. A
 * waiver lifts a rule for what Git declares, so that it lifts nothing here.
 */
export function* breachesInAws(
  states: readonly StateInAws[],
  declared: readonly Finding[],
  context: GuardContext,
): Steps<readonly LiveBreach[]> {
  const known = new Set(declared.flatMap(coveredBy));
  const found: LiveFinding[] = [];
  for (const state of states) {
    const findings = yield* judgeDesiredSteps(state.state, { ...context, trust: state.trust });
    const isUnread = unreadPolicies(state, context);
    for (const finding of findings)
      if (!OF_MANIFESTS.has(finding.rule) && !known.has(nameOf(finding)) && !isUnread(finding))
        found.push({ ...finding, why: whyOf(finding, state) });
    yield;
  }
  const byRule = Map.groupBy(found, ({ rule }) => familyOf(rule));
  return [...byRule].sort(byKey).flatMap(([rule, members]) => breachOf(rule, members));
}

/** A wide policy opens a hundred escalation paths together. They are one breach, whose first path is its reason. */
function familyOf(rule: string): string {
  return rule.startsWith("ESC-") ? "ESC-*" : rule;
}

type LiveFinding = Pick<Finding, "rule" | "severity" | "why">;

/** A declared warning does not cover a breach that nothing limits any more, as under another boundary. */
function coveredBy(finding: Finding): readonly string[] {
  const own = nameOf(finding);
  return finding.severity === "block" ? [own, nameOf({ ...finding, severity: "warn" })] : [own];
}

function nameOf({ rule, severity, evidence }: Pick<Finding, "rule" | "severity" | "evidence">): string {
  return JSON.stringify([rule, severity, evidence]);
}

/** ACT-001 refuses a declared policy whose document was not read. Of one that Git does not declare nothing is known. */
function unreadPolicies({ state }: StateInAws, { live }: GuardContext): (finding: Finding) => boolean {
  if (!isBinding(state) || live === null) return () => false;
  const unread = state.role.attachments.filter(({ arn }) => managedText(arn, live) === undefined);
  const evidence = new Set(unread.map(({ arn }) => canonicalText({ PolicyArn: arn })));
  return (finding) => finding.rule === "ACT-001" && evidence.has(finding.evidence);
}

function whyOf({ why }: Finding, { otherRole }: StateInAws): string {
  return otherRole === null ? why : `${why} (role ${otherRole}, on which the function runs)`;
}

function breachOf(rule: string, members: readonly LiveFinding[]): readonly LiveBreach[] {
  const worst = members.find(({ severity }) => severity === "block") ?? members[0];
  if (worst === undefined) return [];
  const { severity, why } = worst;
  return [{ rule, severity, why, findings: members.length }];
}
