import type { KeyRecord } from "../model/key-record.ts";
import type { KeyPlan, Withheld } from "../model/plan.ts";
import type { PlanContext } from "./context.ts";

/**
 * What becomes of a key that left git: deletes once every condition holds, else the reasons why it is kept.
 * Rests on the record's last applied state.
 */
export function planRemoval(record: KeyRecord, context: PlanContext): KeyPlan {
  throw new Error(`not planned yet: ${record.key} ${context.nowMs}`);
}

/**
 * The conditions that do not hold, without the one that two sweeps agree: a complete sweep that finds none is one of
 * `Unbinding.agreedSweepsMs`.
 */
export function deleteObstacles(record: KeyRecord, context: PlanContext): readonly Withheld[] {
  throw new Error(`not planned yet: ${record.key} ${context.nowMs}`);
}
