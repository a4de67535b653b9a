import { posix, join } from "node:path";
import { type Layout, layoutOf } from "../../cli/screen/layout.ts";
import { printNote, printLines } from "../../cli/screen/print.ts";
import { shownTenancy, tenancyNotes } from "../../cli/screen/tenancy.ts";
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
import { type ScreenLine, toned } from "../../text/screen-line.ts";
import { diagnosticLines, summaryLine, shownProblems, type ShownProblem } from "../project/diagnostics.ts";
import type { ProjectSettings } from "../project/project.ts";
import { platformProblems, type ServiceOptions } from "../project/service.ts";
import { serviceSettings } from "../project/service-settings.ts";
import { correctionLines } from "../corrections/screen.ts";
import type { CorrectedLine } from "../reports/corrected-line.ts";
import {
  isEveryListed,
  reportedProblems,
  withCorrectedLines,
  type ProblemReport,
} from "../reports/problem-report.ts";
import { showReport } from "../reports/show-report.ts";
import {
  placeOfDiagnostic,
  validationAnswer,
  validationOf,
  type CheckedPath,
  type Validation,
} from "./validation.ts";
import { cleanLine } from "../../cli/screen/paint.ts";
import { problemLines } from "../../cli/screen/problem.ts";
import { SourceError } from "../../controller/ports/source.ts";
import type { ParsedFile } from "../../manifest/parse/parsed.ts";
import { wrapped } from "../../text/layout/wrap.ts";

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
      .option("--platform <folder|url>", "PATH belongs to a service; read the platform's manifests from here")
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
    const place = await placeOfDiagnostic(path, settings);
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
  const { diagnostics, documents, project } = validation;
  const corrections = validation.corrections();
  const lines = (layout: Layout): readonly ScreenLine[] => [
    ...diagnosticLines(diagnostics, place.prefix, layout),
    ...correctedSection(below(place.prefix, corrections)),
    summaryLine(documents, diagnostics),
    ...platformProblems(project.compilation.diagnostics, project.service, settings),
  ];
  const report = (): ProblemReport => validationReport(validation, corrections);
  const value = validationAnswer(validation, corrections);
  await showReport({ value, lines, report }, output, toolbox);
  const tenancy = shownTenancy(project.compilation.desired.tenancy);
  for (const note of tenancyNotes(tenancy)) await printNote(note, toolbox);
  return diagnostics.some(({ severity }) => severity === "error") ? 3 : 0;
}

function below(folder: string, corrections: readonly CorrectedLine[]): readonly CorrectedLine[] {
  return corrections.map((one) => ({ ...one, file: posix.join(folder, one.file) }));
}

/** Each was tried: it ends the problem, and allows nothing more. */
function correctedSection(corrections: readonly CorrectedLine[]): readonly ScreenLine[] {
  if (corrections.length === 0) return [];
  return ["", ...toned("head", ["CORRECTED LINES"]), ...corrections.flatMap(correctionLines), ""];
}

function validationReport(
  { root, documents, files, diagnostics }: Validation,
  corrections: readonly CorrectedLine[],
): ProblemReport {
  const wrong = new Set(
    diagnostics.filter(({ severity }) => severity === "error").map(({ origin }) => origin.file),
  );
  return {
    command: "validate",
    problems: withCorrectedLines(reportedProblems(diagnostics, root), below(root, corrections)),
    passed: files
      .filter(({ path, documents: parts }) => parts.length > 0 && !wrong.has(path))
      .map(({ path }) => posix.join(root, path)),
    waiting: [],
    changes: [],
    notes: [],
    isComplete: isEveryListed(diagnostics),
    summary: summaryLine(documents, diagnostics),
  };
}

/** What is known of the manifests at one moment. */
interface ValidationResult {
  /** By what stays the same when lines above are added or removed. */
  readonly problems: ReadonlyMap<string, ShownProblem>;
  /** By what stays the same when lines above are added or removed: the corrected lines. */
  readonly corrections: ReadonlyMap<string, CorrectedLine>;
  /** The last lines, which count. */
  readonly summary: readonly string[];
  readonly parsed: ReadonlyMap<string, ParsedFile>;
}

/**
 * Shows all problems, and after each change those that are new and those that are fixed, until interrupted: that is how
 * watching ends, and no failure.
 */
