import { stat } from "node:fs/promises";
import { SourceError } from "../../controller/ports/source.ts";
import { AwsError, fixOfAwsError } from "../../model/aws/aws-error.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { shortRevision } from "../../model/values/revision.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { requireInstallation } from "../../cli/toolbox/installation.ts";
import { addLocalOptions } from "../../cli/toolbox/options.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { show } from "../../cli/screen/print.ts";
import { tenancyText } from "../../cli/screen/tenancy.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { settingsOf, projectOf, type Project } from "../project/project.ts";
import { doctorLines, type DoctorSection } from "../doctor/screen.ts";
import { showWorstCase, type WorstCaseOptions } from "../doctor/show-worst-case.ts";
import { counted } from "../../text/phrases.ts";
import type { Installation, Probe, Toolbox } from "../../cli/toolbox/toolbox.ts";

export const doctor: CliCommand<WorstCaseOptions> = {
  name: "doctor",
  summary: "check configuration, Git, credentials and permissions",
  description:
    "Checks the operator's file and the source. For every account in the manifests, checks that each identity can be assumed and has the permissions that Grantkeeper needs (docs/aws-permissions.md). A warning, such as a role without the statement Fence or whose trust policy allows no session tags, does not change the exit code. Writes nothing, in AWS or elsewhere. With --worst-case: what the holder of an identity's credentials could do at most, by the policies that the manifests of a checkout need, without AWS; with --account, by the policies that are installed there. An answer `cannot` is certain; `can only` may be too pessimistic. Exit code 3 if an answer is unknown.",
  examples: [
    ["grantkeeper doctor", "check the installation of ./grantkeeper.yaml"],
    ["grantkeeper doctor --worst-case", "the worst case of observer, writer and binder, offline"],
    ["grantkeeper doctor --worst-case --account prod", "by the policies in AWS"],
    ["grantkeeper doctor --config /etc/grantkeeper/grantkeeper.yaml -o json", "for programs"],
  ],
  define: (command) => {
    addLocalOptions(command)
      .option("--worst-case", "show what each identity could do at most, by its policies")
      .option("--account <name>", "with --worst-case: read the installed policies of this account")
      .option("--dir <folder>", "with --worst-case: the checkout", ".");
  },
  run: async ({ options, toolbox }) => {
    if (options.worstCase === true) return showWorstCase(options, toolbox);
    if (options.account !== undefined)
      throw new CliError("--account needs --worst-case", "add it, or leave --account out");
    const installation = await requireInstallation(options, toolbox);
    const sections = await withProgress("examining", toolbox, (showText) =>
      examine(installation, toolbox, showText),
    );
    await show(
      { value: { sections }, lines: ({ width }) => doctorLines(sections, width) },
      options.output,
      toolbox,
    );
    return sections.some(({ checks }) => checks.some(({ outcome }) => outcome === "failed")) ? 3 : 0;
  },
};

async function examine(
  installation: Installation,
  toolbox: Toolbox,
  showText: (text: string) => void,
): Promise<readonly DoctorSection[]> {
  const { config } = installation;
  const checks = [
    check(["operator", config.file], "passed", `instance ${config.instance}, mode ${config.mode}`),
    await stateDirCheck(config.stateDir),
  ];
  const here: DoctorSection = { title: "configuration", checks };
  showText("fetching the source");
  const source = await examineSource(installation, toolbox);
  if (source.project === null) return [here, source.section];
  const aws = await installation.aws();
  try {
    const accounts: DoctorSection[] = [];
    for (const account of source.project.compilation.desired.accounts.values()) {
      showText(`examining ${account.name}`);
      accounts.push({
        title: `account ${account.name} (${account.id})`,
        checks: await probes(aws.examine, account, toolbox),
      });
    }
    return [here, source.section, ...accounts];
  } finally {
    aws.close();
  }
}

async function probes(
  run: (account: DesiredAccount, signal: AbortSignal) => Promise<readonly Probe[]>,
  account: DesiredAccount,
  { signal }: Toolbox,
): Promise<readonly Probe[]> {
  try {
    return await run(account, signal);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return [
      check(
        ["base", error.facts.call],
        "failed",
        [error.message, fixOfAwsError(error)].filter((part) => part !== null).join("; "),
      ),
    ];
  }
}

async function stateDirCheck(stateDir: string): Promise<Probe> {
  try {
    const found = await stat(stateDir);
    if (!found.isDirectory()) return check(["operator", stateDir], "failed", "stateDir is no folder");
    const isOpen = (found.mode & 0o022) !== 0;
    return check(
      ["operator", stateDir],
      isOpen ? "failed" : "passed",
      isOpen ? `others may write to it: chmod go-w ${stateDir}` : "the state directory",
    );
  } catch {
    return check(["operator", stateDir], "not-checked", "does not exist yet: grantkeeper run creates it");
  }
}

async function examineSource(
  installation: Installation,
  toolbox: Toolbox,
): Promise<{ readonly section: DoctorSection; readonly project: Project | null }> {
  const title = `source ${installation.config.source.name}`;
  try {
    const source = await installation.source();
    const snapshot = await source.latest(toolbox.signal);
    const project = projectOf({ snapshot, skipped: [] }, settingsOf(installation.config), toolbox);
    const errors = project.compilation.diagnostics.filter(({ severity }) => severity === "error");
    const read = check(
      ["git", "read"],
      "passed",
      `${shortRevision(snapshot.revision)}, ${counted(project.documents, "document")}`,
    );
    const [first] = errors;
    const compiled =
      first === undefined
        ? check(["git", "compile"], "passed", counted(project.compilation.desired.bindings.size, "binding"))
        : check(
            ["git", "compile"],
            "failed",
            `${counted(errors.length, "error")}, the first: ${first.origin.file}:${first.origin.line}: ${first.message}`,
          );
    return { section: { title, checks: [read, compiled, tenancyCheck(project)] }, project };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return {
      section: { title, checks: [check(["git", "read"], "failed", `${error.message}; ${error.fix}`)] },
      project: null,
    };
  }
}

/** Open tenancy is a choice of the platform team, and no mistake. */
function tenancyCheck({ compilation }: Project): Probe {
  const { kind } = compilation.desired.tenancy;
  return check(["git", "tenancy"], kind === "unknown" ? "failed" : "passed", tenancyText(kind));
}

function check(
  [identity, what]: readonly [identity: string, what: string],
  outcome: Probe["outcome"],
  detail: string,
): Probe {
  return { identity, region: null, what, outcome, detail };
}
