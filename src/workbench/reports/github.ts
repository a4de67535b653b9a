import { cleanText } from "../../cli/screen/paint.ts";
import type { ProblemReport, ReportedPlace, ReportedProblem } from "./problem-report.ts";

/**
 * The report as workflow commands of GitHub Actions: annotations at the lines of a pull request, then the summary.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubText({ problems, waiting, notes, summary }: ProblemReport): string {
  const lines = [
    ...problems.map(annotation),
    ...waiting.map(({ name, reason }) => `::notice title=${property(name)}::${data(reason)}`),
    ...notes.map((note) => `::notice::${data(note)}`),
    data(summary),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function annotation({ code, level, place, message, hint }: ReportedProblem): string {
  const text = hint === null ? message : `${message}\nhint: ${hint}`;
  return `::${level} ${placeProperties(place)}title=${property(code)}::${data(text)}`;
}

function placeProperties(place: ReportedPlace): string {
  if (place.kind === "target") return "";
  return `file=${property(place.file)},line=${place.line},col=${place.column},`;
}

/** A line feed would begin a command of its own. */
function data(text: string): string {
  return cleanText(text.replaceAll("\r", "")).replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