async function watchProblems(place: CheckedPath, settings: ProjectSettings, toolbox: Toolbox): Promise<0> {
  const { signal } = toolbox;
  const changes = new Changes();
  const interrupted = (): void => changes.notify();
  signal.addEventListener("abort", interrupted);
  const stop = await toolbox.watchFolders(watchedFolders(place, settings), () => changes.notify());
  try {
    let before = await look(place, { ...settings }, toolbox);
    await printLines(changedLines(null, before, layoutOf(toolbox.terminal, "table").width), toolbox);
    for (;;) {
      await changes.next();
      if (signal.aborted) return 0;
      const now = await look(place, { ...settings, knownFiles: before.parsed }, toolbox);
      await printLines(changedLines(before, now, layoutOf(toolbox.terminal, "table").width), toolbox);
      before = now;
    }
  } catch (error) {
    if (signal.aborted) return 0;
    throw error;
  } finally {
    signal.removeEventListener("abort", interrupted);
    await stop();
  }
}

function watchedFolders({ root }: CheckedPath, settings: ProjectSettings): readonly string[] {
  if (settings.service !== undefined) return [root];
  return [settings.platformPath, settings.tenantPath].map((path) => join(root, path));
}

/** A folder that cannot be read for a moment, such as during a checkout, is a problem like others. */
async function look(
  place: CheckedPath,
  settings: ProjectSettings,
  toolbox: Toolbox,
): Promise<ValidationResult> {
  try {
    const { project, diagnostics, documents, corrections } = await validationOf(place, settings, toolbox);
    return {
      problems: byKey(shownProblems(diagnostics, place.prefix)),
      corrections: new Map(below(place.prefix, corrections()).map((one) => [correctionKey(one), one])),
      summary: [
        summaryLine(documents, diagnostics),
        ...platformProblems(project.compilation.diagnostics, project.service, settings),
      ],
      parsed: project.parsed,
    };
  } catch (error) {
    if (!(error instanceof CliError || error instanceof SourceError) || toolbox.signal.aborted) throw error;
    const { message, fix: hint } = error;
    const problem = { level: "error", place: place.root, message, hint } as const;
    const problems = byKey([{ file: "", problem }]);
    return {
      problems,
      corrections: new Map(),
      summary: ["0 documents: 1 error, 0 warnings"],
      parsed: settings.knownFiles ?? new Map(),
    };
  }
}

function byKey(problems: readonly ShownProblem[]): ReadonlyMap<string, ShownProblem> {
  const found = new Map<string, ShownProblem>();
  for (const one of problems) {
    const { level, message, hint } = one.problem;
    for (let number = 0; ; number += 1) {
      const key = JSON.stringify([one.file, level, message, hint, number]);
      if (found.has(key)) continue;
      found.set(key, one);
      break;
    }
  }
  return found;
}

function correctionKey({ file, before, after, corrects }: CorrectedLine): string {
  return JSON.stringify([file, before, after, corrects.map(({ code }) => code)]);
}

function changedLines(
  before: ValidationResult | null,
  now: ValidationResult,
  width: number,
): readonly ScreenLine[] {
  const fixed = [...(before?.problems ?? [])].filter(([key]) => !now.problems.has(key));
  const added = [...now.problems].filter(([key]) => before === null || !before.problems.has(key));
  const corrected = [...now.corrections].filter(([key]) => before?.corrections.has(key) !== true);
  const isSame = before !== null && before.summary.join("\n") === now.summary.join("\n");
  if (isSame && fixed.length + added.length + corrected.length === 0) return [];
  return [
    ...(before === null ? [] : [""]),
    ...toned(
      "added",
      fixed.flatMap(([, { problem }]) =>
        wrapped(cleanLine(`${problem.place}: ${problem.message}`), width, {
          first: "fixed: ",
          next: " ".repeat(7),
        }),
      ),
    ),
    ...added.flatMap(([, { problem }]) => problemLines(problem, width)),
    ...correctedSection(corrected.map(([, one]) => one)),
    ...now.summary,
  ];
}

/** Changes that come while one is looked at are one more change. */
class Changes {
  #isPending = false;
  #wake: () => void = () => undefined;

  notify(): void {
    this.#isPending = true;
    this.#wake();
  }

  async next(): Promise<void> {
    if (!this.#isPending) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isPending = false;
  }
}
