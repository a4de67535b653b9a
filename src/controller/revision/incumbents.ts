import { ownerOf, roleOwnership } from "../../diff/drift/ownership.ts";
import { liveOwner, type Incumbents, type LiveOwner } from "../../manifest/compile/conflicts.ts";
import type { AccountId, InstanceName, Region } from "../../model/aws/ids.ts";
import { defaultRoleName } from "../../model/aws/role-name.ts";
import { liveFunction, liveRole, type LiveAccount, type LiveRole } from "../../model/live.ts";
import type { ControllerContext } from "../settings.ts";

type RoleClaimant = Parameters<Incumbents["role"]>[0];

/**
 * The owners that the tags of roles name, as each account was last read. A tag of ours was written when the binding was
 * applied. It decides only what the record does not, which may be lost.
 */
export function incumbentsOf({ state, settings }: Pick<ControllerContext, "state" | "settings">): Incumbents {
  const { instance } = settings;
  const liveOf = ({ accountId }: RoleClaimant): LiveAccount | null =>
    state.account(accountId as AccountId).live;
  return {
    role: (claim) => ownerOfRole(claim, liveOf(claim), instance),
    function: (claim) => ownerOfFunction(claim, liveOf(claim), instance),
  };
}

/** Whether the last reads show an owner that was not known when the revision was compiled. */
export function hasNewOwner(context: Pick<ControllerContext, "state" | "settings">): boolean {
  const undecided = context.state.enforced?.compilation.undecided ?? [];
  const incumbents = incumbentsOf(context);
  return undecided.some((claims) => liveOwner(claims, incumbents) !== null);
}

function ownerOfRole(claim: RoleClaimant, live: LiveAccount | null, instance: InstanceName): LiveOwner {
  const role = live === null ? null : liveRole(live, claim.role.name);
  if (role === null || role.kind === "unknown") return "unknown";
  return role.kind === "present" && isOwn(role.value, claim, instance) ? "own" : "other";
}

/** A function has no tag of ours: its owner is the owner of the role that it runs on, or that is named after it. */
function ownerOfFunction(claim: RoleClaimant, live: LiveAccount | null, instance: InstanceName): LiveOwner {
  if (live === null) return "unknown";
  const { functionName, region } = claim;
  const role = liveRole(live, claim.role.name);
  const found = liveFunction(live, region as Region, functionName);
  if (role.kind === "unknown" || found.kind === "unknown") return "unknown";
  if (role.kind === "absent" || !isOwn(role.value, claim, instance)) return "other";
  if (found.kind === "present" && found.value.roleArn === role.value.arn) return "running";
  return claim.role.name === defaultRoleName(functionName, region) ? "own" : "other";
}

function isOwn(role: LiveRole, claim: RoleClaimant, instance: InstanceName): boolean {
  const context = { record: null, instance, writes: { byTarget: new Map(), byKey: new Map() } };
  return roleOwnership(role, ownerOf(claim), context).kind === "ours";
}
