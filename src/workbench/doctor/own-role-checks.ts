import type { LiveState } from "../../controller/ports/live-state.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { OWN_IDENTITIES } from "../../model/aws/own-roles.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { OperatorConfig, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { acceptedDesired } from "../project/accepted.ts";
import { withAccount } from "../project/account.ts";
import { platformErrors } from "../project/platform-errors.ts";
import type { Project } from "../project/project.ts";
import { roleChecks } from "./compare-role.ts";
import { readInstalledRole } from "./installed-role.ts";

interface Installed {
  readonly project: Project;
  readonly config: Pick<OperatorConfig, "instance" | "bootstrap">;
  readonly live: LiveState;
}

/** Grantkeeper's own roles in the account, compared with those that its manifests need. */
export async function ownRoleChecks(
  account: DesiredAccount,
  { project, config: { instance, bootstrap: settings }, live }: Installed,
  toolbox: Toolbox,
): Promise<readonly Probe[]> {
  if (platformErrors(project).length > 0)
    return [notChecked("its policies", "the platform's documents have errors (grantkeeper validate)")];
  const accepted = withAccount(await acceptedDesired(project, toolbox), account);
  const documents = await toolbox.ownDocuments(accepted, { instance, settings });
  const { partition, id: accountId, name } = account;
  const isKnown = settings !== null && arnParts(settings.baseRole).partition === partition;
  const checks: Probe[] = [];
  for (const identity of OWN_IDENTITIES) {
    const assumed = account[identity];
    if (assumed === null) continue;
    const installed = await readInstalledRole(account, assumed.roleArn, { live, signal: toolbox.signal });
    const expected = {
      identity,
      account: name,
      policy: documents.policy(accountId, identity),
      trust: isKnown ? documents.trust(assumed) : null,
      at: { partition, accountId },
    };
    checks.push(...roleChecks(expected, installed));
  }
  return [...checks, notChecked("writes", "no write call was made")];
}

function notChecked(what: string, detail: string): Probe {
  return { identity: "all", region: null, what, outcome: "not-checked", detail };
}
