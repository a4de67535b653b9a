import type { DesiredBinding } from "../model/desired.ts";
import type { UndoFinding } from "../model/keys/adoption-undo.ts";
import { digestOf } from "../model/values/digest.ts";
import { planRestore } from "./adoption/restore.ts";
import { planSwitchBack } from "./adoption/switch-back.ts";
import type { PlanContext } from "./inputs/context.ts";

/** The way back from the adoption of a function: to its former role, or to the former content of its role. */
export function planAdoptionUndo(binding: DesiredBinding, context: PlanContext): UndoFinding {
  const finding = wayBack(binding, context);
  if (finding.kind !== "planned") return finding;
  // A plan that relies on another state is another plan.
  const digest = digestOf([finding.plan.digest, finding.shown]);
  return { ...finding, plan: { ...finding.plan, digest } };
}

function wayBack(binding: DesiredBinding, context: PlanContext): UndoFinding {
  const { adoptedRole: adopted, adoptionUndo: undo } = context.record ?? {};
  if (adopted === undefined && undo?.state === "done" && undo.way === "in-place")
    return { kind: "nothing", reason: "its adoption was undone" };
  if (adopted?.arn !== binding.role.arn) return planSwitchBack(binding, context);
  const isBegun = undo?.way === "in-place" && undo.begunMs !== null;
  return planRestore(binding, { adopted, isBegun }, context);
}
