import type { BindingGroup, Condition, KeyStatus } from "../../../model/status.ts";
import { lastsUntilFixed } from "../../../model/answers/blocked.ts";

/** What else decides about the group of a binding. */
export interface GroupFacts {
  /** null: the key has no record yet. */
  readonly status: KeyStatus | null;
  /** The account was read completely at least once, and its last read did not fail. */
  readonly isAccountRead: boolean;
  /** It changed in Git, and no pass has compared it since. */
  readonly isUncompared: boolean;
  /** An approval of its plan is pending. */
  readonly isHeld: boolean;
  readonly isRejected: boolean;
  /** A part of its plan is approved and not written yet, and no other approval of the plan is pending. */
  readonly isApproved: boolean;
}

/** The one group of a binding: what was not read comes first, then what needs a person, then what continues by itself. */
export function bindingGroup({
  status,
  isAccountRead,
  isUncompared,
  isHeld,
  isRejected,
  isApproved,
}: GroupFacts): BindingGroup {
  if (status === null || status.conditions.length === 0) return "not-compared";
  if (!isAccountRead) return unreadGroup(status);
  if (isUncompared) return "not-compared";
  if (isRejected) return "rejected";
  const ready = conditionOf(status, "Ready");
  if (ready?.reason === "ChangeWindowClosed") return isApproved ? "window-approved" : "window-closed";
  // An approved part that waits is in no list of approvals.
  if (ready?.reason === "WaitingForDependency") return isApproved ? "dependent" : "depends-on";
  if (isHeld || ready?.reason === "AwaitingApproval") return "awaiting-approval";
  if (lastsUntilFixed(status)) return "refused";
  if (ready?.status === "False") return "dependent";
  if (status.sync === "Unknown") return unreadGroup(status);
  return status.sync === "Synced" ? "in-sync" : differentGroup(status);
}

/** A difference that the last read showed may still exist. */
function unreadGroup({ drift }: KeyStatus): BindingGroup {
  return drift === null ? "unread" : "unread-differs";
}

function differentGroup(status: KeyStatus): BindingGroup {
  if (conditionOf(status, "Drifted")?.reason === "UpstreamChanged") return "upstream";
  if (conditionOf(status, "Suspended")?.status === "True") return "suspended";
  if (status.mode === "observe") return "observed";
  // Without drift and without a reason to withhold a write, only a write that is not seen yet is left.
  const isUnconfirmed = status.drift === null && (status.plan?.withheld ?? []).length === 0;
  return isUnconfirmed || (status.plan?.actions ?? 0) > 0 ? "changing" : "not-planned";
}

function conditionOf({ conditions }: KeyStatus, type: Condition["type"]): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
