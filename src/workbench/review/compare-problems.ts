import { getOrAdd } from "../../model/values/lists.ts";
import { someOf } from "../../text/phrases.ts";
import { problemFingerprint, type ProblemTargets, type ReportedProblem } from "../reports/problem-report.ts";

/** The problems of two revisions. */
export interface ComparedProblems {
  /** Of the head, each with its state, in their order. */
  readonly current: readonly ReportedProblem[];
  /** Of the base alone. */
  readonly gone: readonly ReportedProblem[];
}

/**
 * The same problem at another line of its file is unchanged. If the head has one problem more often than the base, the
 * last ones count as new: which of them was added is not known. A problem that appears in a further account is new, and that
 * of the other accounts is not gone.
 */
export function compareProblems(
  before: readonly ReportedProblem[],
  after: readonly ReportedProblem[],
): ComparedProblems {
  const sameText = pairs(before, after, problemFingerprint);
  const paired = new Set(sameText.values());
  // The text names the accounts, and these may have changed.
  const sameCause = pairs(
    before.filter((problem) => !paired.has(problem)),
    after.filter((problem) => !sameText.has(problem)),
    causeName,
  );
  const earlier = new Map([...sameText, ...sameCause]);
  const kept = new Set(earlier.values());
  return {
    current: after.map((problem) => compared(problem, earlier.get(problem))),
    gone: before.filter((problem) => !kept.has(problem)),
  };
}

/** By a problem of the head, the one of the base with the same name; each has one at most. */
function pairs(
  before: readonly ReportedProblem[],
  after: readonly ReportedProblem[],
  nameOf: (problem: ReportedProblem) => string | null,
): ReadonlyMap<ReportedProblem, ReportedProblem> {
  const left = new Map<string, ReportedProblem[]>();
  for (const problem of before) {
    const name = nameOf(problem);
    if (name !== null) getOrAdd(left, name, () => []).push(problem);
  }
  return new Map(
    after.flatMap((problem) => {
      const same = left.get(nameOf(problem) ?? "")?.shift();
      return same === undefined ? [] : [[problem, same] as const];
    }),
  );
}

/** null: it is of no account. */
function causeName({ perTarget, count, ...problem }: ReportedProblem): string | null {
  if (perTarget === undefined) return null;
  return `${problemFingerprint({ ...problem, message: perTarget.cause })} ${count}`;
}

function compared(problem: ReportedProblem, same: ReportedProblem | undefined): ReportedProblem {
  // A warning that has become an error is new.
  if (same?.level !== problem.level) return { ...problem, state: "new" };
  const added = addedTargets(problem.perTarget, same.perTarget);
  if (added.length === 0) return { ...problem, state: "unchanged" };
  const { message } = problem;
  return { ...problem, ownMessage: message, message: `${message} (new in ${someOf(added)})`, state: "new" };
}

/** Those that had it not, or only as a warning. */
function addedTargets(
  now: ProblemTargets | undefined,
  before: ProblemTargets | undefined,
): readonly string[] {
  if (now === undefined || before === undefined) return [];
  const had = new Set([...before.targets, ...before.warnsIn]);
  return [
    ...now.targets.filter((target) => !before.targets.includes(target)),
    ...now.warnsIn.filter((target) => !had.has(target)),
  ];
}
