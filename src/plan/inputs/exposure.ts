import { isShownLater } from "../../diff/drift/first-read.ts";
import { isOpen } from "../../iam/risk/access.ts";
import type { Drift } from "../../model/drift.ts";
import { driftFingerprint } from "../../model/drift.ts";
import type { DeltaRow } from "../../model/delta.ts";
import type { PlanContext } from "./context.ts";

/**
 * A permission by which a role could make itself more, or by which others get in. A Deny that is gone may have kept
 * back either. Content that is not understood may do either, unless it states Deny.
 */
function exposes(row: DeltaRow): boolean {
  return (
    row.effect === "Deny" ||
    row.limit?.kind === "denial" ||
    row.risk === "escalation" ||
    row.risk === "exposure" ||
    (row.condition.kind === "unknown" && row.condition.effect !== "Deny")
  );
}

/**
 * True for a difference that must end immediately: escalation or exposure that Git neither declares nor declared. A
 * permission that a revision removes is no exposure: it was wanted until then.
 */
export function isExposure(drift: Drift, context: PlanContext): boolean {
  if (drift.cause === "revision" || drift.cause === "upstream") return false;
  if (drift.change.kind === "boundary") return isForeignBoundary(drift.live, context);
  if (drift.change.kind === "statement-extra") {
    return isOpen(drift.change.danger) && !seenAtFirst(drift, context);
  }
  return drift.delta.allowed.some(exposes);
}

/** None at all, or one that the account does not know. */
export function isForeignBoundary(boundary: string | null, { account }: PlanContext): boolean {
  return boundary === null || !account.boundaries.some((known) => known === boundary);
}

/** When the difference was first seen; now where it is new. */
function firstSeenMs(drift: Drift, { record, nowMs }: PlanContext): number {
  return record?.driftSinceMs[driftFingerprint(drift)] ?? nowMs;
}

/** True when it was there before the first state was applied, or before it could be seen: it may be wanted. */
export function seenAtFirst(drift: Drift, context: PlanContext): boolean {
  if (drift.ofFirstRead === true) return true;
  const applied = context.record?.applied ?? null;
  const { openDrifts = {} } = context.record ?? {};
  const madeInAws = openDrifts[driftFingerprint(drift)]?.madeInAws !== undefined;
  if (madeInAws || (applied === null && drift.cause === "out-of-band")) return false;
  if (applied === null) return true;
  return !isShownLater(drift, context.record) && firstSeenMs(drift, context) <= applied.atMs;
}

/** The end of the time in which the team can suspend the revert or declare the addition in Git. */
export function graceEndMs(drift: Drift, context: PlanContext): number {
  if (drift.cause !== "out-of-band") return 0;
  return firstSeenMs(drift, context) + context.account.revertOtherMs;
}
