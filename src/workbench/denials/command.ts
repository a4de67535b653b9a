import { Option } from "commander";
import type { ApiClient } from "../../cli/client/client.ts";
import { noteAskedRollbacks } from "../../cli/screen/rollbacks.ts";
import { connect } from "../../cli/client/connect.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addLocalOptions, addNamespace, type LocalOptions } from "../../cli/toolbox/options.ts";
import { matching } from "../../cli/toolbox/target.ts";
import { matchingDeclared } from "../project/declared-target.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { withProgress } from "../../cli/screen/progress.ts";
import { show } from "../../cli/screen/print.ts";
import type { FunctionDenials } from "../../model/denials/denied-request.ts";
import { type Key, keyParts, type NamedKey } from "../../model/keys/key.ts";
import { loadDirectory, projectSettings } from "../project/project.ts";
import { commitLines } from "./branch.ts";
import { answersOfController, deniedByController } from "./controller.ts";
import { FolderAnswers, type MergeOptions } from "./folder-answers.ts";
import { reportedFunction, type DenialsReport } from "./report.ts";
import { denialsLines } from "./screen.ts";
import { readTrail, type TrailReport } from "./trail.ts";

interface DenialsOptions extends LocalOptions, MergeOptions {
  readonly dir: string;
  readonly trail?: string;
  /** true: the address from the environment or from the operator's file. */
  readonly server?: string | true;
  readonly branch?: string;
  readonly namespace?: string;
}

export const denialsCommand: CliCommand<DenialsOptions> = {
  name: "denials",
  summary: "show the denied calls of functions, and the lines that would allow them",
  description:
    "Groups the calls that AWS denied by function and request. For each: how often and since when, what denied it, the lines of the manifest that would allow it, what they newly allow with its risk, and whether a rule refuses them. The lines are compiled and evaluated before they are shown, and nothing is applied. --trail reads a file of CloudTrail, or *.json and *.json.gz in all folders below, and needs neither AWS nor a controller. --server asks the running controller, which keeps the denied calls that its queue of change events delivered in the last 7 days. Calls count only if the function made them on its declared role: nothing is suggested for other callers. --branch commits the suggested lines to a new branch, one commit for each namespace; lines that a rule refuses or that have a risk are left out unless asked for. A suggestion counts as a risk if it returns credentials, reads data that `review` lists, or deletes or changes access, even for an exact name. It also counts if the resource belongs to another namespace, or if the lines affect a target where the call was not denied. The checked-out files stay as they are, and nothing is pushed. Exit code 3 if something was not read.",
  examples: [
    ["grantkeeper denials --trail ./trail", "all functions, by files of CloudTrail"],
    ["grantkeeper denials orders/orders-api --server", "one function, by the running controller"],
    ["grantkeeper denials --trail ./trail --branch allow-denied", "the suggested lines as a branch"],
  ],
  define: (command) => {
    addNamespace(
      addLocalOptions(command.argument("[target]", "NAMESPACE/NAME@ACCOUNT/REGION, or a shorter form")),
    )
      .option("--dir <folder>", "the folder with platform/ and teams/", ".")
      .addOption(
        new Option("--trail <path>", "a file of CloudTrail, or a folder of them").conflicts("server"),
      )
      .option(
        "--server [url]",
        "ask the running controller: this address, else GRANTKEEPER_SERVER or the operator's file",
      )
      .option("--branch <name>", "commit the suggested lines to a new branch of the repository of --dir")
      .option("--with-refused", "also commit lines that a rule refuses")
      .option("--with-risk", "also commit lines that have a risk");
  },
  run: async ({ args: [target], options, toolbox }) => {
    const found = await reportOf(target, options, toolbox);
    const { dir, output } = options;
    const nowMs = toolbox.clock.nowMs();
    const prefix = found.trail === null && options.branch === undefined ? "" : dir;
    await show(
      { value: found, lines: (layout) => denialsLines(found, { prefix, nowMs }, layout) },
      output,
      toolbox,
    );
    return (found.trail?.unread.length ?? 0) === 0 ? 0 : 3;
  },
};

