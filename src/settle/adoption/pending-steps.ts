import { approvedPartText } from "../../plan/render/approved/approved-text.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { LiveFunction } from "../../model/live.ts";
import type { JudgedView } from "../outcome/outcome.ts";
import type { PendingStep, PendingSteps } from "./adoption-facts.ts";

/** What the writes to the role of the function and to the declared role wait for, after a pass. */
export function pendingSteps(
  { functionRole, role }: Pick<DesiredBinding, "functionRole" | "role">,
  { arn }: Pick<LiveFunction, "arn">,
  view: JudgedView,
): PendingSteps {
  return {
    switch: functionRole === "verify" ? { kind: "deployer" } : pendingOf(arn, view),
    role: pendingOf(role.arn, view),
  };
}

/** The plan of a key is approved completely, or some of its actions alone. */
function pendingOf(target: string, view: JudgedView): PendingStep {
  const { plan, judged, skipped, failure } = view;
  const ofTarget = plan.withheld.filter(({ subject }) => subject === target);
  const withheld = ofTarget.find(({ approval }) => approval === undefined);
  if (withheld !== undefined) return { kind: "obstacle", reason: withheld.reason, fix: withheld.fix };
  if (judged.verdict.kind === "refuse") return obstacle(judged.verdict.reason);
  if (skipped?.kind === "suspended") return obstacle(`suspended by ${skipped.suspension.actor}`);
  if (skipped?.kind === "stalled") return obstacle(skipped.stalled.message);
  if (failure !== null) return obstacle(failure.error.message);
  const approved = plan.approvable
    .filter(({ actions }) => actions.some((action) => action.target === target))
    .flatMap((part) => approvedPartText(part, { ...judged, drifts: view.drifts }) ?? []);
  const [text] = approved;
  if (text !== undefined) return { kind: "obstacle", reason: text, fix: null };
  const isHeld = judged.verdict.kind === "hold" && plan.actions.some((action) => action.target === target);
  return isHeld || ofTarget.length > 0 ? { kind: "approval" } : { kind: "next-pass" };
}

function obstacle(reason: string): PendingStep {
  return { kind: "obstacle", reason, fix: "describe shows it with what to do" };
}
