import type { DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import type { Steps } from "../model/values/steps.ts";
import { type GuardContext, RoleView, type JudgedRole } from "./context/context.ts";
import type { Breach, RoleBreach, Rule } from "./rules/breach.ts";
import { RULES } from "./table.ts";
import { waiverState } from "./waive.ts";

export interface RuleBreach {
  readonly rule: Rule;
  readonly breach: Breach;
}

const ROLE_RULES = RULES.filter(({ judgeRole }) => judgeRole !== null);

/** The breaches of every rule about a complete role, whose rows are computed once. */
export function breachesOfRole(binding: DesiredBinding, context: GuardContext): readonly RuleBreach[] {
  return judgeRole(binding, context);
}

/**
 * A ManagedPolicy is judged in the roles that attach it as well, since it is written before them: a breach that its
 * document contributes to is its breach too, unless a waiver lifts it for that binding. A policy that no role attaches is
 * judged in a role that attaches nothing else. There may be thousands of roles, so there is a pause after each.
 */
export function* breachesInRoles(policy: DesiredPolicy, context: GuardContext): Steps<readonly RuleBreach[]> {
  if (policy.use === "boundary") return [];
  const users = context.index.usersByPolicy.get(policy.key) ?? [];
  if (users.length === 0) return breachesAlone(policy, context);
  const breaches: RuleBreach[] = [];
  for (const binding of users) {
    for (const { rule, breach } of breachesOf(policy, judgeRole(binding, context))) {
      if (waiverState(breach.rule, binding.key, context).kind === "lifted") continue;
      breaches.push({ rule, breach: { ...breach, why: `${breach.why} (attached to ${binding.key})` } });
    }
    yield;
  }
  return breaches;
}

function judgeRole(binding: JudgedRole, context: GuardContext): readonly (RuleBreach & RoleBreach)[] {
  const view = new RoleView(binding, context);
  const breaches: (RuleBreach & RoleBreach)[] = [];
  for (const rule of ROLE_RULES)
    for (const found of rule.judgeRole?.(view, context) ?? []) breaches.push({ rule, ...found });
  return breaches;
}

function breachesOf({ arn }: DesiredPolicy, inRole: ReturnType<typeof judgeRole>): readonly RuleBreach[] {
  return inRole.filter(({ from }) => from.includes(arn));
}

/** In a role that has the account's default boundary and only this policy. */
function breachesAlone(policy: DesiredPolicy, context: GuardContext): readonly RuleBreach[] {
  const { key, arn, origin, namespace, partition, accountId } = policy;
  const { desired, account } = context;
  const role: JudgedRole = {
    namespace,
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
  if (desired.policies.has(key)) return breachesOf(policy, judgeRole(role, context));
  const policies = new Map([...desired.policies, [key, policy] as const]);
  return breachesOf(policy, judgeRole(role, { ...context, desired: { ...desired, policies } }));
}
