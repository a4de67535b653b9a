import { isAwsManagedPolicy } from "../../iam/shipped-policies.ts";
import { OWNER_TAG } from "../../model/aws/tag.ts";
import { hasOwnershipTags, ownerOf, ownershipTags, tagValue } from "../../diff/drift/ownership.ts";
import { exceededQuotas, sizesInBetween } from "../../diff/role/role-quota.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import {
  contentDigest,
  contentOf,
  type AdoptedRole,
  type RoleContent,
} from "../../model/keys/adopted-role.ts";
import type { UndoFinding, UndoObstacle } from "../../model/keys/adoption-undo.ts";
import { liveRole, type LiveRole } from "../../model/live.ts";
import { digestOf } from "../../model/values/digest.ts";
import type { PlanContext } from "../inputs/context.ts";
import { assemblePlan } from "../order/assemble.ts";
import { EMPTY_PART } from "../order/draft.ts";
import { undoObstacle, undoRefused } from "./obstacle.ts";
import {
  isBoundaryLeft,
  orderOfTrust,
  restoreMoments,
  restoreSteps,
  type RoleToRestore,
} from "./restore-steps.ts";
import { isSafeOrder, unreadPolicies } from "./safe-order.ts";

/** An adopted role, and whether calls of its undo have been made already. */
interface Adopted {
  readonly adopted: AdoptedRole;
  readonly isBegun: boolean;
}

/** The plan that gives a role that was taken over in place its former content again, and ends the ownership. */
export function planRestore(
  binding: DesiredBinding,
  { adopted, isBegun }: Adopted,
  context: PlanContext,
): UndoFinding {
  const reading = liveRole(context.live, binding.role.name);
  if (reading.kind === "unknown") return undoRefused(undoObstacle("not-read", reading.reason));
  if (reading.kind === "absent" || reading.value.arn !== adopted.arn)
    return undoRefused(undoObstacle("role-gone", `role ${adopted.arn} no longer exists`));
  const role = reading.value;
  const former = formerContent(adopted, role);
  if (role.roleId !== adopted.roleId) return undoRefused(recreated(role, adopted));
  if (!hasOwnershipTags(role.tags, ownerOf(binding), context.instance)) return withoutTags(role, former);
  const restored = { binding, role, former, context };
  // The calls that are left of a begun undo are the end of an order that was safe.
  const obstacles = [
    ...(isBegun ? [] : [...changeObstacles(restored, adopted), ...orderObstacles(restored)]),
    ...quotaObstacles(role, former, context),
    ...attachObstacles(role, former, context),
  ];
  if (obstacles.length > 0) return undoRefused(...obstacles);
  return planned(restored, adopted);
}

/** Before the first write beyond the tags there is nothing to restore: the role is as others left it. */
function formerContent({ former, changedAtMs }: AdoptedRole, role: LiveRole): RoleContent {
  return changedAtMs === null ? contentOf(role) : former;
}

function recreated({ arn, roleId }: LiveRole, adopted: AdoptedRole): UndoObstacle {
  const message = `role ${arn} was deleted and created again: its id is ${roleId}, and was ${adopted.roleId}`;
  return undoObstacle("role-recreated", message, "find out who created it: nothing of it is written");
}

function withoutTags(role: LiveRole, former: RoleContent): UndoFinding {
  const owner = tagValue(role.tags, OWNER_TAG);
  if (ownershipTags(role.tags).length > 0) {
    const fix = "find out who wrote the tags: nothing of it is written";
    const because = `role ${role.name} has the ownership tags of another owner: ${owner ?? "no owner is named"}`;
    return undoRefused(undoObstacle("changed", because, fix));
  }
  if (contentDigest(contentOf(role)) === contentDigest(former))
    return { kind: "nothing", reason: `role ${role.name} has its former content and no ownership tags` };
  const message = `role ${role.name} has no ownership tags of this installation, and not its former content`;
  return undoRefused(
    undoObstacle("changed", message, "compare it with the audit record, and restore it by hand"),
  );
}

const UNREAD_FIX =
  "wait until `grantkeeper describe` shows the role as Git declares it; if it never does, restore it by hand from the audit record";

function changeObstacles(
  restored: RoleToRestore,
  { lastWritten, changedAtMs }: AdoptedRole,
): readonly UndoObstacle[] {
  const { role, context } = restored;
  const { writes, nowMs, staleReadMs } = context;
  if (changedAtMs === null) return [];
  if (lastWritten === null)
    return [
      undoObstacle("not-read", `role ${role.name} was not read after the last write to it`, UNREAD_FIX),
    ];
  if ([role, withoutAttachedByHand(restored)].some((one) => contentDigest(contentOf(one)) === lastWritten))
    return [];
  if ((writes.byTarget.get(role.arn) ?? []).some(({ atMs }) => nowMs - atMs < staleReadMs))
    return [undoObstacle("not-read", `AWS may still show role ${role.name} as it was before the last write`)];
  const message = `role ${role.name} is not as Grantkeeper last wrote it: someone changed it`;
  return [
    undoObstacle("changed", message, "revert or declare the change first; `grantkeeper describe` shows it"),
  ];
}

