import type { AccountWorstCase } from "../../model/answers/worst-case.ts";
import type { OwnSetup } from "../../model/aws/own-roles.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import type { LocalOptions } from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { printNote, show } from "../../cli/screen/print.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { acceptedDesired } from "../project/accepted.ts";
import { accountNamed, withAccount } from "../project/account.ts";
import { counted } from "../../text/phrases.ts";
import { loadDirectory, noteOffline, projectSettings, type Project } from "../project/project.ts";
import { declaredWorstCase, installedWorstCase } from "./worst-case.ts";
import { worstCaseLines } from "./worst-case-screen.ts";

export interface WorstCaseOptions extends LocalOptions {
  readonly worstCase?: true;
  /** Its installed policies instead of the declared ones. */
  readonly account?: string;
  readonly dir: string;
}

/** @returns 3 if a verdict is unknown */
export async function showWorstCase(options: WorstCaseOptions, toolbox: Toolbox): Promise<ExitCode> {
  const settings = await projectSettings(options, toolbox);
  const project = await loadDirectory(options.dir, settings, toolbox);
  await noteErrors(project, toolbox);
  const instance = settings.instance ?? "offline";
  const setup = { instance, settings: settings.ownRoles, lookupEvents: settings.lookupEvents };
  const accounts =
    options.account === undefined
      ? await declared(project, setup, toolbox)
      : [
          await installed(
            accountNamed(project.compilation.desired, options.account),
            { project, setup, options },
            toolbox,
          ),
        ];
  if (options.account === undefined) await noteOffline(settings, toolbox);
  await show(
    { value: { accounts }, lines: ({ width }) => worstCaseLines(accounts, width) },
    options.output,
    toolbox,
  );
  const capabilities = accounts.flatMap(({ identities }) => identities.flatMap((one) => one.capabilities));
  return capabilities.some(({ verdict }) => verdict === "unknown") ? 3 : 0;
}

async function declared(
  project: Project,
  setup: OwnSetup,
  toolbox: Toolbox,
): Promise<readonly AccountWorstCase[]> {
  const desired = await acceptedDesired(project, toolbox);
  const documents = await toolbox.ownDocuments(desired, setup);
  return [...desired.accounts.values()].map((account) =>
    declaredWorstCase(account, setup.instance, documents),
  );
}

interface InstalledRequest {
  readonly project: Project;
  readonly setup: OwnSetup;
  readonly options: WorstCaseOptions;
}

async function installed(
  account: DesiredAccount,
  { project, setup, options }: InstalledRequest,
  toolbox: Toolbox,
): Promise<AccountWorstCase> {
  const { instance } = setup;
  const desired = withAccount(project.compilation.desired, account);
  const documents = await toolbox.ownDocuments(desired, setup);
  const aws = await (await requireInstallation(options, toolbox)).aws();
  const { signal } = toolbox;
  try {
    return await withProgress("reading AWS", toolbox, () =>
      installedWorstCase(account, { live: aws.live, instance, documents, signal }),
    );
  } finally {
    aws.close();
  }
}

/** What is not valid is not in the declared policies. */
async function noteErrors({ compilation }: Project, toolbox: Toolbox): Promise<void> {
  const errors = compilation.diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors > 0)
    await printNote(
      `${counted(errors, "error")} in the manifests: invalid documents are left out (grantkeeper validate)`,
      toolbox,
    );
}
