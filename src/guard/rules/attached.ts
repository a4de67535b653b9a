import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { GuardContext } from "../context.ts";
import { usersOf } from "../effective-role.ts";
import { waiverState } from "../waive.ts";
import type { RoleBreach } from "./escalation.ts";
import type { Breach, Rule } from "./rule.ts";

type JudgeRole = (binding: DesiredBinding, context: GuardContext) => readonly RoleBreach[];

/**
 * A rule of the whole role. A ManagedPolicy answers for the roles that attach it as well, since it is written before
 * them: what its document takes part in is its breach too, unless a waiver lifts it for that binding.
 */
export function judgedOverRole(judge: JudgeRole): Pick<Rule, "judgeBinding" | "judgePolicy"> {
  return {
    judgeBinding: (binding, context) => judge(binding, context).map(({ breach }) => breach),
    judgePolicy: (policy, context) =>
      usersOf(policy, context).flatMap((binding) => breachesOfUser(policy, binding, judge, context)),
  };
}

function breachesOfUser(
  policy: DesiredPolicy,
  binding: DesiredBinding,
  judge: JudgeRole,
  context: GuardContext,
): readonly Breach[] {
  return judge(binding, context)
    .filter(({ breach, from }) => {
      const { kind } = waiverState(breach.rule, binding.key, context);
      return from.includes(policy.arn) && kind !== "lifted";
    })
    .map(({ breach }) => ({ ...breach, why: `${breach.why} (attached to ${binding.key})` }));
}
