import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import { isReportFormat, type OutputFormat, type ReportFormat } from "../../cli/toolbox/options.ts";
import { withoutLogCommands } from "../../cli/screen/paint.ts";
import { show, structuredText, type Answer } from "../../cli/screen/print.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { githubText } from "./github.ts";
import { codeQuality } from "./gitlab.ts";
import { junitText } from "./junit.ts";
import { markdownText } from "./markdown.ts";
import type { ProblemReport } from "./problem-report.ts";
import { sarifLog } from "./sarif.ts";

/** The answer of a command that finds problems: a screen, its value, and the forms that pipelines read. */
export interface ReportedAnswer extends Answer {
  readonly report: () => ProblemReport;
  /** Only if it has more than the problems. */
  readonly markdown?: () => string;
}

/** Prints it in the requested format. @returns the exit code of a command that has nothing else to report */
export async function showReport(
  answer: ReportedAnswer,
  format: OutputFormat | ReportFormat,
  toolbox: Toolbox,
): Promise<ExitCode> {
  if (!isReportFormat(format)) return show(answer, format, toolbox);
  const text = FORMATS[format](answer, toolbox);
  // Annotations are commands; everything else may be read by a runner that would obey a manifest.
  await toolbox.terminal.out(format === "github" ? text : withoutLogCommands(text, toolbox.env));
  return 0;
}

const FORMATS: Readonly<Record<ReportFormat, (answer: ReportedAnswer, toolbox: Toolbox) => string>> = {
  sarif: ({ report }, { version }) => structuredText(sarifLog(report(), version), "json"),
  junit: ({ report }) => junitText(report()),
  github: ({ report }) => githubText(report()),
  gitlab: ({ report }) => structuredText(codeQuality(report()), "json"),
  markdown: ({ report, markdown }) => markdown?.() ?? markdownText(report()),
};