/** Former policies that Grantkeeper may not attach, and Git does not declare: only an operator can have attached them again. */
function withoutAttachedByHand({ binding, role, former, context }: RoleToRestore): LiveRole {
  const isDeclared = (arn: string): boolean => binding.role.attachments.some((one) => one.arn === arn);
  const byHand = former.attachments.filter((arn) => !isDeclared(arn) && !mayAttach(arn, context));
  return { ...role, attachments: role.attachments.filter((arn) => !byHand.includes(arn)) };
}

function attachObstacles(role: LiveRole, former: RoleContent, context: PlanContext): readonly UndoObstacle[] {
  const missing = former.attachments.filter(
    (arn) => !role.attachments.includes(arn) && !mayAttach(arn, context),
  );
  return missing.map((arn) =>
    undoObstacle(
      "attachment",
      `Grantkeeper may not attach ${arn}, which role ${role.name} had`,
      attachFix(arn, role, context),
    ),
  );
}

/** The writer may attach the policies that the account lists, and ManagedPolicies of Git. */
function mayAttach(arn: string, { account }: PlanContext): boolean {
  const ours = `arn:${account.partition}:iam::${account.id}:policy/grantkeeper/`;
  return account.fences.attachablePolicies.some((listed) => listed === arn) || arn.startsWith(ours);
}

/** An account can list policies of AWS alone; while Git is enforced, Grantkeeper detaches what an operator attaches. */
function attachFix(arn: string, { name }: LiveRole, { account }: PlanContext): string {
  const byHand = `set mode: observe in the manifest, run aws iam attach-role-policy --role-name ${name} --policy-arn ${arn}, and show the undo again when it was read`;
  if (!isAwsManagedPolicy(arn)) return byHand;
  return `list ${arn} in attachablePolicies of AwsAccount ${account.name} and deploy the writer again; or ${byHand}`;
}

/** At every moment in between both the former and the present policies may be there. */
function quotaObstacles(role: LiveRole, former: RoleContent, { live }: PlanContext): readonly UndoObstacle[] {
  const fix = "remove a policy that the role does not need from Git first";
  return exceededQuotas(sizesInBetween(role, former), live.quotas).map((reason) =>
    undoObstacle("quota", reason, fix),
  );
}

/** No moment in between may allow what neither state allows. */
function orderObstacles(restored: RoleToRestore): readonly UndoObstacle[] {
  const moments = restoreMoments(restored);
  return [...documentObstacles(restored, moments), ...trustObstacles(restored, moments)];
}

type RestoreMoments = ReturnType<typeof restoreMoments>;

/** Also a Deny of one policy limits another. */
function documentObstacles(restored: RoleToRestore, moments: RestoreMoments): readonly UndoObstacle[] {
  if (isSafeOrder(moments, restored)) return [];
  const unread = [...new Set(moments.flatMap((moment) => unreadPolicies(moment, restored.context)))];
  if (unread.length > 0)
    return [
      undoObstacle("not-read", `the text of ${unread.join(", ")} was not read, and it may have a Deny`),
    ];
  const { role, former } = restored;
  // With one boundary all the time, only a Deny can be against the order.
  const boundary = former.boundary ?? role.boundary;
  const isSafeWithOneBoundary = isSafeOrder(
    moments.map((moment) => ({ ...moment, boundary })),
    restored,
  );
  const message = `no order of the calls is safe: while role ${role.name} changes, it would allow what neither state allows`;
  return [
    isSafeWithOneBoundary
      ? undoObstacle(
          "order",
          `${message}, because neither boundary contains the other`,
          boundaryFix(boundary),
        )
      : undoObstacle("order", `${message}, because a Deny of one policy limits another`, DENY_FIX),
  ];
}

/** A change of the boundary by Git has steps that an undo has not: it takes away in between what only one of both allows. */
function boundaryFix(boundary: string | null): string {
  return `declare boundary ${boundary ?? "none"} in the manifest; when it is applied, show the undo again`;
}

const DENY_FIX =
  "declare the Deny statements of the former policies (entry role-adopted of the audit record) in the manifest too; when they are applied, show the undo again";

/** While only the trust policy changes, there is no moment in between. */
function trustObstacles(restored: RoleToRestore, moments: RestoreMoments): readonly UndoObstacle[] {
  if (moments.length === 1 || orderOfTrust(restored) !== "unproved") return [];
  const message = `no order of the calls is safe: it is not proved that one of the trust policies of role ${restored.role.name}, the present and the former one, contains the other`;
  const fix =
    "suspend the function, and restore the role by hand from the entry role-adopted of the audit record";
  return [undoObstacle("order", message, fix)];
}

function planned(restored: RoleToRestore, adopted: AdoptedRole): UndoFinding {
  const { binding, role, former, context } = restored;
  const drafts = restoreSteps(restored);
  const plan = assemblePlan(
    { ...EMPTY_PART, drafts },
    { key: binding.key, purpose: "adoption-undo", wakeMs: [] },
    context,
  );
  const { arn, roleId } = adopted;
  return {
    kind: "planned",
    way: "in-place",
    to: arn,
    plan,
    shown: digestOf({ arn, roleId, former: contentDigest(former) }),
    changes: [],
    notes: isBoundaryLeft({ role, former }) ? [boundaryNote(role)] : [],
  };
}

/** The writer may not remove a boundary, since its own fence depends on it. */
function boundaryNote({ name, boundary }: LiveRole): string {
  return `the role had no boundary, and Grantkeeper never removes one: run aws iam delete-role-permissions-boundary --role-name ${name} (now ${boundary ?? "none"}) after the other calls; the ownership tags are removed then`;
}
