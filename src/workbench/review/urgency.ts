import { isRefused, type PlanView } from "../../plan/render/plan-view.ts";
import { namesOf } from "../../iam/match/reach.ts";
import type { NameSet } from "../../model/delta.ts";
import { inOrder } from "../plan/report.ts";
import { shownRisksOf } from "./verdict-text.ts";

/** In the order of their importance to a reviewer, then by name: of a long list, a comment has the first ones. */
export function mostUrgentFirst(views: readonly PlanView[]): readonly PlanView[] {
  const ranked = inOrder(views).map((view) => ({ view, rank: rankOf(view) }));
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ view }) => view);
}

function rankOf(view: PlanView): number {
  const { delta } = view;
  const facts = [
    isRefused(view) || view.broken !== null || view.brokenBase !== null,
    shownRisksOf(delta).length > 0,
    delta.allowed.some(({ action }) => mayDelete(action)),
    delta.unknownEffect.length > 0,
    view.file === null,
    delta.allowed.length > 0,
  ];
  const first = facts.indexOf(true);
  return first < 0 ? facts.length : first;
}

const DELETING = ["delete", "batchdelete", "purge", "remove", "terminate"] as const;

/** Some of the actions remove something, by their names. */
function mayDelete(action: NameSet): boolean {
  if (action.kind === "any" || action.kind === "all-but" || action.kind === "unknown") return true;
  return namesOf(action).some((name) => {
    const [, verb = name] = name.toLowerCase().split(":");
    const [exact = ""] = verb.split(/[*?]/);
    return DELETING.some((word) => exact.startsWith(word) || (exact !== verb && word.startsWith(exact)));
  });
}
