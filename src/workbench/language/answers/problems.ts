import { DiagnosticSeverity, type Diagnostic as EditorProblem, type Range } from "vscode-languageserver";
import type { ReportedProblem } from "../../reports/problem-report.ts";
import { reportedProblems } from "../../reports/problem-report.ts";
import type { Analysis } from "../analysis.ts";
import { protocolPosition, wordRange } from "./ranges.ts";

/** A problem at its place in a file, as an editor shows it. */
export interface PlacedProblem {
  readonly file: string;
  readonly problem: ReportedProblem;
  readonly shown: EditorProblem;
}

/**
 * All problems that `validate` shows, each once. A circle of documents is shown in each of them, since an editor has one open.
 * @param uriOf the address of a file of the project
 */
export function placedProblems(
  analysis: Analysis,
  uriOf: (file: string) => string,
): readonly PlacedProblem[] {
  return reportedProblems(analysis.diagnostics.map(unshared), "").flatMap((problem) => {
    const { place } = problem;
    // One problem is of all files outside of the declared folders, which is no place of an editor.
    if (place.kind !== "file" || place.file === ".") return [];
    const related = problem.related.flatMap(({ label, place: other }) =>
      other.kind === "file"
        ? [{ location: { uri: uriOf(other.file), range: pointAt(other) }, message: label }]
        : [],
    );
    const shown: EditorProblem = {
      range: rangeOf(problem, place, analysis.linesOf(place.file)),
      severity: problem.level === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
      code: problem.code,
      source: "grantkeeper",
      message: problem.hint === null ? problem.message : `${problem.message}\nhint: ${problem.hint}`,
      ...(related.length > 0 && { relatedInformation: related }),
    };
    return [{ file: place.file, problem, shown }];
  });
}

function unshared(diagnostic: Analysis["diagnostics"][number]): Analysis["diagnostics"][number] {
  const { shared: _, ...own } = diagnostic;
  return own;
}

type ProblemPlace = Extract<ReportedProblem["place"], { kind: "file" }>;

function pointAt(place: ProblemPlace): Range {
  const start = protocolPosition(place);
  return { start, end: start };
}

/** The wrong text, where it is known, else the word at the place. */
function rangeOf(
  { correction }: ReportedProblem,
  place: ProblemPlace,
  lines: readonly string[] | null,
): Range {
  const word = wordRange(place, lines);
  const { start } = word;
  const line = lines?.[start.line] ?? "";
  const at = correction === undefined ? -1 : line.indexOf(correction.wrong, start.character);
  if (correction === undefined || at < 0) return word;
  return {
    start: { line: start.line, character: at },
    end: { line: start.line, character: at + correction.wrong.length },
  };
}

/** Nothing is known of a folder that cannot be read: each open document shows why. */
export function failureProblem(message: string): EditorProblem {
  return documentProblem(DiagnosticSeverity.Error, "unreadable", message);
}

/** A limit of what is known about a document. */
export function limitProblem(message: string, hint: string | null): EditorProblem {
  const text = hint === null ? message : `${message}\nhint: ${hint}`;
  return documentProblem(DiagnosticSeverity.Information, "not-known", text);
}

/** Of no line more than of another: it is shown at the first one. */
function documentProblem(severity: DiagnosticSeverity, code: string, message: string): EditorProblem {
  const start = { line: 0, character: 0 };
  return { range: { start, end: start }, severity, code, source: "grantkeeper", message };
}
