import type { Correction } from "../../model/diagnostic.ts";
import { byText } from "../../text/order.ts";
import type { CorrectedLine, CorrectedProblem } from "../reports/corrected-line.ts";
import type { ReportedProblem } from "../reports/problem-report.ts";
import type { ReportedPlace } from "../reports/reported-place.ts";

/** The line of a mistake: one that stays. */
export interface CorrectedMistake extends CorrectedLine {
  readonly after: string;
}

type FilePlace = Extract<ReportedPlace, { readonly kind: "file" }>;
type Corrected = Correction & FilePlace & Pick<CorrectedProblem, "code">;

/**
 * The lines at which problems have a correction, by file and line. A line where the wrong text is not exactly once after
 * the place, such as one that continues on the next line, is not corrected.
 *
 * @param linesOf the lines of a file of the repository; null: it is not there
 */
export function correctedLines(
  problems: readonly ReportedProblem[],
  linesOf: (file: string) => readonly string[] | null,
): readonly CorrectedMistake[] {
  const corrected = problems.flatMap(({ correction, place, code }): readonly Corrected[] =>
    correction === undefined || place.kind === "target" ? [] : [{ ...correction, ...place, code }],
  );
  const groups = Map.groupBy(corrected, ({ file, line }) => JSON.stringify([file, line])).values();
  return [...groups]
    .flatMap((group): readonly CorrectedMistake[] => {
      const [first] = group;
      if (first === undefined) return [];
      const before = linesOf(first.file)?.[first.line - 1];
      const after = before === undefined ? null : withCorrections(before, group);
      if (before === undefined || after === null) return [];
      const { file, line } = first;
      const corrects = group.map(({ code, column }) => ({ code, line, column }));
      return [{ file, line, endLine: line, before, after, corrects }];
    })
    .toSorted((a, b) => byText(a.file, b.file) || a.line - b.line);
}

/** From the right, so that the columns of the others stay true. null: a wrong text is not where it should be. */
function withCorrections(line: string, corrections: readonly Corrected[]): string | null {
  const distinct = new Map(corrections.map((one) => [`${one.column} ${one.wrong}`, one])).values();
  return [...distinct]
    .toSorted((a, b) => b.column - a.column)
    .reduce<string | null>((text, one) => (text === null ? null : corrected(text, one)), line);
}

function corrected(line: string, { column, wrong, right }: Corrected): string | null {
  const at = startOf(line, column - 1, wrong);
  // Between quotes, a list or a quoted text would have another meaning.
  const isQuoted = at !== null && /["']/.test(line[at - 1] ?? "") && /^["[]/.test(right);
  return at === null || isQuoted ? null : line.slice(0, at) + right + line.slice(at + wrong.length);
}

/** At the column, or after the quote there; a variable is somewhere in the text that begins there, and only once. */
function startOf(line: string, from: number, wrong: string): number | null {
  const first = /^["']/.test(line.slice(from)) && !/^["']/.test(wrong) ? from + 1 : from;
  if (line.startsWith(wrong, first)) return isEnd(line[first + wrong.length]) ? first : null;
  if (!wrong.startsWith("${")) return null;
  const at = line.indexOf(wrong, first);
  return at < 0 || line.indexOf(wrong, at + 1) >= 0 ? null : at;
}

/** Not in the middle of a longer word. */
function isEnd(next: string | undefined): boolean {
  return next === undefined || !/[\w-]/.test(next);
}
