import type { CodeAction, TextEdit } from "vscode-languageserver";
import { cleanLine } from "../../../cli/screen/paint.ts";
import { correctedFindings } from "../../corrections/corrected-findings.ts";
import type { JudgedProject } from "../../corrections/trial.ts";
import { isShownAsItIs, replacedLines, type CorrectedLine } from "../../reports/corrected-line.ts";
import type { ReportedProblem } from "../../reports/problem-report.ts";
import type { Analysis } from "../analysis.ts";
import type { PlacedProblem } from "./problems.ts";

/** A quick fix of one file. */
export interface QuickFix {
  readonly title: string;
  readonly kind: NonNullable<CodeAction["kind"]>;
  readonly edits: readonly TextEdit[];
  readonly fixed: readonly PlacedProblem[];
  /** The only correction of its problem. */
  readonly isPreferred: boolean;
}

/** An editor asks again and again about the place of its cursor: of one text each place is tried once. */
export function correctionsIn(judged: JudgedProject): Analysis["correctedAt"] {
  const known = new Map<string, readonly CorrectedLine[]>();
  return (problems) => {
    const places = new Set(problems.flatMap(placeText));
    const name = [...places].join("\n");
    const found =
      known.get(name) ??
      correctedFindings(judged, {
        fileOf: (name) => name,
        isWanted: ({ rule, origin }) => origin !== null && places.has(textOf(rule, origin)),
      });
    known.set(name, found);
    return found;
  };
}

function placeText({ code, place }: ReportedProblem): readonly string[] {
  return place.kind === "file" ? [textOf(code, place)] : [];
}

interface ProblemPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function textOf(code: string, { file, line, column }: ProblemPlace): string {
  return JSON.stringify([code, file, line, column]);
}

/** The corrected lines of findings: each ends them, has no other problem, and allows nothing more. */
export function findingFixes(
  problems: readonly PlacedProblem[],
  { linesOf, correctedAt }: Pick<Analysis, "linesOf" | "correctedAt">,
): readonly QuickFix[] {
  if (problems.length === 0) return [];
  return correctedAt(problems.map(({ problem }) => problem)).flatMap((corrected): readonly QuickFix[] => {
    const lines = linesOf(corrected.file);
    // The title would show another text than the one that is written.
    if (lines === null || !isShownAsItIs(corrected)) return [];
    const places = new Set(
      corrected.corrects.map(({ code, ...at }) => textOf(code, { ...at, file: corrected.file })),
    );
    return [
      {
        title: titleOf(corrected),
        kind: "quickfix",
        edits: [editOf(corrected, lines.length)],
        fixed: problems.filter(({ problem }) => placeText(problem).some((text) => places.has(text))),
        isPreferred: true,
      },
    ];
  });
}

/** `PASS-001: change line 7 to …`; several lines are shown by the editor's preview. */
function titleOf(corrected: CorrectedLine): string {
  const { line, endLine, corrects } = corrected;
  const codes = [...new Set(corrects.map(({ code }) => code))].join(", ");
  const lines = endLine > line ? `lines ${line} to ${endLine}` : `line ${line}`;
  const [added = "", ...more] = replacedLines(corrected).added;
  if (corrected.after === null) return `${codes}: remove ${lines}`;
  if (more.length > 0) return `${codes}: change ${lines}`;
  return cleanLine(`${codes}: change ${lines} to ${added.trim()}`);
}

/** Lines that are removed go with their line break: the one before them at the end of a file. */
function editOf({ line, endLine, before, after }: CorrectedLine, lines: number): TextEdit {
  const start = { line: line - 1, character: 0 };
  const end = { line: endLine - 1, character: before.length - (before.lastIndexOf("\n") + 1) };
  if (after !== null) return { range: { start, end }, newText: after };
  const isLast = endLine === lines;
  return { range: { start, end: isLast ? end : { line: endLine, character: 0 } }, newText: "" };
}
