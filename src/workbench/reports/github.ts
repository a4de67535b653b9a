import { cleanLine, cleanText, withoutLogCommands } from "../../cli/screen/paint.ts";
import { counted } from "../../text/phrases.ts";
import {
  limitedProblems,
  reportedPlaceText,
  type ProblemReport,
  type ReportedPlace,
  type ReportedProblem,
} from "./problem-report.ts";

/**
 * The report as workflow commands of GitHub Actions: annotations at the lines of a pull request, then the summary.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubText({ problems, waiting, notes, summary }: ProblemReport): string {
  const [errors, warnings] = [ofLevel("error", problems), ofLevel("warning", problems)];
  const annotated = new Set([...errors, ...warnings]);
  const notices = [
    ...waiting.map(({ name, reason }) => `::notice title=${property(name)}::${data(reason)}`),
    ...notes.map((note) => `::notice::${data(note)}`),
  ];
  const others = problems.filter((problem) => !annotated.has(problem));
  const lines = [
    ...problems.filter((problem) => annotated.has(problem)).map(annotation),
    ...notices.slice(0, PER_STEP),
    ...others.map(logLine),
    ...[...waiting.map(({ name, reason }) => `${name}: ${reason}`), ...notes].slice(PER_STEP).map(plain),
    ...(others.length === 0
      ? []
      : [`${counted(others.length, "problem")} without an annotation: listed above`]),
    data(summary),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** GitHub shows this many annotations of a level in one step. @see https://github.com/actions/toolkit/pull/734 */
const PER_STEP = 10;

function ofLevel(
  level: ReportedProblem["level"],
  problems: readonly ReportedProblem[],
): readonly ReportedProblem[] {
  return limitedProblems(
    problems.filter((problem) => problem.level === level),
    PER_STEP,
  );
}

function logLine({ code, level, place, message, hint }: ReportedProblem): string {
  const text = `${level}: ${reportedPlaceText(place)}: ${code}: ${message}`;
  return plain(hint === null ? text : `${text} (${hint})`);
}

/** The runner would obey a command in it. */
function plain(text: string): string {
  return withoutLogCommands(cleanLine(text), { GITHUB_ACTIONS: "true" });
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
