import type { Layout } from "../../cli/screen/layout.ts";
import type { Answer } from "../../cli/screen/print.ts";
import type { ExitCode } from "../../cli/toolbox/cli-error.ts";
import { countOf, type Diagnostic } from "../../model/diagnostic.ts";
import { counted } from "../../text/phrases.ts";
import type { ScreenLine } from "../../text/screen-line.ts";
import { diagnosticLines, inPlaceOrder } from "../project/diagnostics.ts";
import { labelledLines } from "../../text/layout/labelled-lines.ts";

export interface FormattedFile {
  readonly path: string;
  /** `differs`: only with --check. `invalid`: it has problems, and stays as it is. */
  readonly state: "unchanged" | "formatted" | "differs" | "invalid";
  /** The first line that is written in another way. */
  readonly line: number | null;
}

interface Formatted {
  readonly files: readonly FormattedFile[];
  readonly problems: readonly Diagnostic[];
  readonly check: boolean;
}

export function formatReport(formatted: Formatted): { readonly answer: Answer; readonly code: ExitCode } {
  const { errors } = countOf(formatted.problems);
  const isDifferent = formatted.files.some(({ state }) => state === "differs");
  return {
    answer: { value: formatValue(formatted), lines: (layout) => screen(formatted, layout) },
    code: errors > 0 ? 3 : isDifferent ? 2 : 0,
  };
}

export function formatValue({ files, problems }: Omit<Formatted, "check">) {
  const { errors, warnings } = countOf(problems);
  const diagnostics = inPlaceOrder(problems).map(({ severity, code, message, fix, origin }) => ({
    severity,
    code,
    message,
    fix,
    file: origin.file,
    line: origin.line,
    column: origin.column,
  }));
  return { files, errors, warnings, diagnostics };
}

function screen({ files, problems, check }: Formatted, layout: Layout): readonly ScreenLine[] {
  const changed = files.filter(({ state }) => state === "formatted" || state === "differs");
  const hint = check && changed.length > 0 ? labelledLines("hint", "grantkeeper fmt") : [];
  return [
    ...changed.map(({ path, state, line }) =>
      state === "differs" ? `differs ${path}:${line}` : `formatted ${path}`,
    ),
    ...diagnosticLines(problems, "", layout),
    summaryOf(files, problems, changed.length),
    ...hint,
  ];
}

function summaryOf(
  files: readonly FormattedFile[],
  problems: readonly Diagnostic[],
  changed: number,
): string {
  const { errors } = countOf(problems);
  const differs = files.some(({ state }) => state === "differs");
  const done = differs ? `${changed} ${changed === 1 ? "differs" : "differ"}` : `${changed} formatted`;
  const failed = errors === 0 ? "" : `, ${counted(errors, "error")}`;
  return files.length === 0 && failed === ""
    ? "No manifests found"
    : `${counted(files.length, "file")}: ${done}${failed}`;
}
