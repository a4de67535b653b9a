import { Option } from "commander";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import {
  addFolder,
  addReferences,
  addReportOptions,
  folderOf,
  type ReferencesOption,
  type ReportOptions,
} from "../../cli/toolbox/options.ts";
import { againstBase } from "../plan/against-base.ts";
import { againstLive } from "../plan/against-live.ts";
import { serviceSettings } from "../project/service-settings.ts";
import { mapTexts, namespaceOption, ownTexts, type ServiceOptions } from "../project/service.ts";
import { planExitCode, planLines, planValue, type PlanReport } from "../plan/report.ts";
import { planMarkdown, problemsOfPlan } from "../plan/pipeline.ts";
import { showReport } from "../reports/show-report.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { reflowed } from "../../text/screen-line.ts";

interface PlanOptions extends ReportOptions, ServiceOptions, ReferencesOption {
  readonly output: ReportOptions["output"];
  readonly dir?: string;
  readonly base?: string;
  readonly head?: string;
  /** The former name of --live-file. */
  readonly live?: string | true;
  readonly liveFile?: string;
  readonly saveLive?: string;
  readonly exitCode?: true;
}

export const plan: CliCommand<PlanOptions> = {
  name: "plan",
  summary: "show what would change: against a revision, live AWS or a saved state",
  description:
    "With --base, compares two states of Git without AWS: the working tree of DIR (default: the current folder), or --head, with the base. Otherwise compares the manifests of DIR (default: the source of the operator's file) with live AWS, read by the observers, or with a state that --save-live wrote. Writes nothing to AWS.",
  examples: [
    ["grantkeeper plan --base origin/main", "what this branch changes, without AWS"],
    ["grantkeeper plan --config grantkeeper.yaml", "the accepted branch against AWS"],
    [
      "grantkeeper plan . --config grantkeeper.yaml --save-live live.json",
      "this checkout against AWS, and save what was read",
    ],
    [
      "grantkeeper plan . --live-file live.json --exit-code",
      "again on the saved state; exit code 2 for differences",
    ],
    ["grantkeeper plan --base origin/main -o markdown", "a comment for the pull request"],
    [
      "grantkeeper plan --base main --platform ../platform --namespace orders",
      "in a service's repository: as the controller judges it",
    ],
  ],
  define: (command) => {
    addReferences(
      addFolder(addReportOptions(command.argument("[dir]", "a folder with platform/ and teams/"))),
    )
      .option("--base <revision>", "compare with this revision of the repository, offline")
      .option("--head <revision>", "with --base: this revision instead of the working tree")
      .option("--live-file <file>", "compare with a saved live state")
      .addOption(new Option("--live [file]").hideHelp())
      .option("--save-live <file>", "save the live state that was read")
      .option(
        "--platform <folder|url>",
        "with --base: DIR belongs to a service; read the platform's manifests from here",
      )
      .option("--namespace <name>", "with --platform: the namespace of the manifests in DIR")
      .option("--platform-token-file <file>", "with --platform URL: a token that may read the repository")
      .option("--platform-ssh-key <file>", "with --platform ssh://…: the private key")
      .option("--platform-known-hosts <file>", "with --platform ssh://…: the host keys (known_hosts)")
      .option("--exit-code", "exit with 2 if there are differences");
  },
  run: async ({ args: [dir], options, toolbox }) => {
    const report = await reportFor(folderOf(dir, options.dir), options, toolbox);
    const own = report.service === null ? (text: string) => text : ownTexts(report.service);
    const answer = {
      value: mapTexts(planValue(report), own),
      lines: () => reflowed(planLines(report), (text) => [own(text)]),
      report: () => problemsOfPlan(report),
      markdown: () => own(planMarkdown(report)),
    };
    await showReport(answer, options.output, toolbox);
    return planExitCode(report, options.exitCode === true);
  },
};

function reportFor(dir: string | undefined, options: PlanOptions, toolbox: Toolbox): Promise<PlanReport> {
  const { base, head, live, liveFile, saveLive } = options;
  if (live !== undefined) {
    const file = live === true ? "FILE" : live;
    throw new CliError("--live FILE is now --live-file FILE", `grantkeeper plan --live-file ${file}`);
  }
  if (base === undefined && head !== undefined) throw new CliError("--head belongs to --base", null);
  if (base === undefined && namespaceOption(options) !== null)
    throw new CliError("--platform is offline: it needs --base", "grantkeeper plan --base origin/main …");
  if (base === undefined) return againstLive(dir, options, toolbox);
  if (liveFile === undefined && saveLive === undefined)
    return offlinePlan(dir ?? ".", { ...options, base }, toolbox);
  throw new CliError("--base is offline: it takes neither --live-file nor --save-live", null);
}

async function offlinePlan(
  dir: string,
  options: PlanOptions & { readonly base: string },
  toolbox: Toolbox,
): Promise<PlanReport> {
  const settings = await serviceSettings(dir, options, toolbox);
  const names = { base: options.base, head: options.head, settings };
  const { report } = await againstBase(dir, names, toolbox);
  return report;
}
