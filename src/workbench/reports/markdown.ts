import { inert } from "../../text/markdown.ts";
import { counted } from "../../text/phrases.ts";
import { limitedProblems, type ProblemReport, type ReportedProblem } from "./problem-report.ts";
import { reportedPlaceText, type ReportedPlace } from "./reported-place.ts";

/** Characters: a comment of GitHub has at most 65,536. */
const SHARES = { problems: 54_000, notes: 8_000 } as const;

/** The problems of a report for a comment or a summary of a pipeline. */
export function markdownText(report: ProblemReport): string {
  return `${[`### Grantkeeper ${report.command}: ${report.summary}`, ...problemBlocks(report, SHARES)].join("\n\n")}\n`;
}

/** In one row of the table. */
const MOST_PLACES = 10;

/** A table of the problems and a list of the notes; nothing if there are none. */
export function problemBlocks(
  { problems, notes }: Pick<ProblemReport, "problems" | "notes">,
  shares: { readonly problems: number; readonly notes: number },
): readonly string[] {
  return [
    ...problemTable(problems, shares.problems),
    ...limitedList(
      notes.map((note) => `- ${inert(note)}`),
      shares.notes,
    ),
  ];
}

/** If there are more than fit, each folder has its share of the rows, so that no team's mistakes hide those of another. */
function problemTable(all: readonly ReportedProblem[], size: number): readonly string[] {
  const groups = equalProblems(all);
  const rowFor = (problem: ReportedProblem): readonly string[] => rowOf(problem, groups.get(problem) ?? []);
  const problems = [...groups.keys()];
  const fitting = linesWithin(problems.map(rowFor).map(tableLine), size).length;
  const shown = limitedProblems(problems, fitting);
  const first = new Set(shown);
  const rows = [...shown, ...problems.filter((problem) => !first.has(problem))].map(rowFor);
  return limitedTable(["Level", "Place", "Rule", "Problem", "Hint"], rows, size);
}

/** Warnings that differ in their places alone are one row: the first of them with all places. Each error has a row. */
function equalProblems(
  problems: readonly ReportedProblem[],
): ReadonlyMap<ReportedProblem, readonly ReportedPlace[]> {
  const groups = Map.groupBy(problems, (problem) => {
    const { level, code, message, hint } = problem;
    return level === "error" ? problem : JSON.stringify([code, message, hint]);
  });
  return new Map(
    [...groups.values()].flatMap((group) =>
      group.slice(0, 1).map((first) => [first, group.map(({ place }) => place)] as const),
    ),
  );
}

function rowOf(
  { level, code, message, hint }: ReportedProblem,
  places: readonly ReportedPlace[],
): readonly string[] {
  const texts = [...new Set(places.map(reportedPlaceText))];
  const more = texts.length - MOST_PLACES;
  const where = [...texts.slice(0, MOST_PLACES).map(inert), ...(more > 0 ? [`and ${more} more`] : [])].join(
    "<br>",
  );
  return [level, where, inert(code), inert(message), hint === null ? "" : inert(hint)];
}

/** A table of as many rows as fit, and the number of the others; nothing without rows. The cells are Markdown. */
export function limitedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  size: number,
): readonly string[] {
  if (rows.length === 0) return [];
  const shown = linesWithin(rows.map(tableLine), size);
  const table = [tableLine(head), tableLine(head.map(() => "---")), ...shown].join("\n");
  return [table, ...moreText(rows.length - shown.length, "row")];
}

/** The same for the lines of a list. */
export function limitedList(lines: readonly string[], size: number): readonly string[] {
  if (lines.length === 0) return [];
  const shown = linesWithin(lines, size);
  return [shown.join("\n"), ...moreText(lines.length - shown.length, "line")].filter((block) => block !== "");
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function linesWithin(lines: readonly string[], size: number): readonly string[] {
  let used = 0;
  const end = lines.findIndex(({ length }) => {
    used += length + 1;
    return used > size;
  });
  return end < 0 ? lines : lines.slice(0, end);
}

function moreText(left: number, what: string): readonly string[] {
  return left === 0 ? [] : [`${counted(left, `more ${what}`)}: run the command without \`-o markdown\`.`];
}

/** Longer than every row of backticks in the text, so that nothing in it ends the block. */
export function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  return "`".repeat(longest + 1);
}
