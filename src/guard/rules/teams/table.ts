import { ownLogGroup } from "../../../model/aws/log-group.ts";
import type { CompiledStatement, DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import type { TeamFence } from "../../../model/rules/team.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Rule, Breach } from "../breach.ts";
import { accountOfBinding, accountOfPolicy, claimsOfBinding } from "./claims.ts";
import { withinFence, type FenceBreach, breachesOf } from "./fence.ts";
import { boundaryNotAllowed, callersNotAllowed, grantsNotAllowed } from "./permissions.ts";
import { foreignResources } from "./resources.ts";
import { PLATFORM } from "../../../model/aws/ids.ts";
import { tenancyRefusal } from "../../../model/rules/tenancy-refusal.ts";

const BLOCK = { severity: "block", needsLive: false, readsProfiles: false, judgeRole: null } as const;

type JudgeStatements = (
  statements: readonly CompiledStatement[],
  fence: TeamFence,
  context: GuardContext,
) => readonly FenceBreach[];

/** The team's own policies. Those of the platform that it attaches are the platform's decision. */
function onStatements(judge: JudgeStatements) {
  return {
    binding: ({ role }: DesiredBinding, fence: TeamFence, context: GuardContext) =>
      judge(role.inline.statements, fence, context),
    policy: ({ document }: DesiredPolicy, fence: TeamFence, context: GuardContext) =>
      judge(document.statements, fence, context),
  };
}

const none = (): readonly FenceBreach[] => [];
const grants = onStatements(grantsNotAllowed);
const resources = onStatements(foreignResources);

/** The default log group is as foreign as the function, which TEN-003 judges. */
function withoutOwnLogs({ role, functionName, logGroup }: DesiredBinding): readonly CompiledStatement[] {
  if (logGroup !== ownLogGroup(functionName)) return role.inline.statements;
  return role.inline.statements.filter(({ source }) => source.kind !== "implicit");
}

/** The rules of Teams: no waiver lifts them, since a Team is where the platform team decides. */
export const TEAM_RULES: readonly Rule[] = [
  { ...BLOCK, id: "TEN-001", judgeBinding: outsideTenancy, judgePolicy: outsideTenancy },
  {
    ...BLOCK,
    id: "TEN-002",
    ...withinFence("TEN-002", { binding: accountOfBinding, policy: accountOfPolicy }),
  },
  { ...BLOCK, id: "TEN-003", ...withinFence("TEN-003", { binding: claimsOfBinding, policy: none }) },
  {
    ...BLOCK,
    id: "TEN-004",
    ...withinFence("TEN-004", {
      binding: (binding, fence, context) => foreignResources(withoutOwnLogs(binding), fence, context),
      policy: resources.policy,
    }),
  },
  {
    ...BLOCK,
    id: "TEN-005",
    ...withinFence("TEN-005", {
      binding: (binding, fence, context) => [
        ...grants.binding(binding, fence, context),
        ...callersNotAllowed(binding, fence),
      ],
      policy: grants.policy,
    }),
  },
  { ...BLOCK, id: "TEN-006", ...withinFence("TEN-006", { binding: boundaryNotAllowed, policy: none }) },
];

/**
 * TEN-001: a namespace without a Team, while there are Teams. Offline nothing is applied: if it is unknown whether there
 * are Teams, the file that hides them is the error, and not every manifest.
 */
function outsideTenancy(
  { namespace, origin }: DesiredBinding | DesiredPolicy,
  { desired, live }: GuardContext,
): readonly Breach[] {
  if (namespace === PLATFORM || (live === null && desired.tenancy.kind === "unknown")) return [];
  const refusal = tenancyRefusal(namespace, desired);
  if (refusal === null) return [];
  return breachesOf("TEN-001", [{ origin, evidence: { namespace }, ...refusal }]);
}
