import { cleanLine } from "../../cli/screen/paint.ts";
import { counted } from "../../cli/screen/words.ts";
import { reportedPlaceText, type ProblemReport, type ReportedProblem } from "./problem-report.ts";

/** A comment of GitHub has at most 65,536 characters. */
const LONGEST = 60_000;

/** The problems of a report for a comment or a summary of a pipeline. */
export function markdownText(report: ProblemReport): string {
  return `${[`### Grantkeeper ${report.command}: ${report.summary}`, ...problemBlocks(report)].join("\n\n")}\n`;
}

/** A table of the problems and a list of the notes; nothing if there are none. */
export function problemBlocks({
  problems,
  notes,
}: Pick<ProblemReport, "problems" | "notes">): readonly string[] {
  return [
    ...problemTable(problems),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${inert(note)}`).join("\n")]),
  ];
}

function problemTable(problems: readonly ReportedProblem[]): readonly string[] {
  if (problems.length === 0) return [];
  return limitedTable(
    ["Level", "Place", "Rule", "Problem", "Hint"],
    problems.map(({ level, place, code, message, hint }) => [
      level,
      inert(reportedPlaceText(place)),
      inert(code),
      inert(message),
      hint === null ? "" : inert(hint),
    ]),
  );
}

/** A table of as many rows as a comment can hold, and the number of the others. The cells are Markdown. */
export function limitedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const shown = [line(head), line(head.map(() => "---"))];
  let size = 0;
  for (const row of rows) {
    const text = line(row);
    size += text.length + 1;
    if (size > LONGEST) break;
    shown.push(text);
  }
  const left = rows.length + 2 - shown.length;
  return [
    shown.join("\n"),
    ...(left === 0 ? [] : [`${counted(left, "more row")}: run the command without \`-o markdown\`.`]),
  ];
}

/**
 * A text that others wrote, as code in which nothing is markup, a mention or a link. References to characters have no
 * meaning in the structure of Markdown, and forges link nothing inside code.
 * @see https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
 */
export function inert(text: string): string {
  const line = cleanLine(text).replaceAll(ACTIVE, (character) => `&#${character.charCodeAt(0)};`);
  return line.trim() === "" ? "" : `<code>${line}</code>`;
}

/** All ASCII punctuation but `-`, `,`, `/`, `;`, and the dot, which is active in `www.` alone. */
const ACTIVE = /[!"#$%&'()*+:<=>?@[\\\]^_`{|}~]|(?<=www)\./gi;
