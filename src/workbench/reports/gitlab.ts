import type { JsonObject } from "../../model/values/json.ts";
import { cleanLine } from "../../cli/screen/paint.ts";
import { problemFingerprint, type ProblemReport, type ReportedProblem } from "./problem-report.ts";

/**
 * The problems as a Code Quality report of GitLab, which compares it with the report of the target branch by fingerprints.
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function codeQuality({ problems }: Pick<ProblemReport, "problems">): readonly JsonObject[] {
  const seen = new Map<string, number>();
  return problems.map((problem) => {
    const fingerprint = problemFingerprint(problem);
    const before = seen.get(fingerprint) ?? 0;
    seen.set(fingerprint, before + 1);
    // GitLab shows one of several with the same fingerprint.
    return issueOf(problem, before === 0 ? fingerprint : `${fingerprint}-${before + 1}`);
  });
}

function issueOf({ code, level, place, message, hint }: ReportedProblem, fingerprint: string): JsonObject {
  return {
    description: cleanLine(hint === null ? message : `${message} (hint: ${hint})`),
    check_name: code,
    fingerprint,
    severity: level === "error" ? "major" : "minor",
    location: {
      path: place.kind === "file" ? place.file : place.target,
      lines: { begin: place.kind === "file" ? place.line : 1 },
    },
  };
}
