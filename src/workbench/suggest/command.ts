import type { ActionUse } from "../../adopt/evidence/action-use.ts";
import { suggest, type SuggestedManifest, type Suggestions } from "../../adopt/suggest/suggest.ts";
import { Option } from "commander";
import { connect } from "../../cli/client/connect.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addLocalOptions, type LocalOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { accountNamed } from "../project/account.ts";
import {
  compileContext,
  loadDirectory,
  projectSettings,
  type Project,
  requestFor,
  type ProjectSettings,
} from "../project/project.ts";
import { evidenceOfController } from "./controller-evidence.ts";
import {
  readEvidence,
  type AccountFunctions,
  type EvidenceOptions,
  type ReadEvidence,
} from "./read-evidence.ts";
import { unusedMetrics, writeMetrics } from "./metrics.ts";
import { evidenceText, suggestionReport, suggestedName, unreadCount, type ReportedBranch } from "./report.ts";
import { suggestionLines } from "./screen.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { counted } from "../../text/phrases.ts";
import { sortedSet, byKey } from "../../text/order.ts";

interface SuggestOptions extends LocalOptions, EvidenceOptions {
  readonly dir: string;
  readonly all?: true;
  /** true: the address from the environment or from the operator's file. */
  readonly server?: string | true;
  readonly branch?: string;
  readonly metrics?: string;
}

export const suggestCommand: CliCommand<SuggestOptions> = {
  name: "suggest",
  summary: "suggest smaller manifests by evidence of use",
  description:
    "Shows for each permission of a manifest when its use was last seen, and suggests the manifest without those that were not seen. --last-accessed reads IAM's reports of the roles that the functions run on; --server lets the running controller read them, so that no access to AWS is needed; --cloudtrail reads files as CloudTrail delivers them to S3. Evidence of use is a hint, never a proof: each permission has its window, a confidence and the reason. Nothing that is unknown counts as unused: an event that CloudTrail does not record there, a day without files, a denied call, a service that IAM does not report. A smaller manifest is suggested only if it is proved to be within the present one, for all of its functions. Also lists the nearest grants of statements. --branch commits the suggestions with strong or moderate evidence to a new branch, one commit for each namespace; the checked-out files stay as they are, and nothing is pushed. Exit code 3 if something was not read.",
  examples: [
    ["grantkeeper suggest orders/orders-api --last-accessed", "one function, by IAM's reports"],
    [
      "grantkeeper suggest orders/orders-api --server --branch smaller",
      "one function, by the reports that the controller reads, as a branch",
    ],
    [
      "grantkeeper suggest --all --cloudtrail ./trail --branch smaller",
      "all, by files of CloudTrail, as a branch",
    ],
    ["grantkeeper suggest --all", "the nearest grants of statements, without AWS"],
  ],
  define: (command) => {
    addLocalOptions(command.argument("[manifest...]", "NAMESPACE/NAME"))
      .option("--dir <folder>", "the folder with platform/ and teams/", ".")
      .option("--all", "every manifest")
      .option("--last-accessed", "read what the roles last accessed, from IAM")
      .option("--cloudtrail <folder>", "read *.json and *.json.gz of CloudTrail, in all folders below")
      .addOption(
        new Option(
          "--server [url]",
          "let the running controller read what the roles last accessed: this address, else GRANTKEEPER_SERVER or the operator's file",
        ).conflicts(["lastAccessed", "cloudtrail"]),
      )
      .option("--branch <name>", "commit the suggestions to a new branch of the repository of --dir")
      .option(
        "--metrics <file>",
        "write the number of unused permissions for the textfile collector of Prometheus",
      );
  },
  run: async ({ args: names, options, toolbox }) => {
    const settings = await projectSettings(options, toolbox);
    const project = await loadDirectory(options.dir, settings, toolbox);
    const isSelected = selection(names, options, project);
    const evidence = await evidenceFor(functionsOf(project, isSelected), options, toolbox);
    const texts = new Map(
      project.snapshot.files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]),
    );
    const { files, compilation } = project;
    const context = compileContext(project.snapshot, settings, toolbox);
    const { evidenceOf, sources } = evidence;
    const found = suggest({ files, texts, compilation, context, isSelected, evidenceOf, sources });
    const { branch: name, dir: root } = options;
    const branch =
      name === undefined ? null : await commitSuggestions(found, { name, root, settings, texts }, toolbox);
    const report = suggestionReport(found, evidence, branch);
    if (options.metrics !== undefined)
      await writeMetrics(options.metrics, unusedMetrics(report, toolbox.clock.nowMs()));
    await show(
      { value: report, lines: (layout) => suggestionLines(report, layout) },
      options.output,
      toolbox,
    );
    return unreadCount(report) === 0 ? 0 : 3;
  },
};

