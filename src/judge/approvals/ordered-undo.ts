import { actionDigest, type KeyPlan } from "../../model/plan.ts";
import type { UndoFinding } from "../../model/keys/adoption-undo.ts";
import type { OrderedUndo } from "../../model/keys/undo-order.ts";
import { isInOrder } from "./approved.ts";

/**
 * The part of the ordered undo that is left: some calls may have been made already. A sentence if the plan is not the one
 * that was approved, since another one needs another approval.
 */
export function orderedPlan(finding: UndoFinding, { order }: OrderedUndo): KeyPlan | string {
  if (finding.kind !== "planned") return undoReason(finding);
  const { way, to, shown, plan } = finding;
  if (way !== order.way || to !== order.to) return `the way back is now ${to}, and ${order.to} was approved`;
  if (shown !== order.shown) return `role ${to} has changed since the undo was approved`;
  return isInOrder(plan.actions.map(actionDigest), order.covers)
    ? plan
    : "the calls that are left are not those that were approved";
}

/** Only reads that failed are against it: the next one may succeed. */
export function isUnread(finding: UndoFinding): boolean {
  return finding.kind === "refused" && finding.obstacles.every(({ kind }) => kind === "not-read");
}

/** Why there is nothing to do or nothing may be done, in one line. */
export function undoReason(finding: Exclude<UndoFinding, { readonly kind: "planned" }>): string {
  if (finding.kind === "nothing") return finding.reason;
  return finding.obstacles.map(({ message }) => message).join("; ");
}
