import { rulePageOf } from "../../guard/pages/pages.ts";
import { isShownAsItIs, type CorrectedLine } from "./corrected-line.ts";
import { CHANGE_CODE, changeLine, reportedChangeText, type ReportedChange } from "./reported-change.ts";
import { cleanText } from "../../cli/screen/paint.ts";
import { counted } from "../../text/phrases.ts";
import type { JsonObject } from "../../model/values/json.ts";
import { plainMarkdown } from "../../guard/pages/plain-text.ts";
import {
  limitedProblems,
  problemFingerprint,
  type ProblemReport,
  type ReportedProblem,
} from "./problem-report.ts";
import type { ReportedPlace } from "./reported-place.ts";

/**
 * The report as SARIF 2.1.0.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
 */
export function sarifLog(
  { problems, changes, notes, command, isComplete }: ProblemReport,
  version: string,
): JsonObject {
  const listed = limitedProblems(problems, MOST_RESULTS - changes.length);
  const left = problems.length - listed.length;
  const texts = [
    ...notes,
    ...(left === 0 ? [] : [`${counted(left, "more problem")}: run the command without -o sarif`]),
  ];
  const rules = [...new Set([...problems.map(({ code }) => code), ...changes.map(() => CHANGE_CODE)])].sort();
  const at = new Map(rules.map((rule, index) => [rule, index]));
  return {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "grantkeeper", version, rules: rules.map(ruleDescriptor) } },
        automationDetails: { id: `grantkeeper/${command}/` },
        // Columns of manifests count what their reader, JavaScript, counts.
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [ROOT]: { description: { text: "The root of the repository." } } },
        invocations: [
          {
            // False keeps a forge from closing what this run could not see.
            executionSuccessful: isComplete && left === 0,
            toolExecutionNotifications: texts.map((text) => ({
              level: "note",
              message: { text: messageText(text) },
            })),
          },
        ],
        results: [
          ...listed.map((problem) => resultOf(problem, at.get(problem.code) ?? -1)),
          ...changes.map((change) => changeResult(change, at.get(CHANGE_CODE) ?? -1)),
        ],
      },
    ],
  };
}

/** GitHub refuses a run with more. @see https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support */
const MOST_RESULTS = 25_000;

const ROOT = "%SRCROOT%";

function ruleDescriptor(id: string): JsonObject {
  const page = rulePageOf(id);
  if (page === undefined) return { id };
  return {
    id,
    shortDescription: { text: plainMarkdown(page.title) },
    fullDescription: { text: plainMarkdown(page.text) },
    help: {
      text: plainMarkdown(`${page.text} Fix: ${page.fix}`),
      markdown: `${page.text}\n\n**Fix:** ${page.fix}`,
    },
  };
}

function resultOf(problem: ReportedProblem, ruleIndex: number): JsonObject {
  const { code, level, place, message, hint, count, related, state, corrected } = problem;
  return {
    ruleId: code,
    ruleIndex,
    level,
    message: { text: messageText(hint === null ? message : `${message}\nhint: ${hint}`) },
    occurrenceCount: count,
    locations: [locationOf(place)],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map(({ label, place: other }) => ({
            ...locationOf(other),
            message: { text: messageText(label) },
          })),
        }),
    // Of those that are gone there is none: code scanning would show them as open.
    ...(state !== undefined && { baselineState: state }),
    ...(corrected !== undefined && isShownAsItIs(corrected) && { fixes: [fixOf(corrected)] }),
    partialFingerprints: { "grantkeeperProblem/v1": problemFingerprint(problem) },
  };
}

function changeResult(change: ReportedChange, ruleIndex: number): JsonObject {
  const { place } = change;
  return {
    ruleId: CHANGE_CODE,
    ruleIndex,
    level: "note",
    message: { text: messageText(reportedChangeText(change)) },
    locations: [locationOf(place)],
    // It is what the head has and the base does not.
    baselineState: "new",
    partialFingerprints: {
      "grantkeeperProblem/v1": problemFingerprint({ code: CHANGE_CODE, place, message: changeLine(change) }),
    },
  };
}

/** Of complete lines; those that are removed go with their line break. */
function fixOf({ file, line, endLine, after }: CorrectedLine): JsonObject {
  const deletedRegion =
    after === null
      ? { startLine: line, startColumn: 1, endLine: endLine + 1, endColumn: 1 }
      : { startLine: line, endLine };
  const replacement = { deletedRegion, ...(after !== null && { insertedContent: { text: after } }) };
  return {
    description: { text: after === null ? "Remove the lines" : "Replace the lines" },
    artifactChanges: [{ artifactLocation: artifactOf(file), replacements: [replacement] }],
  };
}

function artifactOf(file: string): JsonObject {
  const uri = wellFormed(file).split("/").map(encodeURIComponent).join("/");
  return { uri, uriBaseId: ROOT };
}

function locationOf(place: ReportedPlace): JsonObject {
  if (place.kind === "target") return { logicalLocations: [{ fullyQualifiedName: place.target }] };
  return {
    physicalLocation: {
      artifactLocation: artifactOf(place.file),
      region: { startLine: place.line, startColumn: place.column },
    },
  };
}

/**
 * Also a plain text of SARIF has links, `[text](target)`: what others wrote has none, and no invisible character.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html (3.11.6, messages with embedded links)
 */
function messageText(text: string): string {
  return cleanText(text).replaceAll("](", "] (");
}

/** A lone surrogate has no UTF-8 form, so that it has no URI. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
