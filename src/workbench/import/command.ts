import { planImport, type ImportPlan } from "../../adopt/manifests/plan-import.ts";
import { CliError, unreadableFile } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addLocalOptions, repeated, type LocalOptions } from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { show } from "../../cli/screen/print.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import { accountNamed } from "../project/account.ts";
import { findingsOffline, offlineFacts } from "../project/findings.ts";
import { compileContext, loadDirectory, projectSettings } from "../project/project.ts";
import { loadEstates } from "./saved/estate-file.ts";
import { namespaceRules } from "./namespace-rules.ts";
import { savedPlaces, type ReadPlaces } from "./places.ts";
import { readEstates } from "./read-estates.ts";
import { importReport, QUOTA_RULE, rulesThatRefuse, type FindingsByKey } from "./report.ts";
import { reportLine } from "./report-line.ts";
import { reportLines } from "./report-screen.ts";
import { placeFiles, placePlan, writeFiles } from "./write-files.ts";
import { readFile } from "node:fs/promises";
import { joinedStates, terraformState, type TerraformState } from "../../adopt/deployer/terraform-state.ts";
import { parsedJson } from "../../text/json-values.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import { UNWAIVABLE_RULES } from "../../model/rules/guard-rules.ts";
import { flowText } from "../../text/yaml/flow-text.ts";
import { dayOf } from "../../model/values/duration.ts";

interface ImportOptions extends LocalOptions {
  readonly dir: string;
  readonly out?: string;
  readonly from?: string;
  readonly save?: string;
  readonly resume?: string;
  readonly namespace?: string;
  readonly namespaceRules?: string;
  readonly terraformState?: readonly string[];
}

export const importCommand: CliCommand<ImportOptions> = {
  name: "import",
  summary: "write manifests for functions that exist in AWS",
  description:
    "Reads the functions of accounts with their roles, policies and callers, and writes a manifest for each function that has none. It makes no writing call to AWS. Every manifest begins with mode: observe, keeps the permissions as they are, and is compiled and compared with AWS before it is written: the report shows what is proved equal and each difference. A function of which a part cannot be read gets no manifest. No file is overwritten, so that import can be repeated. A region or an account that cannot be read is reported with the reason, and stops no other. --save keeps each region that was read completely, --resume continues a read that was interrupted or incomplete, and --from imports without AWS. Exit code 3 if something was not read.",
  examples: [
    ["grantkeeper import prod --namespace orders --config grantkeeper.yaml", "all functions of an account"],
    [
      "grantkeeper import staging prod --namespace-rules rules.yaml --save all.json",
      "two accounts: one manifest where both are alike",
    ],
    [
      "grantkeeper import staging prod --namespace-rules rules.yaml --resume all.json",
      "after an interruption",
    ],
    [
      "grantkeeper import prod --from all.json --namespace orders --out ./prod",
      "import again from the saved file, into another folder",
    ],
  ],
  define: (command) => {
    addLocalOptions(command.argument("<account...>", "names or ids of accounts that the manifests declare"))
      .option("--dir <folder>", "the folder with platform/ and teams/", ".")
      .option("--out <folder>", "where to write the files (default: the folder of --dir)")
      .option("--from <file>", "what --save wrote, instead of AWS")
      .option("--save <file>", "save each region that was read")
      .option(
        "--resume <file>",
        "read only the regions that the file of --save has not read within the last 24 hours, and add them",
      )
      .option("--namespace <name>", "the namespace of all functions")
      .option("--namespace-rules <file>", "rules for the namespaces, the first that matches counts")
      .addOption(
        repeated(
          "--terraform-state <file>",
          "a state with functions, from terraform show -json or terraform state pull; only addresses and ARNs are read; may be repeated",
        ),
      );
  },
  run: async ({ args: names, options, toolbox }) => {
    const rules = await namespaceRules(options);
    const terraform = await readTerraformStates(options.terraformState ?? []);
    const settings = await projectSettings(options, toolbox);
    const project = await loadDirectory(options.dir, settings, toolbox);
    const accounts = names.map((name) => accountNamed(project, name));
    const read = await placesFor(accounts, options, toolbox);
    const context = compileContext(project.snapshot, settings, toolbox);
    const planned = planImport({ ...read, rules, terraform, files: project.files, context });
    const folder = options.out ?? options.dir;
    const findings = findingsOffline(planned.compilation, await offlineFacts(planned.compilation, toolbox));
    const placed = await placePlan(folder, planned);
    const files = [...placed.files, ...(await placeFiles(folder, draftWaivers(placed.plan, findings)))];
    const report = importReport(read, placed.plan, { findings, files });
    const lines = reportLines(report, { folder, repository: options.dir, config: options.config ?? null });
    await writeFiles(folder, files);
    await show(
      { value: report, lines: ({ width }) => lines.flatMap((line) => reportLine(line, width)) },
      options.output,
      toolbox,
    );
    const isComplete = report.functions.every(({ outcome }) => outcome !== "unknown");
    return isComplete && read.unread.length === 0 ? 0 : 3;
  },
};

