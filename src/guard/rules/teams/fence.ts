import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import type { TeamFence } from "../../../model/rules/team.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { Json } from "../../../model/values/json.ts";
import { formatOrigin, type Origin } from "../../../model/values/origin.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Breach, Rule } from "../breach.ts";
import type { Remedy } from "../remedy.ts";

type FenceJudges = Pick<Rule, "judgeBinding" | "judgePolicy">;

/** What differs from a fence, at its place. */
export interface FenceBreach {
  readonly origin: Origin;
  readonly evidence: Json;
  /** As in a finding. */
  readonly part?: string;
  readonly why: string;
  readonly fix: string;
  readonly remedy?: Remedy;
}

/** A rule of the namespace's own fence; without one, TEN-001 alone decides. The platform has no fence. */
export function withinFence(
  rule: string,
  judge: {
    readonly binding: (
      binding: DesiredBinding,
      fence: TeamFence,
      context: GuardContext,
    ) => readonly FenceBreach[];
    readonly policy: (
      policy: DesiredPolicy,
      fence: TeamFence,
      context: GuardContext,
    ) => readonly FenceBreach[];
  },
): FenceJudges {
  return {
    judgeBinding: (binding, context) =>
      withFence(binding, context, (fence) => breachesOf(rule, judge.binding(binding, fence, context))),
    judgePolicy: (policy, context) =>
      withFence(policy, context, (fence) => breachesOf(rule, judge.policy(policy, fence, context))),
  };
}

function withFence(
  { namespace }: Pick<DesiredBinding, "namespace">,
  { desired }: GuardContext,
  judge: (fence: TeamFence) => readonly Breach[],
): readonly Breach[] {
  const team = desired.teams.get(namespace);
  return team?.kind === "fence" ? judge(team) : [];
}

export function breachesOf(rule: string, found: readonly FenceBreach[]): readonly Breach[] {
  return found.map(({ evidence, ...breach }) => ({
    rule,
    severity: "full" as const,
    evidence: canonicalText(evidence),
    ...breach,
  }));
}

/** `Team orders (platform/teams.yaml:3:1)`. */
export function teamText({ namespace, origin }: Pick<TeamFence, "namespace" | "origin">): string {
  return `Team ${namespace} (${formatOrigin(origin)})`;
}