const DATA_EVENTS =
  "not seen: data events, such as calls for objects and items, unless a trail records them; calls that a queue or a trail did not deliver";

async function reportOf(
  target: string | undefined,
  options: DenialsOptions,
  toolbox: Toolbox,
): Promise<DenialsReport> {
  const { trail, server, branch, namespace } = options;
  if (trail === undefined && server === undefined)
    throw new CliError(
      "name where denied calls are read: --trail PATH or --server",
      "grantkeeper denials --trail ./trail",
    );
  const wanted = { target, namespace: namespace ?? null };
  if (trail === undefined && branch === undefined) {
    const client = await clientOf(options, toolbox);
    const functions = await answersOfController(client, (known) => keysOf(wanted, known, matching));
    await noteAskedRollbacks(client, namespace === undefined ? null : [namespace], toolbox);
    return { trail: null, functions: functions.map(reportedFunction), notSeen: [DATA_EVENTS], branch: null };
  }
  const { dir } = options;
  const declared: Matching = (text, known, of) => matchingDeclared(text, known, { dir, namespace: of });
  return folderReport(options, (known) => keysOf(wanted, known, declared), toolbox);
}

function clientOf({ server, ...options }: DenialsOptions, toolbox: Toolbox): Promise<ApiClient> {
  return connect(typeof server === "string" ? { ...options, server } : options, toolbox);
}

type Matching = (target: string, known: readonly NamedKey[], namespace: string | null) => readonly NamedKey[];

/** null: all. @throws CliError if none has the name */
function keysOf(
  { target, namespace }: { readonly target: string | undefined; readonly namespace: string | null },
  known: readonly NamedKey[],
  matches: Matching,
): ReadonlySet<Key> | null {
  if (target === undefined && namespace === null) return null;
  if (target === undefined)
    return new Set(known.filter(({ key }) => keyParts(key).namespace === namespace).map(({ key }) => key));
  return new Set(matches(target, known, namespace).map(({ key }) => key));
}

type KeySelection = (known: readonly NamedKey[]) => ReadonlySet<Key> | null;

/** The lines of the manifests in a folder; the denied calls are of a trail or of the controller. */
async function folderReport(
  options: DenialsOptions,
  selected: KeySelection,
  toolbox: Toolbox,
): Promise<DenialsReport> {
  const settings = await projectSettings(options, toolbox);
  const project = await loadDirectory(options.dir, settings, toolbox);
  const { bindings } = project.compilation.desired;
  const keys = selected([...bindings.values()]);
  const { denials, summary } = await deniedCalls(options, [...bindings.values()], toolbox);
  const wanted = denials.filter(({ key }) => keys?.has(key) ?? true);
  const answers = await FolderAnswers.of(
    wanted,
    { project, settings, options, everywhere: denials },
    toolbox,
  );
  const functions = wanted.map((one) => ({
    ...one,
    account: bindings.get(one.key)?.account ?? "",
    answers: one.requests.map(({ reported }) => answers.answer(one.key, reported)),
  }));
  const report = functions.map(reportedFunction);
  const { branch: name, dir: root } = options;
  const branch =
    name === undefined
      ? null
      : await commitLines(
          { name, root, project, settings, files: answers.files, functions: report },
          toolbox,
        );
  return { trail: summary, functions: report, notSeen: [DATA_EVENTS], branch };
}

async function deniedCalls(
  options: DenialsOptions,
  bindings: Parameters<typeof readTrail>[1],
  toolbox: Toolbox,
): Promise<{ readonly denials: readonly FunctionDenials[]; readonly summary: TrailReport | null }> {
  const { trail } = options;
  if (trail !== undefined)
    return withProgress("reading CloudTrail", toolbox, (showText) => readTrail(trail, bindings, showText));
  return {
    denials: (await deniedByController(await clientOf(options, toolbox))).map(({ denials }) => denials),
    summary: null,
  };
}