async function evidenceFor(
  functions: readonly AccountFunctions[],
  { server, ...options }: SuggestOptions,
  toolbox: Toolbox,
): Promise<ReadEvidence> {
  if (server === undefined) return readEvidence(functions, options, toolbox);
  const client = await connect(typeof server === "string" ? { ...options, server } : options, toolbox);
  return evidenceOfController(functions, client, toolbox);
}

/** @throws CliError if a name is of no valid manifest, or none is given */
function selection(
  names: readonly string[],
  { all }: SuggestOptions,
  { compilation }: Project,
): (binding: DesiredBinding) => boolean {
  if ((all === true) === names.length > 0)
    throw new CliError("name manifests, or all with --all", "grantkeeper suggest NAMESPACE/NAME");
  const known = new Set([...compilation.desired.bindings.values()].map(ownerOf));
  const missing = names.find((name) => !known.has(name));
  if (missing !== undefined)
    throw new CliError(`no valid manifest is named "${missing}"`, "grantkeeper validate lists problems", {
      code: "NotFound",
    });
  return (binding) => all === true || names.includes(ownerOf(binding));
}

function ownerOf({ namespace, name }: DesiredBinding): string {
  return `${namespace}/${name}`;
}

/** Of the selected manifests, by account. */
function functionsOf(
  project: Project,
  isSelected: (binding: DesiredBinding) => boolean,
): readonly AccountFunctions[] {
  const selected = [...project.compilation.desired.bindings.values()].filter(isSelected);
  const byAccount = Map.groupBy(selected, ({ accountId }) => accountId);
  return [...byAccount]
    .sort(byKey)
    .map(([id, bindings]) => ({ account: accountNamed(project, id), bindings }));
}

interface SuggestionBranch {
  readonly name: string;
  /** The folder of the manifests. */
  readonly root: string;
  readonly settings: ProjectSettings;
  /** By path: what the files contain now. */
  readonly texts: ReadonlyMap<string, string>;
}

/** One commit for each namespace, with the evidence in its message; null if nothing is suggested. */
async function commitSuggestions(
  suggestions: Suggestions,
  { name, root, settings, texts }: SuggestionBranch,
  toolbox: Toolbox,
): Promise<ReportedBranch | null> {
  const smaller = suggestions.manifests.filter(({ outcome }) => outcome.kind === "smaller");
  const namespaces = sortedSet(smaller.map(namespaceOf));
  if (namespaces.length === 0) return null;
  const commits = namespaces.map((namespace) => {
    const own = smaller.filter((one) => namespaceOf(one) === namespace);
    const paths = new Set(own.map(({ document }) => document.file));
    const files = suggestions.files
      .filter(({ path }) => paths.has(path))
      .map(({ path, text }) => ({ path, before: texts.get(path) ?? "", text }));
    return { namespace, files, message: messageOf(namespace, own) };
  });
  const request = { ...requestFor(root, settings), name, atMs: toolbox.clock.nowMs(), commits };
  const ids = await toolbox.createBranch(request, toolbox.signal);
  return {
    name,
    commits: commits.map(({ namespace, files }, at) => ({
      namespace,
      id: ids[at] ?? "",
      files: files.map(({ path }) => path),
    })),
  };
}

/** Each removed permission was not seen. */
function evidencePart(use: ActionUse): string {
  return use.kind === "not-seen" ? `${evidenceText(use)}: ` : "";
}

function namespaceOf({ bindings }: SuggestedManifest): string {
  return bindings[0]?.namespace ?? "";
}

function messageOf(namespace: string, manifests: readonly SuggestedManifest[]): string {
  const removed = manifests.map((one) => ({
    name: suggestedName(one.bindings),
    permissions: one.permissions.filter(({ advice }) => advice === "remove"),
  }));
  const count = removed.reduce((sum, { permissions }) => sum + permissions.length, 0);
  const lines = removed.flatMap(({ name, permissions }) => [
    `${name}:`,
    ...permissions.map(({ label, use }) => `- ${label}: ${evidencePart(use)}${use.because}`),
    "",
  ]);
  return [
    `${namespace}: remove ${counted(count, "permission")} without a seen use`,
    "",
    "Evidence of use is a hint, not a proof: jobs that run less often than the",
    "window are not in it. The owner of each function decides.",
    "",
    ...lines,
  ].join("\n");
}
