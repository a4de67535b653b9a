import { dirname, posix, relative, resolve } from "node:path";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { findingsOffline, offlineFacts } from "../project/findings.ts";
import { printNote } from "../../cli/screen/print.ts";
import { tenancyNotes } from "../../cli/screen/tenancy.ts";
import {
  addFolder,
  addReferences,
  addReportOptions,
  type ReferencesOption,
  folderOf,
  type ReportOptions,
} from "../../cli/toolbox/options.ts";
import { serviceSettings } from "../project/service-settings.ts";
import { ownDiagnostics, platformProblems, type ServiceOptions } from "../project/service.ts";
import { pathInRepository } from "../project/repository-path.ts";
import { repositoryRoot } from "../project/repository-root.ts";
import { isEveryListed, reportedProblems, type ProblemReport } from "../reports/problem-report.ts";
import { showReport } from "../reports/show-report.ts";
import { emptyFileWarnings } from "../project/skipped.ts";
import { kindOf, loadDirectory, type ProjectSettings, type Project } from "../project/project.ts";
import { diagnosticLines, findingDiagnostics, summaryLine, validationValue } from "../project/diagnostics.ts";
import type { Layout } from "../../cli/screen/layout.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import type { ScreenLine } from "../../text/screen-line.ts";

interface ValidateOptions extends ReportOptions, ServiceOptions, ReferencesOption {
  readonly output: ReportOptions["output"];
  readonly dir?: string;
}

export const validate: CliCommand<ValidateOptions> = {
  name: "validate",
  summary: "check manifests: all problems, with file, line and column",
  description:
    "Checks the manifests of a folder, including the guard's rules that need no live state. PATH is a folder with platform/ and teams/ (default: the current folder), or one file in it: then only its problems are shown.",
  examples: [
    ["grantkeeper validate", "check this checkout"],
    ["grantkeeper validate manifests/teams/orders/orders-api.yaml", "check one file"],
    ["grantkeeper validate -o json", "for programs and assistants"],
    ["grantkeeper validate -o github", "annotations of GitHub Actions; sarif, junit and markdown too"],
  ],
  define: (command) => {
    addReferences(addFolder(addReportOptions(command.argument("[path]", "a folder or a file (default: .)"))))
      .option("--platform <folder|url>", "PATH is a service's, and the platform's part is here")
      .option("--namespace <name>", "with --platform: the namespace of the manifests in PATH")
      .option("--platform-token-file <file>", "with --platform URL: a token that may read the repository")
      .option("--platform-ssh-key <file>", "with --platform ssh://…: the private key")
      .option("--platform-known-hosts <file>", "with --platform ssh://…: the host keys (known_hosts)");
  },
  run: async ({ args, options, toolbox }) => {
    const path = folderOf(args[0], options.dir) ?? ".";
    const settings = await serviceSettings(path, options, toolbox);
    const place = await placeOf(path, settings);
    const project = await loadDirectory(place.root, settings, toolbox);
    if (place.file !== null && !project.files.some((file) => file.path === place.file)) {
      throw new CliError(
        `${path} is outside ${settings.platformPath}/ and ${settings.tenantPath}/`,
        "move it below one of them",
      );
    }
    const { service } = project;
    const isShown = ({ origin }: Diagnostic): boolean => place.file === null || origin.file === place.file;
    const diagnostics = (await allDiagnostics(project, toolbox)).filter(isShown);
    const files = project.files.filter((file) => place.file === null || file.path === place.file);
    const documents = files.reduce((sum, file) => sum + file.documents.length, 0);
    const tenancy = project.compilation.desired.tenancy.kind;
    const checked = { documents, root: service === null ? await pathInRepository(place.root) : "", tenancy };
    const lines = (layout: Layout): readonly ScreenLine[] => [
      ...diagnosticLines(diagnostics, place.prefix, layout),
      summaryLine(documents, diagnostics),
      ...platformProblems(project.compilation.diagnostics, service, settings),
    ];
    const report = (): ProblemReport => validationReport({ ...checked, files }, diagnostics);
    const value = validationValue(checked, diagnostics);
    await showReport({ value, lines, report }, options.output, toolbox);
    for (const note of tenancyNotes(tenancy)) await printNote(note, toolbox);
    return diagnostics.some(({ severity }) => severity === "error") ? 3 : 0;
  },
};

interface Validated {
  readonly root: string;
  readonly documents: number;
  readonly files: Project["files"];
}

function validationReport(
  { root, documents, files }: Validated,
  diagnostics: readonly Diagnostic[],
): ProblemReport {
  const wrong = new Set(
    diagnostics.filter(({ severity }) => severity === "error").map(({ origin }) => origin.file),
  );
  return {
    command: "validate",
    problems: reportedProblems(diagnostics, root),
    passed: files
      .filter(({ path, documents: parts }) => parts.length > 0 && !wrong.has(path))
      .map(({ path }) => posix.join(root, path)),
    waiting: [],
    notes: [],
    isComplete: isEveryListed(diagnostics),
    summary: summaryLine(documents, diagnostics),
  };
}

interface CheckedPath {
  readonly root: string;
  /** The one file, relative to the root; null for all. */
  readonly file: string | null;
  /** The path from here to the root, which precedes the names of files. */
  readonly prefix: string;
}

async function placeOf(path: string, settings: ProjectSettings): Promise<CheckedPath> {
  const kind = await kindOf(path);
  if (kind === "absent") throw new CliError(`${path} does not exist`, null);
  const { service } = settings;
  if (service !== undefined && kind === "file")
    throw new CliError("with --platform, PATH is a folder", "name the folder of the manifests");
  // The places are those of the repository, not of the folder.
  if (service !== undefined) return { root: path, file: null, prefix: "." };
  if (kind === "directory") return { root: path, file: null, prefix: path };
  const root = await rootAbove(path, settings);
  return {
    root,
    file: relative(root, resolve(path)).split("\\").join("/"),
    prefix: relative(".", root) || ".",
  };
}

async function rootAbove(path: string, settings: ProjectSettings): Promise<string> {
  const root = await repositoryRoot(dirname(path), settings);
  if (root !== null) return root;
  throw new CliError(
    `no folder above ${path} holds ${settings.platformPath}/ or ${settings.tenantPath}/`,
    "a manifest is checked in its repository",
  );
}

async function allDiagnostics(
  { compilation, files, service }: Project,
  toolbox: Toolbox,
): Promise<readonly Diagnostic[]> {
  const findings = findingsOffline(compilation, await offlineFacts(compilation, toolbox));
  const all = [
    ...compilation.diagnostics,
    ...emptyFileWarnings(files),
    ...findingDiagnostics([...findings.values()].flat(), compilation.desired.accounts),
  ];
  return ownDiagnostics(all, service);
}
