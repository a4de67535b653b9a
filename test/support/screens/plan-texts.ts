import type { PlanView } from "../../../src/plan/render/plan-view.ts";
import { renderPlan } from "../../../src/plan/render/plan.ts";
import { lineText } from "../../../src/text/screen-line.ts";

/** The lines of a plan without their tones. */
export function planTexts(views: readonly PlanView[]): readonly string[] {
  return renderPlan(views).map(lineText);
}
