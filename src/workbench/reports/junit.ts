import { withoutUnprintable } from "../../text/characters.ts";
import { correctedTexts } from "./corrected-line.ts";
import { reportedChangeText, type ReportedChange } from "./reported-change.ts";
import { type ProblemReport, type ReportedProblem } from "./problem-report.ts";
import { reportedPlaceText } from "./reported-place.ts";

/**
 * The report as JUnit XML: a failed test case for each error, a passed one with its text for each warning, a skipped
 * one for what waits for an approval, a passed one for what has no error. A change is the text of the passed cases that
 * it is about, or of a case of its own.
 */
export function junitText(report: ProblemReport): string {
  const { command, problems, passed, waiting, changes, notes } = report;
  const texts = new Map(changes.flatMap((change) => change.names.map((one) => [one, changeOutput(change)])));
  const cases = new Set(passed);
  const others = changes.filter(({ names }) => !names.some((one) => cases.has(one)));
  const failures = problems.filter(({ level }) => level === "error").length;
  const tests = problems.length + passed.length + waiting.length + others.length;
  const counts = `tests="${tests}" failures="${failures}" errors="0"`;
  const name = `grantkeeper ${command}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    // Jenkins' xUnit plugin refuses a report that has the number of skipped cases here too.
    `<testsuites name="${name}" ${counts}>`,
    `  <testsuite name="${name}" ${counts} skipped="${waiting.length}">`,
    ...problems.map(problemCase),
    ...waiting.map((item) => caseText(name, item.name, `<skipped message="${escaped(item.reason)}"/>`)),
    ...passed.map((one) => caseText(name, one, texts.get(one) ?? null)),
    ...others.map((change) => caseText(name, `change: ${change.title}`, changeOutput(change))),
    ...(notes.length === 0 ? [] : [`    <system-out>${escaped(notes.join("\n"))}</system-out>`]),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function changeOutput(change: ReportedChange): string {
  return `<system-out>${escaped(reportedChangeText(change))}</system-out>`;
}

function problemCase(problem: ReportedProblem): string {
  const { code, level, place, message, hint, corrected } = problem;
  const where = reportedPlaceText(place);
  const line = `${level}: ${where}: ${message}`;
  const first = hint === null ? line : `${line}\nhint: ${hint}`;
  const text = [first, ...correctedTexts(corrected)].join("\n");
  const body =
    level === "error"
      ? `<failure type="${escaped(code)}" message="${escaped(message)}">${escaped(text)}</failure>`
      : `<system-out>${escaped(text)}</system-out>`;
  return caseText(place.kind === "file" ? place.file : place.target, `${code} ${where}`, body);
}

function caseText(group: string, name: string, body: string | null): string {
  const start = `    <testcase classname="${escaped(group)}" name="${escaped(name)}"`;
  return body === null ? `${start}/>` : `${start}>${body}</testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
};

/** XML 1.0 has no form for control characters. */
function escaped(text: string): string {
  return withoutUnprintable(text.toWellFormed().replaceAll("\t", " ")).replaceAll(
    /[&<>"'\n]/g,
    (character) => ENTITIES[character] ?? character,
  );
}
