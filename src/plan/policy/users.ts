import type { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import { liveRole } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";
import { isBefore } from "../order/steps.ts";

/** A binding whose role uses, or is to use, a policy of which the default version is to move. */
export interface PolicyUser {
  readonly key: Key;
  /**
   * `leaving`: the policy is still attached to its role and no longer declared in Git. `changing`: its role does not yet
   * match Git.
   */
  readonly kind: "settled" | "changing" | "leaving";
}

export function policyUsers(policy: DesiredPolicy, context: PlanContext): readonly PolicyUser[] {
  const users: PolicyUser[] = [];
  for (const binding of context.desired.bindings.values()) {
    if (binding.accountId !== policy.accountId) continue;
    const wants = binding.role.attachments.some((attachment) => attachment.arn === policy.arn);
    const has = isAttached(binding, policy, context);
    if (has && !wants) users.push({ key: binding.key, kind: "leaving" });
    if (wants) users.push({ key: binding.key, kind: matchesGit(binding, context) ? "settled" : "changing" });
  }
  return users;
}

function isAttached(binding: DesiredBinding, policy: DesiredPolicy, { live }: PlanContext): boolean {
  const role = liveRole(live, binding.role.name);
  return role.kind === "present" && role.value.attachments.includes(policy.arn);
}

/** True if the declared permissions of the role are those that were applied and read back last. */
function matchesGit(binding: DesiredBinding, { records, texts }: PlanContext): boolean {
  const applied = records.get(binding.key)?.applied?.desired;
  if (applied?.kind !== "binding") return false;
  return permissionsText(applied.binding, texts) === permissionsText(binding, texts);
}

function permissionsText({ role }: DesiredBinding, texts: CompiledTexts): string {
  const attachments = role.attachments.map((attachment) => attachment.arn);
  return JSON.stringify([texts.textOf(role.inline), attachments, role.boundary?.arn ?? null]);
}

/** The instant at which the last write of any user has reached AWS's data planes. */
export function unsettledUsers(policy: DesiredPolicy, context: PlanContext): number {
  const settledAtMs = policyUsers(policy, context).flatMap((user) =>
    (context.writes.byKey.get(user.key) ?? [])
      .filter((write) => isBefore(write.step, "set-function-role"))
      .map((write) => write.atMs + context.account.propagationWaitMs),
  );
  return Math.max(0, ...settledAtMs);
}