/** @throws CliError if the options exclude each other */
async function placesFor(
  accounts: readonly DesiredAccount[],
  options: ImportOptions,
  toolbox: Toolbox,
): Promise<ReadPlaces> {
  const given = (["from", "save", "resume"] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1)
    throw new CliError(
      `${given.map((name) => `--${name}`).join(" and ")} exclude each other`,
      "--save begins a file, --resume continues one, --from reads nothing else",
    );
  if (options.from === undefined) return readEstates(accounts, options, toolbox);
  return savedPlaces(accounts, await loadEstates(options.from), options.from);
}

const FIX = "terraform show -json > FILE, or terraform state pull > FILE";

/** Errors name the file alone, since its content has secrets. @throws CliError */
async function readTerraformStates(files: readonly string[]): Promise<TerraformState> {
  return joinedStates(await Promise.all(files.map(readState)));
}

async function readState(file: string): Promise<TerraformState> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw unreadableFile(file, cause, FIX);
  });
  const state = terraformState(parsedJson(text));
  if (state === undefined) throw new CliError(`${file} is not a Terraform state`, FIX);
  return state;
}

/** Outside of the folders of manifests: a draft has no effect until an owner moves it to the platform's folder. */
const PATH = "drafts/waivers.yaml";
const HEADER =
  "# Drafts: each Waiver lets a function keep a permission that a rule refuses. Replace OWNER, and move them to the platform's folder.";

/** A Waiver of 90 days for each rule that refuses a function's present permissions; no file if there are none. */
function draftWaivers(
  { functions }: ImportPlan,
  findings: FindingsByKey,
): readonly { readonly path: string; readonly text: string }[] {
  const waivers = functions.flatMap(({ estate, outcome }) => {
    if (outcome.kind !== "written") return [];
    const until = dayOf(estate.observedAtMs + 90 * 86_400_000);
    const binding = bindingName(outcome.key, estate.account.name);
    return rulesThatRefuse(outcome.key, findings)
      .filter((rule) => !UNWAIVABLE_RULES.has(rule) && rule !== QUOTA_RULE)
      .map((rule) => waiverText(rule, binding, `${until}T00:00:00Z`));
  });
  return waivers.length === 0 ? [] : [{ path: PATH, text: [HEADER, ...waivers].join("\n---\n") }];
}

function bindingName(key: Key, account: string): string {
  const { namespace, name, ...place } = keyParts(key);
  return `${namespace}/${name}@${account}/${"region" in place ? place.region : ""}`;
}

function waiverText(rule: string, binding: string, until: string): string {
  const name = `import-${rule}-${binding.replaceAll(/[/@]/g, "-")}`.toLowerCase();
  return [
    "apiVersion: grantkeeper.dev/v1alpha1",
    "kind: Waiver",
    `metadata: ${flowText({ name })}`,
    "spec:",
    `  rule: ${rule}`,
    `  binding: ${flowText(binding)}`,
    '  reason: "imported: the function had this permission before"',
    "  owner: OWNER",
    `  until: ${until}`,
  ].join("\n");
}
