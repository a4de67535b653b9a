import { posix } from "node:path";
import type { Layout } from "../../cli/screen/layout.ts";
import { printNote } from "../../cli/screen/print.ts";
import { tenancyNotes } from "../../cli/screen/tenancy.ts";
import { CliError, type ExitCode } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import {
  addFolder,
  addReferences,
  addReportOptions,
  folderOf,
  type ReferencesOption,
  type ReportOptions,
} from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { diagnosticLines, summaryLine, validationValue } from "../project/diagnostics.ts";
import type { ProjectSettings } from "../project/project.ts";
import { platformProblems, type ServiceOptions } from "../project/service.ts";
import { serviceSettings } from "../project/service-settings.ts";
import { isEveryListed, reportedProblems, type ProblemReport } from "../reports/problem-report.ts";
import { showReport } from "../reports/show-report.ts";
import { placeOf, validationOf, type CheckedPath, type Validation } from "./validation.ts";
import { watchProblems } from "./watch-problems.ts";

interface ValidateOptions extends ReportOptions, ServiceOptions, ReferencesOption {
  readonly output: ReportOptions["output"];
  readonly dir?: string;
  readonly watch?: true;
}

export const validate: CliCommand<ValidateOptions> = {
  name: "validate",
  summary: "check manifests: all problems, with file, line and column",
  description:
    "Checks the manifests of a folder, including the guard's rules that need no live state. PATH is a folder with platform/ and teams/ (default: the current folder), or one file in it: then only its problems are shown.",
  examples: [
    ["grantkeeper validate", "check this checkout"],
    ["grantkeeper validate manifests/teams/orders/orders-api.yaml", "check one file"],
    ["grantkeeper validate --watch", "while you write: new and fixed problems after each save"],
    ["grantkeeper validate -o json", "for programs and assistants"],
    ["grantkeeper validate -o github", "annotations of GitHub Actions; sarif, junit and markdown too"],
  ],
  define: (command) => {
    addReferences(addFolder(addReportOptions(command.argument("[path]", "a folder or a file (default: .)"))))
      .option("-w, --watch", "after each change print what is new and what is fixed, until interrupted")
      .option("--platform <folder|url>", "PATH is a service's, and the platform's part is here")
      .option("--namespace <name>", "with --platform: the namespace of the manifests in PATH")
      .option("--platform-token-file <file>", "with --platform URL: a token that may read the repository")
      .option("--platform-ssh-key <file>", "with --platform ssh://…: the private key")
      .option("--platform-known-hosts <file>", "with --platform ssh://…: the host keys (known_hosts)");
  },
  run: async ({ args, options, toolbox }) => {
    const path = folderOf(args[0], options.dir) ?? ".";
    const { watch = false, output } = options;
    if (watch && output !== "table")
      throw new CliError("--watch prints text", `leave out --watch or -o ${output}`);
    const settings = await serviceSettings(path, options, toolbox);
    const place = await placeOf(path, settings);
    if (watch) return watchProblems(place, settings, toolbox);
    return showValidation(await validationOf(place, settings, toolbox), { place, settings, output }, toolbox);
  },
};

interface PrintSettings extends Pick<ValidateOptions, "output"> {
  readonly place: CheckedPath;
  readonly settings: ProjectSettings;
}

async function showValidation(
  validation: Validation,
  { place, settings, output }: PrintSettings,
  toolbox: Toolbox,
): Promise<ExitCode> {
  const { diagnostics, documents, tenancy, project } = validation;
  const lines = (layout: Layout): readonly ScreenLine[] => [
    ...diagnosticLines(diagnostics, place.prefix, layout),
    summaryLine(documents, diagnostics),
    ...platformProblems(project.compilation.diagnostics, project.service, settings),
  ];
  const report = (): ProblemReport => validationReport(validation);
  await showReport({ value: validationValue(validation, diagnostics), lines, report }, output, toolbox);
  for (const note of tenancyNotes(tenancy)) await printNote(note, toolbox);
  return diagnostics.some(({ severity }) => severity === "error") ? 3 : 0;
}

function validationReport({ root, documents, files, diagnostics }: Validation): ProblemReport {
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
