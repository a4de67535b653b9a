import type { LiveState } from "../../controller/ports/live-state.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { OWN_IDENTITIES, type OwnSetup } from "../../model/aws/own-roles.ts";
import type { DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { OperatorConfig, Toolbox } from "../../cli/toolbox/toolbox.ts";
import { acceptedDesired, platformErrors } from "../project/accepted.ts";
import { withAccount } from "../project/account.ts";
import type { Project } from "../project/project.ts";
import { roleChecks } from "./compare-role.ts";
import { readInstalledRole } from "./installed-role.ts";

export interface OwnRoleInputs {
  readonly project: Project;
  readonly config: Pick<OperatorConfig, "instance" | "bootstrap" | "aws">;
  readonly live: LiveState;
}

/**
 * Grantkeeper's own roles in the account, compared with those that its manifests need. The observer reads them: why it could
 * not be assumed is shown once, at its own check.
 */
export async function ownRoleChecks(
  account: DesiredAccount,
  { calls, project, config, live }: OwnRoleInputs & { readonly calls: readonly Probe[] },
  toolbox: Toolbox,
): Promise<readonly Probe[]> {
  if (lacksObserver(calls)) return [notChecked("its roles", "needs the observer (failed above)")];
  if (platformErrors(project).length > 0)
    return [notChecked("its policies", "the platform's documents have errors (grantkeeper validate)")];
  const accepted = withAccount(await acceptedDesired(project, toolbox), account);
  const documents = await toolbox.ownDocuments(accepted, ownSetup(project, config));
  const { partition, id: accountId, name } = account;
  const isKnown = isBaseIn(partition, config);
  const checks: Probe[] = [];
  for (const identity of OWN_IDENTITIES) {
    const assumed = account[identity];
    if (assumed === null) continue;
    const installed = await readInstalledRole(account, assumed.roleArn, { live, signal: toolbox.signal });
    const expected = {
      identity,
      option: `--account ${name}`,
      policy: documents.policy(accountId, identity),
      trust: isKnown ? documents.trust(assumed) : null,
      at: { partition, accountId },
    };
    checks.push(...roleChecks(expected, installed));
  }
  return [...checks, notChecked("writes", "no write call was made")];
}

/** An observer that is assumed has passed this check; one that is not makes no call. */
function lacksObserver(calls: readonly Probe[]): boolean {
  const own = calls.filter(({ identity }) => identity === "observer");
  return own.length > 0 && own.every(({ outcome }) => outcome === "failed");
}

interface SetReader {
  readonly set: DesiredAccountSet;
  /** The account that the role is in; null: Grantkeeper does not observe it. */
  readonly observed: DesiredAccount | null;
}

/**
 * The reader of an account set, compared as the others are. It is in the management account of the organization, or in that
 * of a delegated administrator, where only an observer can read it.
 */
export async function readerChecks(
  { set, observed }: SetReader,
  { project, config, live }: OwnRoleInputs,
  toolbox: Toolbox,
): Promise<readonly Probe[]> {
  const { roleArn } = set.reader;
  const { partition, accountId } = arnParts(roleArn);
  const about = { identity: "reader", region: null, what: "its policies", outcome: "not-checked" } as const;
  if (platformErrors(project).length > 0)
    return [{ ...about, detail: "the platform's documents have errors (grantkeeper validate)" }];
  if (observed === null)
    return [
      { ...about, detail: `no observer can read the role: no AwsAccount declares account ${accountId}` },
    ];
  const documents = await toolbox.ownDocuments(project.compilation.desired, ownSetup(project, config));
  const isKnown = isBaseIn(partition, config);
  const expected = {
    identity: "reader" as const,
    option: "--organization",
    policy: documents.accountSet(set).reader,
    trust: isKnown ? documents.trust(set.reader) : null,
    at: { partition, accountId },
  };
  return roleChecks(expected, await readInstalledRole(observed, roleArn, { live, signal: toolbox.signal }));
}

function notChecked(what: string, detail: string): Probe {
  return { identity: "all", region: null, what, outcome: "not-checked", detail };
}

function ownSetup({ compilation }: Project, { instance, bootstrap, aws }: OwnRoleInputs["config"]): OwnSetup {
  const { references } = compilation;
  return { instance, settings: bootstrap, references, lookupEvents: aws.lookupEvents };
}

/** Only of a base role in the same partition is known whom the other roles trust. */
function isBaseIn(partition: string, { bootstrap }: OwnRoleInputs["config"]): boolean {
  return bootstrap !== null && arnParts(bootstrap.baseRole).partition === partition;
}
