import type { AccountRecord } from "../../../model/records/account-record.ts";
import type { Condition, KeyStatus } from "../../../model/status.ts";
import { byText } from "../../../text/order.ts";

/**
 * The status of a key whose account is not read now, although the record has an earlier comparison: a read that has not
 * ended, and a pass that threw, record nothing. Later changes in AWS are unknown; drift that was seen has not
 * ended, and a suspension is still in force.
 *
 * @param failing of the account
 */
export function notRead(recorded: KeyStatus, failing: NonNullable<AccountRecord["failing"]>): KeyStatus {
  const isSuspended = recorded.conditions.some(({ type }) => type === "Suspended");
  const kept = recorded.conditions.filter(({ type }) => !REPLACED.has(type));
  const replaced = [
    claim(recorded, { type: "Ready", status: "Unknown" }, failing),
    claim(recorded, { type: "Reconciling", status: "True" }, failing),
    ...drifted(recorded, failing),
  ];
  return {
    ...recorded,
    sync: "Unknown",
    health: isSuspended ? "Suspended" : "Progressing",
    conditions: [...kept, ...replaced].sort((a, b) => byText(a.type, b.type)),
  };
}

const REPLACED: ReadonlySet<Condition["type"]> = new Set(["Ready", "Reconciling", "Drifted"]);

function drifted(recorded: KeyStatus, failing: NonNullable<AccountRecord["failing"]>): readonly Condition[] {
  const before = recorded.conditions.find(({ type }) => type === "Drifted");
  if (before === undefined) return [];
  return before.status === "True"
    ? [before]
    : [claim(recorded, { type: "Drifted", status: "Unknown" }, failing)];
}

/** Kubernetes' rule: the transition time changes only with `status`. */
function claim(
  { conditions }: KeyStatus,
  { type, status }: Pick<Condition, "type" | "status">,
  { reason: message, sinceMs }: NonNullable<AccountRecord["failing"]>,
): Condition {
  const before = conditions.find((condition) => condition.type === type);
  const since = new Date(sinceMs).toISOString();
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : since;
  return { type, status, reason: "Progressing", message, lastTransitionTime };
}
