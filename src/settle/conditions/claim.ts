import { missingActionOf, type AwsError } from "../../model/aws/errors/aws-error.ts";
import { formatOrigin } from "../../model/values/origin.ts";
import type { Condition, ConditionReason } from "../../model/status.ts";
import { UNRESOLVED } from "../../manifest/statements/references.ts";
import type { Subject } from "../../judge/subject.ts";

/** A condition before its transition time is known. */
export type ConditionClaim = Omit<Condition, "lastTransitionTime">;

export function readyClaim(
  status: ConditionClaim["status"],
  reason: ConditionReason,
  message: string,
): ConditionClaim {
  return { type: "Ready", status, reason, message };
}

/** `Ready` while AWS denies a call for this key or for its account. */
export function deniedClaim(error: AwsError): ConditionClaim {
  const missingAction = missingActionOf(error);
  return { ...readyClaim("False", "AccessDenied", error.message), missingAction };
}

/** A condition of another type that holds. */
export function trueClaim(
  type: ConditionClaim["type"],
  reason: ConditionReason,
  message: string,
): ConditionClaim {
  return { type, status: "True", reason, message };
}

/** The reason of a key that is invalid: only its references lack values, or its document has a mistake. */
export function invalidReason({
  diagnostics,
}: Extract<Subject, { readonly kind: "invalid" }>): "ReferenceNotResolved" | "ValidationFailed" {
  const isOfReference = diagnostics.every(({ code }) => code === UNRESOLVED);
  return diagnostics.length > 0 && isOfReference ? "ReferenceNotResolved" : "ValidationFailed";
}

/** Why an invalid key is invalid: the first diagnostic, with its place. */
export function whyInvalid({ diagnostics: [first] }: Extract<Subject, { readonly kind: "invalid" }>): string {
  return first === undefined ? "invalid" : `${formatOrigin(first.origin)}: ${first.message}`;
}
