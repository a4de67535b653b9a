import type { JsonObject } from "../../model/values/json.ts";
import { cleanLine } from "../../cli/screen/paint.ts";
import { CHANGE_CODE, changeLine, type ReportedChange } from "./reported-change.ts";
import { problemFingerprint, type ProblemReport, type ReportedProblem } from "./problem-report.ts";

/**
 * The problems as a Code Quality report of GitLab, which compares it with the report of the target branch by fingerprints.
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function codeQuality({
  problems,
  changes,
}: Pick<ProblemReport, "problems" | "changes">): readonly JsonObject[] {
  const seen = new Map<string, number>();
  return [...problems.map(problemEntry), ...changes.map(changeEntry)].map((entry) => {
    const fingerprint = problemFingerprint(entry);
    const before = seen.get(fingerprint) ?? 0;
    seen.set(fingerprint, before + 1);
    // GitLab shows one of several with the same fingerprint.
    return issueOf(entry, before === 0 ? fingerprint : `${fingerprint}-${before + 1}`);
  });
}

interface QualityEntry extends Pick<ReportedProblem, "code" | "place" | "message" | "ownMessage"> {
  readonly description: string;
  readonly severity: "major" | "minor" | "info";
}

function problemEntry({ level, hint, ...problem }: ReportedProblem): QualityEntry {
  const { message } = problem;
  const description = hint === null ? message : `${message} (hint: ${hint})`;
  return { ...problem, description, severity: level === "error" ? "major" : "minor" };
}

function changeEntry(change: ReportedChange): QualityEntry {
  const message = changeLine(change);
  return { code: CHANGE_CODE, place: change.place, message, description: message, severity: "info" };
}

function issueOf({ code, place, description, severity }: QualityEntry, fingerprint: string): JsonObject {
  return {
    description: cleanLine(description),
    check_name: code,
    fingerprint,
    severity,
    location: {
      path: place.kind === "file" ? place.file : place.target,
      lines: { begin: place.kind === "file" ? place.line : 1 },
    },
  };
}
