import type { Condition, ConditionReason } from "../../model/status.ts";

/** What to do about a call that AWS refuses until something changes; other failures are tried again by themselves. */
const HINTS: Readonly<Partial<Record<ConditionReason, string>>> = {
  AccessDenied: "grantkeeper doctor shows which permission is missing",
  QuotaExceeded: "declare less, or ask AWS to raise the quota; it is tried again every hour",
  RejectedByAws: "correct the manifest or the object in AWS; it is tried again after a change and every hour",
  UnmodifiableRole: "use another role.name",
};

/** null: the conditions show no such failure. */
export function failureHint(conditions: readonly Condition[]): string | null {
  return conditions.filter(isBad).flatMap(({ reason }) => HINTS[reason] ?? [])[0] ?? null;
}

function isBad({ type, status }: Condition): boolean {
  return type === "Stalled" ? status === "True" : type === "Ready" && status === "False";
}

const FAILURES: ReadonlySet<ConditionReason> = new Set([
  "AccessDenied",
  "ReconciliationFailed",
  "PruneFailed",
  "RejectedByAws",
  "QuotaExceeded",
  "UnmodifiableRole",
  "ImmutableField",
  "OwnershipConflict",
]);

/**
 * The failures in the record, for a pass without a plan: the obstacle and the withheld changes of a plan are the same
 * failures. While the account cannot be read, `Ready` repeats the reason of that.
 */
export function recordedFailures(
  conditions: readonly Condition[],
  isAccountUnread: boolean,
): readonly { readonly reason: string; readonly hint: string | null }[] {
  const failed = conditions.filter(
    (one) => FAILURES.has(one.reason) && isBad(one) && !(one.type === "Ready" && isAccountUnread),
  );
  const byMessage = Map.groupBy(failed, ({ message }) => message);
  return [...byMessage].map(([reason, alike]) => ({ reason, hint: failureHint(alike) }));
}
