import type { Suspension } from "../../../model/approval.ts";
import type { Condition, ConditionReason, Health, KeyStatus } from "../../../model/status.ts";
import { suspensionText } from "../../../text/phrases.ts";

/**
 * The status of a key that was suspended in its last pass, with the suspension that is in force now: one that was resumed or
 * has expired is not shown until the next pass records the new status. A suspension that began after the last pass is a
 * condition only once a pass has seen it: until then a write may be under way.
 *
 * @param inForce undefined: none covers the key
 */
export function withSuspensionInForce(recorded: KeyStatus, inForce: () => Suspension | undefined): KeyStatus {
  const { conditions } = recorded;
  if (!conditions.some(isSuspended)) return recorded;
  const suspension = inForce();
  if (suspension === undefined) return withoutSuspension(recorded);
  const message = suspensionText(suspension);
  return { ...recorded, conditions: conditions.map((one) => (isSuspended(one) ? { ...one, message } : one)) };
}

function isSuspended({ type, status }: Condition): boolean {
  return type === "Suspended" && status === "True";
}

/** It waited for the end of its suspension, which is why nothing is written yet. */
const WAITED: ConditionReason = "Progressing";
const MESSAGE = "its suspension has ended, and no pass has ended since";

function withoutSuspension(recorded: KeyStatus): KeyStatus {
  const conditions = recorded.conditions
    .filter((condition) => !isSuspended(condition))
    .map((one) => (one.type === "Ready" && one.reason === WAITED ? { ...one, message: MESSAGE } : one));
  return { ...recorded, health: healthOf(recorded), conditions };
}

/** As a pass computes it for a key that is not suspended. */
function healthOf({ conditions, drift }: KeyStatus): Health {
  if (drift?.fields.some((field) => field === "role-missing" || field === "policy-missing") === true)
    return "Missing";
  const ready = conditions.find(({ type }) => type === "Ready")?.status;
  if (ready === "True") return "Healthy";
  return ready === "False" ? "Degraded" : "Progressing";
}
