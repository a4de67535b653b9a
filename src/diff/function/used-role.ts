import type { DiffContext } from "../drift/context.ts";
import { limitsMore } from "../../iam/compare/delta.ts";
import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import type { OutsideLimit, UsedRole } from "../../model/keys/used-role.ts";
import type { Desired, DesiredBinding } from "../../model/desired.ts";
import { livePolicy, liveRole, type LiveAccount, type LiveRole } from "../../model/live.ts";
import {
  desiredDocuments,
  liveDocuments,
  managedText,
  rolePermissions,
  type RoleDocuments,
} from "../documents/permissions.ts";
import { asLivePolicy, roleDifference } from "../documents/role-deltas.ts";

/** What a comparison with a used role reads. */
export interface UsedRoleContext extends Pick<DiffContext, "live" | "comparer" | "texts"> {
  readonly desired: Pick<Desired, "policies">;
}

/**
 * Compares a role that the function runs on with the declared one. Attached ManagedPolicies count as declared, since
 * Grantkeeper writes them first; a boundary counts as it is in AWS, since Grantkeeper never writes one.
 */
export function compareUsedRole(binding: DesiredBinding, arn: string, context: UsedRoleContext): UsedRole {
  const unknown = (uncompared: Uncompared): UsedRole => ({ kind: "unknown", arn, ...uncompared });
  const role = liveRole(context.live, nameInArn(arn));
  if (role.kind === "unknown") return unknown({ reason: role.reason });
  if (role.kind === "absent" || role.value.arn !== arn)
    return unknown({
      reason: `role ${nameInArn(arn)} does not exist`,
      fix: "where the function is deployed, set a role that exists",
    });
  const used = liveDocuments(role.value);
  const declared = desiredDocuments(binding, context.texts);
  const future = withDeclaredPolicies(binding, context);
  const unread = withoutDocument(used, context.live) ?? withoutDocument(declared, future);
  if (unread !== null) return unknown(unread);
  return compared(binding, role.value, {
    used: rolePermissions(used, { at: binding, live: context.live }),
    declared: rolePermissions(declared, { at: binding, live: future }),
    comparer: context.comparer,
  });
}

function compared(
  binding: DesiredBinding,
  role: LiveRole,
  sides: Parameters<typeof roleDifference>[2],
): UsedRole {
  const { arn, roleId } = role;
  const difference = roleDifference(binding, role, sides);
  const limit = outsideLimit(binding, sides);
  return difference === null
    ? { kind: "equal", arn, roleId, ...limit }
    : { kind: "different", arn, difference, ...limit };
}

function outsideLimit(
  { role: { boundary } }: DesiredBinding,
  { used, declared, comparer }: Parameters<typeof roleDifference>[2],
): OutsideLimit {
  if (boundary === null || !limitsMore(used, declared, comparer)) return {};
  return { limitedBy: boundary.arn };
}

type Uncompared = Omit<Extract<UsedRole, { readonly kind: "unknown" }>, "kind" | "arn">;

/** Why the first document has no text; null: each one has. */
function withoutDocument({ attachments, boundary }: RoleDocuments, live: LiveAccount): Uncompared | null {
  const arns = boundary === null ? attachments : [...attachments, boundary];
  const missing = arns.find((arn) => managedText(arn, live) === undefined);
  if (missing === undefined) return null;
  // Policies of AWS are not in the account: their absence is not seen.
  const isAbsent = arnParts(missing).accountId !== "aws" && livePolicy(live, missing).kind === "absent";
  if (!isAbsent) return { reason: `the document of ${missing} was not read` };
  const [what, owner] = missing === boundary ? ["boundary", "boundaries"] : ["policy", "policies"];
  const reason = `${what} ${missing} does not exist in the account`;
  return { reason, fix: `create it in the pipeline that owns ${owner}` };
}

function withDeclaredPolicies({ role }: DesiredBinding, { live, desired }: UsedRoleContext): LiveAccount {
  const declared = role.attachments.flatMap(({ policy }) => {
    const found = policy === null ? undefined : desired.policies.get(policy);
    return found === undefined ? [] : [[found.arn, asLivePolicy(found)] as const];
  });
  return declared.length === 0 ? live : { ...live, policies: new Map([...live.policies, ...declared]) };
}
