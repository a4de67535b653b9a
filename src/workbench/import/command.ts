import type { Estate } from "../../adopt/estate/estate.ts";
import { planImport } from "../../adopt/manifests/plan-import.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addLocalOptions, type LocalOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { accountNamed } from "../project/account.ts";
import { findingsOffline, offlineFacts } from "../project/findings.ts";
import { compileContext, loadDirectory, projectSettings } from "../project/project.ts";
import { loadEstates, saveEstates } from "./estate-file.ts";
import { namespaceRules } from "./namespace-rules.ts";
import { readEstates } from "./read-estates.ts";
import { importReport } from "./report.ts";
import { draftWaivers } from "./draft-waivers.ts";
import { reportLines } from "./report-screen.ts";
import { writeManifests } from "./write-files.ts";

interface ImportOptions extends LocalOptions {
  readonly dir: string;
  readonly out?: string;
  readonly from?: string;
  readonly save?: string;
  readonly namespace?: string;
  readonly namespaceRules?: string;
}

export const importCommand: CliCommand<ImportOptions> = {
  name: "import",
  summary: "write manifests for functions that exist in AWS",
  description:
    "Reads the functions of accounts with their roles, policies and callers, and writes a manifest for each function that has none. It makes no writing call to AWS. Every manifest begins with mode: observe, keeps the permissions as they are, and is compiled and compared with AWS before it is written: the report shows what is proved equal and each difference. A function of which a part cannot be read gets no manifest. No file is overwritten, so that import can be repeated. --save keeps what was read, and --from imports from it without AWS. Exit code 3 if a part of a function was not read.",
  examples: [
    ["grantkeeper import prod --namespace orders --config grantkeeper.yaml", "all functions of an account"],
    [
      "grantkeeper import staging prod --namespace-rules rules.yaml --save all.json",
      "two accounts: one manifest where both are alike",
    ],
    [
      "grantkeeper import prod --from all.json --namespace orders --out ./prod",
      "again from what was read, into another folder",
    ],
  ],
  define: (command) => {
    addLocalOptions(command.argument("<account...>", "names or ids of accounts that the manifests declare"))
      .option("--dir <folder>", "the folder with platform/ and teams/", ".")
      .option("--out <folder>", "where to write the files (default: the folder of --dir)")
      .option("--from <file>", "what --save wrote, instead of AWS")
      .option("--save <file>", "save what was read")
      .option("--namespace <name>", "the namespace of all functions")
      .option("--namespace-rules <file>", "rules for the namespaces, the first that matches counts");
  },
  run: async ({ args: names, options, toolbox }) => {
    const rules = await namespaceRules(options);
    const settings = await projectSettings(options, toolbox);
    const project = await loadDirectory(options.dir, settings, toolbox);
    const accounts = names.map((name) => accountNamed(project.compilation.desired, name));
    const estates =
      options.from === undefined
        ? await readEstates(accounts, options, toolbox)
        : savedFor(accounts, await loadEstates(options.from), options.from);
    if (options.save !== undefined) await saveEstates(options.save, estates);
    const context = compileContext(project.snapshot, settings, toolbox);
    const planned = planImport({ estates, rules, files: project.files, context });
    const folder = options.out ?? options.dir;
    const findings = findingsOffline(planned.compilation, await offlineFacts(planned.compilation, toolbox));
    const files = [...planned.files, ...draftWaivers(planned, findings)];
    const report = importReport(planned, findings, await writeManifests(folder, files));
    await show({ value: report, lines: () => reportLines(report, folder) }, options.output, toolbox);
    return report.functions.some(({ outcome }) => outcome === "unknown") ? 3 : 0;
  },
};

/** With the names that the manifests give the accounts now. */
function savedFor(
  accounts: readonly DesiredAccount[],
  saved: readonly Estate[],
  file: string,
): readonly Estate[] {
  return accounts.flatMap(({ id, name }) => {
    const own = saved.filter(({ account }) => account.id === id);
    if (own.length === 0)
      throw new CliError(`${file} has nothing of account ${name}`, "read it from AWS, with --save");
    return own.map((estate) => ({ ...estate, account: { ...estate.account, name } }));
  });
}
