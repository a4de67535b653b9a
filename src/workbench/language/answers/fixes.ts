import type { Range, TextEdit } from "vscode-languageserver";
import { correctedLines, type CorrectedMistake } from "../../corrections/corrected-lines.ts";
import type { Analysis } from "../analysis.ts";
import { findingFixes, type QuickFix } from "./finding-fixes.ts";
import type { PlacedProblem } from "./problems.ts";

/**
 * A fix for each problem on the lines of a range that has a correction, the same that `review` shows, and one for all
 * mistakes of the file if there are several.
 */
export function quickFixes(
  problems: readonly PlacedProblem[],
  range: Range,
  analysis: Pick<Analysis, "linesOf" | "correctedAt">,
): readonly QuickFix[] {
  const here = problems.filter(({ shown }) => overlaps(shown.range, range));
  const ofFindings = findingFixes(
    here.filter(({ problem }) => problem.correction === undefined),
    analysis,
  );
  const single = here.flatMap((problem) => fixOf(problem, analysis));
  return [...ofFindings, ...single, ...fixOfAll(problems, single, analysis)];
}

function fixOfAll(
  problems: readonly PlacedProblem[],
  single: readonly QuickFix[],
  analysis: Pick<Analysis, "linesOf">,
): readonly QuickFix[] {
  if (single.length === 0) return [];
  const all = correctionsOf(problems, analysis);
  if (all.length < 2) return [];
  const title = `Correct all ${all.length} lines of this file that have a correction`;
  const fixed = problems.filter(({ problem }) => problem.correction !== undefined);
  return [{ title, kind: "quickfix", edits: all.map(editOf), fixed, isPreferred: false }];
}

function overlaps(one: Range, other: Range): boolean {
  return one.start.line <= other.end.line && one.end.line >= other.start.line;
}

function fixOf(problem: PlacedProblem, analysis: Pick<Analysis, "linesOf">): readonly QuickFix[] {
  const [line] = correctionsOf([problem], analysis);
  const { correction } = problem.problem;
  if (line === undefined || correction === undefined) return [];
  const { wrong, right } = correction;
  return [
    {
      title: `Change ${wrong} to ${right}`,
      kind: "quickfix",
      edits: [editOf(line)],
      fixed: [problem],
      isPreferred: true,
    },
  ];
}

function correctionsOf(
  problems: readonly PlacedProblem[],
  { linesOf }: Pick<Analysis, "linesOf">,
): readonly CorrectedMistake[] {
  return correctedLines(
    problems.map(({ problem }) => problem),
    linesOf,
  );
}

/** Only the part of the line that changes, so that the cursor of the editor stays where it is. */
function editOf({ line, before, after }: CorrectedMistake): TextEdit {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return {
    range: {
      start: { line: line - 1, character: start },
      end: { line: line - 1, character: before.length - end },
    },
    newText: after.slice(start, after.length - end),
  };
}
