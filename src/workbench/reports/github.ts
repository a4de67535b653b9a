import { cleanLine, cleanText, withoutLogCommands } from "../../cli/screen/paint.ts";
import { correctedTexts } from "./corrected-line.ts";
import { changeLine, type ReportedChange } from "./reported-change.ts";
import { counted } from "../../text/phrases.ts";
import {
  limitedProblems,
  type ProblemReport,
  type ReportedProblem,
  type WaitingItem,
} from "./problem-report.ts";
import { reportedPlaceText, type ReportedPlace } from "./reported-place.ts";

/**
 * The report as workflow commands of GitHub Actions: annotations at the lines of a pull request, then the summary.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubText({ problems, waiting, changes, notes, summary }: ProblemReport): string {
  const [errors, warnings] = [ofLevel("error", problems), ofLevel("warning", problems)];
  const annotated = new Set([...errors, ...warnings]);
  const notices = [
    ...changes.slice(0, FIRST_CHANGES).map(changeNotice),
    ...waiting.map(waitingNotice),
    ...notes.map(noteNotice),
    ...changes.slice(FIRST_CHANGES).map(changeNotice),
  ];
  const others = problems.filter((problem) => !annotated.has(problem));
  const lines = [
    ...problems.filter((problem) => annotated.has(problem)).map(annotation),
    ...notices.slice(0, PER_STEP).map(({ command }) => command),
    ...others.flatMap(logLines),
    ...notices.slice(PER_STEP).map(({ line }) => plain(line)),
    ...withoutAnnotation(others.length, "problem"),
    ...withoutAnnotation(Math.max(0, notices.length - PER_STEP), "note"),
    data(summary),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** GitHub shows this many annotations of a level in one step. @see https://github.com/actions/toolkit/pull/734 */
const PER_STEP = 10;

/** They come first, and leave the other notes some of the ten. */
const FIRST_CHANGES = 6;

interface Notice {
  readonly command: string;
  /** Where there are too many for an annotation. */
  readonly line: string;
}

function changeNotice(change: ReportedChange): Notice {
  const { place, title, parts } = change;
  const command = `::notice ${placeProperties(place)}title=${property(title)}::${data(parts.join("\n"))}`;
  return { command, line: changeLine(change) };
}

function waitingNotice({ name, reason }: WaitingItem): Notice {
  return { command: `::notice title=${property(name)}::${data(reason)}`, line: `${name}: ${reason}` };
}

function noteNotice(note: string): Notice {
  return { command: `::notice::${data(note)}`, line: note };
}

function withoutAnnotation(count: number, noun: string): readonly string[] {
  return count === 0 ? [] : [`${counted(count, noun)} without an annotation: listed above`];
}

function ofLevel(
  level: ReportedProblem["level"],
  problems: readonly ReportedProblem[],
): readonly ReportedProblem[] {
  return limitedProblems(
    problems.filter((problem) => problem.level === level),
    PER_STEP,
  );
}

function logLines({ code, level, place, message, hint, corrected }: ReportedProblem): readonly string[] {
  const text = `${level}: ${reportedPlaceText(place)}: ${code}: ${message}`;
  return [hint === null ? text : `${text} (${hint})`, ...correctedTexts(corrected)].map(plain);
}

/** The runner would obey a command in it. */
function plain(text: string): string {
  return withoutLogCommands(cleanLine(text), { GITHUB_ACTIONS: "true" });
}

function annotation({ code, level, place, message, hint, corrected }: ReportedProblem): string {
  const first = hint === null ? message : `${message}\nhint: ${hint}`;
  const text = [first, ...correctedTexts(corrected)].join("\n");
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
