import { risksOf as risksOfRows } from "../../iam/risk/row-risk.ts";
import type { RowRisk } from "../../model/delta.ts";
import type { PlanView } from "../../plan/render/plan-view.ts";
import { counted } from "../../text/phrases.ts";

/** `2 newly allowed actions, risk: escalation`; `nothing new`. Also of what is refused: a reviewer wants to know. */
export function accessText({
  delta,
  broken,
  brokenBase,
}: Pick<PlanView, "delta" | "broken" | "brokenBase">): string {
  if (broken !== null) return "not known";
  if (brokenBase !== null) return "not known: the base is broken";
  const { allowed, unknownEffect } = delta;
  const risks = shownRisksOf(delta);
  const added = allowed.length === 0 ? [] : [counted(allowed.length, "newly allowed action")];
  const risk = risks.length === 0 ? [] : [`risk: ${risks.join(", ")}`];
  const unknown = unknownEffect.length === 0 ? [] : ["a part has an unknown effect"];
  const all = [...added, ...risk, ...unknown];
  return all.length === 0 ? "nothing new" : all.join(", ");
}

/** The risks of what is newly allowed, the worst first. */
export function shownRisksOf({ allowed }: PlanView["delta"]): readonly RowRisk[] {
  return risksOfRows(allowed);
}

/** The answer of a review in one line. */
export function verdictText(obstacles: readonly string[]): string {
  return obstacles.length === 0
    ? "This change may merge by itself: it grants nothing that needs a decision"
    : "This change does not merge by itself";
}

/** For what a review does not list again. */
export function unchangedNotes(count: number): readonly string[] {
  if (count === 0) return [];
  const are = count === 1 ? "is" : "are";
  return [`${counted(count, "problem")} ${are} as in the base: grantkeeper validate lists them`];
}
