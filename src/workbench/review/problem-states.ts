import { getOrAdd } from "../../model/values/lists.ts";
import { problemFingerprint, type ReportedProblem } from "../reports/problem-report.ts";

/** The problems of two revisions. */
export interface ComparedProblems {
  /** Of the head, each with its state, in their order. */
  readonly current: readonly ReportedProblem[];
  /** Of the base alone. */
  readonly gone: readonly ReportedProblem[];
}

/**
 * The same problem at another line of its file is unchanged. If the head has one problem more often than the base, the
 * last ones count as new: which of them was added is not known.
 */
export function compareProblems(
  before: readonly ReportedProblem[],
  after: readonly ReportedProblem[],
): ComparedProblems {
  const left = new Map<string, ReportedProblem[]>();
  for (const problem of before) getOrAdd(left, problemFingerprint(problem), () => []).push(problem);
  const current = after.map((problem): ReportedProblem => {
    const same = left.get(problemFingerprint(problem))?.shift();
    // A warning that has become an error is new.
    const state = same?.level === problem.level ? "unchanged" : "new";
    return { ...problem, state };
  });
  const kept = new Set([...left.values()].flat());
  return { current, gone: before.filter((problem) => kept.has(problem)) };
}
