import { objectName } from "../../plan/render/plan-view.ts";
import { planValue } from "../plan/report.ts";
import { awaitedApprovals } from "./approvals.ts";
import { shownRisksOf } from "./verdict-text.ts";
import { reviewVerdict } from "./obstacles.ts";
import type { Review } from "./review.ts";

/** What `review -o json` prints: the plan, and what reviewers ask in addition. */
export function reviewValue(review: Review) {
  const { plan, problems, corrections, commit, live } = review;
  const risks = plan.views.flatMap(({ key, target, delta, brokenBase }) => {
    const found = brokenBase === null ? shownRisksOf(delta) : [];
    return found.length === 0 ? [] : [{ name: objectName(key), target, risks: found }];
  });
  return {
    commit,
    ...planValue(plan),
    ...reviewVerdict(review),
    risks,
    live: live.kind === "previewed" ? live.preview : null,
    notPreviewed: live.kind === "not-previewed" ? live.reason : null,
    approvals: awaitedApprovals(review),
    problems: problems.current,
    gone: problems.gone,
    corrections,
  };
}
