import { ownerOf, policyOwnership } from "../../diff/drift/ownership.ts";
import type { DesiredPolicy } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { LivePolicy } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { PlanContext } from "../inputs/context.ts";

/** Every condition under which a policy may be deleted that does not hold, but the one that two sweeps agree. */
export function policyObstacles(
  policy: DesiredPolicy,
  found: LivePolicy,
  record: KeyRecord,
  context: PlanContext,
): readonly Withheld[] {
  return [...ownershipObstacles(policy, found, context), ...policyUse(policy, found, record, context)];
}

function ownershipObstacles(
  policy: DesiredPolicy,
  found: LivePolicy,
  context: PlanContext,
): readonly Withheld[] {
  if (policy.use === "boundary") {
    const reason = "boundaries are never written by Grantkeeper";
    return [{ kind: "unmodifiable", subject: policy.arn, reason, fix: null }];
  }
  if (found.tags.kind === "present") {
    const ownership = policyOwnership(found, found.tags.value, ownerOf(policy), context);
    const known = context.record?.inventory.some((item) => item.uniqueId === found.policyId);
    if (ownership.kind === "ours" && known === true) return [];
  }
  const reason = "tags, path and inventory do not agree that the policy is ours";
  return [{ kind: "ownership-conflict", subject: policy.arn, reason, fix: "delete it by hand, or leave it" }];
}

function policyUse(
  { arn }: DesiredPolicy,
  found: LivePolicy,
  record: KeyRecord,
  { live, nowMs, account }: PlanContext,
): readonly Withheld[] {
  const waiting = (reason: string): Withheld => ({ kind: "waiting", subject: arn, reason, fix: null });
  const withheld: Withheld[] = [];
  if (!live.complete) withheld.push(waiting("the account was not read as a whole"));
  if (found.attachmentCount === null || found.boundaryUsageCount === null)
    withheld.push(waiting("AWS did not say how many roles use it"));
  if ((found.attachmentCount ?? 0) > 0) withheld.push(waiting("it is still attached"));
  if ((found.boundaryUsageCount ?? 0) > 0)
    withheld.push(waiting("it is still the boundary of a role or user"));
  if (record.unbinding === null) withheld.push(waiting("it left git just now"));
  else if (nowMs - record.unbinding.atMs < account.deleteQuietMs) {
    withheld.push(waiting("it stays until it was quiet for the account's deleteQuiet since it left git"));
  }
  return withheld;
}
