import type { DesiredPolicy } from "../../model/desired.ts";
import type { Steps } from "../../model/values/steps.ts";
import type { GuardContext } from "../context.ts";
import type { JudgedRole } from "../effective-role.ts";
import { waiverState } from "../waive.ts";
import type { RoleBreach } from "./escalation.ts";
import type { Breach, Rule } from "./rule.ts";

type JudgeRole = (binding: JudgedRole, context: GuardContext) => readonly RoleBreach[];

/**
 * A rule for the whole role. A ManagedPolicy is judged in the roles that attach it as well, since it is written before
 * them: a breach that its document contributes to is its breach too, unless a waiver lifts it for that binding. A policy
 * that no role attaches is judged in a role that attaches nothing else.
 */
export function judgedOverRole(judge: JudgeRole): Pick<Rule, "judgeBinding" | "judgePolicyInRoles"> {
  return {
    judgeBinding: (binding, context) => judge(binding, context).map(({ breach }) => breach),
    judgePolicyInRoles: (policy, context) => breachesInRoles(policy, judge, context),
  };
}

function* breachesInRoles(
  policy: DesiredPolicy,
  judge: JudgeRole,
  context: GuardContext,
): Steps<readonly Breach[]> {
  if (policy.use === "boundary") return [];
  const users = context.index.usersByPolicy.get(policy.key) ?? [];
  if (users.length === 0) return breachesAlone(policy, judge, context);
  const breaches: Breach[] = [];
  for (const binding of users) {
    for (const breach of breachesOf(policy, judge(binding, context))) {
      if (waiverState(breach.rule, binding.key, context).kind === "lifted") continue;
      breaches.push({ ...breach, why: `${breach.why} (attached to ${binding.key})` });
    }
    yield;
  }
  return breaches;
}

function breachesOf({ arn }: DesiredPolicy, inRole: ReturnType<JudgeRole>): readonly Breach[] {
  return inRole.filter(({ from }) => from.includes(arn)).map(({ breach }) => breach);
}

/** In a role that has the account's default boundary and only this policy. */
function breachesAlone(policy: DesiredPolicy, judge: JudgeRole, context: GuardContext): readonly Breach[] {
  const { key, arn, origin, partition, accountId } = policy;
  const { desired, account } = context;
  const role: JudgedRole = {
    partition,
    accountId,
    functionArn: null,
    role: {
      inline: { statements: [] },
      attachments: [{ arn, policy: key, origin }],
      boundary: account.boundary === null ? null : { arn: account.boundary, origin: account.origin },
      origin,
    },
  };
  if (desired.policies.has(key)) return breachesOf(policy, judge(role, context));
  const policies = new Map([...desired.policies, [key, policy] as const]);
  return breachesOf(policy, judge(role, { ...context, desired: { ...desired, policies } }));
}
