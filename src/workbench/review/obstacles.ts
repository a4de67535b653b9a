import { isBlocking } from "../../model/finding.ts";
import { refusedRules, ruleNames } from "../../model/rules/refusal.ts";
import { objectName, type PlanView } from "../../plan/render/plan-view.ts";
import { someOf } from "../../text/phrases.ts";
import {
  brokenBaseText,
  mergeVerdict,
  reportVerdict,
  type MergeObstacle,
  type MergeVerdict,
} from "../plan/merge/merge-verdict.ts";
import { inOrder } from "../plan/report.ts";
import { liveObstacles } from "./live/live-texts.ts";
import type { Review } from "./review.ts";

type ReviewFacts = Pick<Review, "plan" | "unread" | "live">;

/** The verdict on the plan, unless a merge changes more than what was compared. */
export function reviewVerdict({ plan, unread, live }: ReviewFacts): MergeVerdict {
  const { whyNot } = reportVerdict(plan);
  const all = [
    ...whyNot,
    ...unread.map((reason) => ({ code: "not-read", reason }) as const),
    ...liveObstacles(live),
  ];
  return { autoMergeable: all.length === 0, whyNot: all };
}

/** Why a change does not merge by itself, each reason once with the functions and policies that have it; none: it may. */
export function obstacleTexts({ plan, unread, live }: ReviewFacts): readonly string[] {
  const found = inOrder(plan.views).flatMap((view) =>
    mergeVerdict(view).whyNot.map(({ code }) => ({ text: textOf(code, view), name: objectName(view.key) })),
  );
  const groups = Map.groupBy(found, ({ text }) => text);
  const ofViews = [...groups].map(
    ([text, group]) => `${text}: ${someOf([...new Set(group.map(({ name }) => name))])}`,
  );
  const ofOthers = reviewVerdict({ plan: { ...plan, views: [] }, unread, live }).whyNot.map(
    ({ reason }) => reason,
  );
  return [...ofViews, ...ofOthers];
}

const TEXTS = {
  invalid: "cannot be used",
  "not-read": "not compared",
  refused: "refused",
  held: "needs an approval",
  new: "not declared before",
  "new-access": "allows more",
  "unknown-effect": "a part of the change has an unknown effect",
  settings: "settings change",
  mode: "the mode changes",
  removed: "no longer declared",
  platform: "a document of the platform changes",
  overwrites: "overwrites what was changed in AWS",
} as const satisfies Record<MergeObstacle["code"], string>;

function textOf(code: MergeObstacle["code"], { findings, brokenBase }: PlanView): string {
  if (code === "not-read" && brokenBase !== null) return brokenBaseText(brokenBase);
  const rules = refusedRules(findings.filter(isBlocking));
  return code === "refused" && rules.length > 0 ? `refused by ${ruleNames(rules)}` : TEXTS[code];
}
