import { formatOrigin } from "../../model/values/origin.ts";
import type { Condition, ConditionReason } from "../../model/status.ts";
import type { Subject } from "../../judge/subject.ts";

/** A condition before its transition time is known. */
export type ConditionClaim = Omit<Condition, "lastTransitionTime">;

export function conditionClaim(
  type: ConditionClaim["type"],
  status: ConditionClaim["status"],
  reason: ConditionReason,
  message: string,
): ConditionClaim {
  return { type, status, reason, message };
}

/** Why an invalid key is invalid: the first diagnostic, with its place. */
export function whyInvalid(subject: Extract<Subject, { readonly kind: "invalid" }>): string {
  const [first] = subject.diagnostics;
  return first === undefined ? "invalid" : `${formatOrigin(first.origin)}: ${first.message}`;
}
