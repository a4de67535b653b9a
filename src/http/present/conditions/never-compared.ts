import type { Condition } from "../../../model/status.ts";

/**
 * The conditions of a key that no pass has compared yet. Without them, tools that wait by the rules of kstatus take an object
 * for done.
 *
 * @param since ISO 8601: when it was declared
 */
export function neverCompared(since: string): readonly Condition[] {
  const claim = {
    reason: "NotCompared",
    message: "no pass has compared it yet",
    lastTransitionTime: since,
  } as const;
  return [
    { type: "Ready", status: "Unknown", ...claim },
    { type: "Reconciling", status: "True", ...claim },
  ];
}

/**
 * The conditions of a document that has no key: what it names could not be read, or does not exist.
 *
 * @param error null: it has none
 * @param since ISO 8601: when it was declared
 */
export function withoutKeys(error: string | null, since: string): readonly Condition[] {
  if (error === null) {
    const message = "it has no binding";
    return [{ type: "Ready", status: "Unknown", reason: "NotCompared", message, lastTransitionTime: since }];
  }
  const claim = { reason: "ValidationFailed", message: error, lastTransitionTime: since } as const;
  return [
    { type: "Ready", status: "False", ...claim },
    { type: "Stalled", status: "True", ...claim },
  ];
}
