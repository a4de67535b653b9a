import type { ReportFormat, OutputFormat } from "../../cli/toolbox/options.ts";
import { counted } from "../../text/phrases.ts";
import { problemsOfPlan } from "../plan/pipeline.ts";
import { withCorrectedLines, type ProblemReport } from "../reports/problem-report.ts";
import { liveNotes } from "./live/live-texts.ts";
import { reportedChanges } from "./reported-changes.ts";
import type { Review } from "./review.ts";
import { unchangedNotes } from "./verdict-text.ts";

/**
 * A review for the tools of a pipeline. Those that compare by themselves get all problems, the others those that the
 * change brings.
 */
export function problemsOfReview(review: Review, format: OutputFormat | ReportFormat): ProblemReport {
  const { plan, problems, corrections, live } = review;
  const ofPlan = problemsOfPlan(plan);
  const report = {
    ...ofPlan,
    command: "review",
    changes: reportedChanges(review),
    notes: [...liveNotes(live), ...ofPlan.notes],
  };
  const current = withCorrectedLines(problems.current, corrections);
  if (format === "sarif" || format === "gitlab") return { ...report, problems: current };
  const added = current.filter(({ state }) => state === "new");
  const gone =
    problems.gone.length === 0
      ? []
      : [`${counted(problems.gone.length, "problem")} of the base no longer found`];
  const notes = [...unchangedNotes(current.length - added.length), ...gone, ...report.notes];
  return { ...report, problems: added, notes };
}
