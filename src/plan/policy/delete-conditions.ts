import { withheldOf } from "../inputs/withheld.ts";
import { ownerOf, policyOwnership } from "../../diff/drift/ownership.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Withheld } from "../../model/plan.ts";
import type { ExistingPolicy } from "./existing-policy.ts";

/** The unmet conditions for deleting a policy, except that two sweeps must agree. */
export function policyObstacles(existing: ExistingPolicy, record: KeyRecord): readonly Withheld[] {
  return [...ownershipObstacles(existing), ...policyUse(existing, record)];
}

function ownershipObstacles({ policy, found, context }: ExistingPolicy): readonly Withheld[] {
  if (policy.use === "boundary") {
    const reason = "boundaries are never written by Grantkeeper";
    return [{ kind: "unmodifiable", subject: policy.arn, reason, fix: null }];
  }
  if (found.tags.kind === "present") {
    const ownership = policyOwnership({ ...found, tags: found.tags.value }, ownerOf(policy), context);
    const known = context.record?.inventory.some((item) => item.uniqueId === found.policyId);
    if (ownership.kind === "ours" && known === true) return [];
  }
  const reason = "tags, path and inventory do not agree that the policy is ours";
  return [{ kind: "ownership-conflict", subject: policy.arn, reason, fix: "delete it by hand, or leave it" }];
}

function policyUse({ policy, found, context }: ExistingPolicy, record: KeyRecord): readonly Withheld[] {
  const { live, nowMs, account } = context;
  const waiting = (reason: string): Withheld => withheldOf(policy.arn)("waiting", reason);
  const withheld: Withheld[] = [];
  if (!live.complete) withheld.push(waiting("the account was not read completely"));
  if (found.attachmentCount === null || found.boundaryUsageCount === null)
    withheld.push(waiting("AWS did not report how many roles use it"));
  if ((found.attachmentCount ?? 0) > 0) withheld.push(waiting("it is still attached"));
  if ((found.boundaryUsageCount ?? 0) > 0)
    withheld.push(waiting("it is still the boundary of a role or user"));
  if (record.unbinding === null) withheld.push(waiting("it was just removed from Git"));
  else if (nowMs - record.unbinding.atMs < account.deleteQuietMs) {
    withheld.push(waiting("it stays until the account's deleteQuiet has passed since it left Git"));
  }
  return withheld;
}
