import { keyParts } from "../model/keys/key.ts";
import { tenancyRefusal } from "../model/rules/tenancy-refusal.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import { leftBehind, leftBehindText, unreadStatements } from "../diff/drift/left-behind.ts";
import { adoptedRoleOf } from "../diff/role/take-over.ts";
import { livePolicy, liveRole, type LivePolicy } from "../model/live.ts";
import type { DesiredBinding } from "../model/desired.ts";
import type { KeyPlan, Withheld } from "../model/plan.ts";
import { removeStatements } from "./callers/delete.ts";
import type { PlanContext } from "./inputs/context.ts";
import { assemblePlan } from "./order/assemble.ts";
import { EMPTY_PART, joinParts, withheldPart, type Part, DELETION, draftOf } from "./order/draft.ts";
import { deleteRole } from "./role/delete.ts";
import { roleObstacles } from "./role/delete-conditions.ts";
import type { Origin } from "../model/values/origin.ts";
import { withheldOf } from "./inputs/withheld.ts";
import { ownerOf, policyOwnership } from "../diff/drift/ownership.ts";
import type { ExistingPolicy } from "./policy/existing-policy.ts";

/**
 * What becomes of a key that left git: deletes once every condition holds, else the reasons why it is kept.
 * Rests on the record's last applied state.
 */
export function planRemoval(record: KeyRecord, context: PlanContext): KeyPlan {
  const obstacles = [...deleteObstacles(record, context), ...sweepObstacles(record, context)];
  const ofState = hasLeft(record, context)
    ? obstacles.length > 0
      ? withheldPart(...obstacles)
      : deletes(record, context)
    : EMPTY_PART;
  const part = joinParts([ofState, withheldPart(...remainders(record, context))]);
  const wakeMs = record.unbinding === null ? [] : [record.unbinding.atMs + context.account.deleteQuietMs];
  return assemblePlan(
    part,
    { key: record.key, purpose: "delete", wakeMs: ofState.withheld.length > 0 ? wakeMs : [] },
    context,
  );
}

/**
 * The unmet conditions, except that two sweeps must agree: a complete sweep that finds no unmet condition is one of
 * `Unbinding.agreedSweepsMs`.
 */
export function deleteObstacles(record: KeyRecord, context: PlanContext): readonly Withheld[] {
  const refusal = tenancyRefusal(keyParts(record.key).namespace, context.desired);
  const refused = refusal === null ? [] : [keptBecause(record, refusal.why, refusal.fix)];
  return [...refused, ...stateObstacles(record, context)];
}

function stateObstacles(record: KeyRecord, context: PlanContext): readonly Withheld[] {
  const desired = record.applied?.desired;
  if (desired === undefined)
    return [keptBecause(record, "the last applied state is unknown, so it is retained")];
  const state = desired.kind === "binding" ? desired.binding : desired.policy;
  if (desired.kind === "binding" && isInPlace(desired.binding, record))
    return [keptBecause(record, "its role was taken over in place, and such a role is never deleted")];
  if (state.deletionPolicy === "retain") return [keptBecause(record, "its deletionPolicy is retain")];
  if (desired.kind === "policy") {
    const policy = livePolicy(context.live, desired.policy.arn);
    if (policy.kind === "unknown") return [keptBecause(record, policy.reason)];
    return policy.kind === "absent"
      ? []
      : policyObstacles({ policy: desired.policy, found: policy.value, context }, record);
  }
  const role = liveRole(context.live, desired.binding.role.name);
  if (role.kind === "unknown") return [keptBecause(record, role.reason)];
  return role.kind === "absent"
    ? []
    : roleObstacles({ binding: desired.binding, role: role.value, context }, record);
}

/** Also where Git no longer declared it so when it was last applied: what AWS had before is not ours to delete. */
function isInPlace({ role }: DesiredBinding, record: KeyRecord): boolean {
  return role.adopt === "reviewed" || adoptedRoleOf(role.arn, record) !== null;
}

const BY_HAND = "delete it by hand once it is no longer needed";

function keptBecause(record: KeyRecord, reason: string, fix: string = BY_HAND): Withheld {
  const subject = record.inventory.find((item) => item.type !== "statement")?.id ?? record.key;
  return { kind: "waiting", subject, reason, fix };
}

/** The objects of the key that no step deletes, and those that were not read: it is not gone while there are any. */
function remainders(record: KeyRecord, context: PlanContext): readonly Withheld[] {
  const state = record.applied?.desired;
  if (state === undefined) return [];
  const at = { ...context, record };
  const unread = state.kind === "binding" ? unreadStatements(state.binding, at) : [];
  const isDeleted = state.kind === "binding" && state.binding.deletionPolicy === "delete";
  // With `delete`, the statements on functions that it named before are removed like those on its function.
  const left = leftBehind(state.kind === "binding" ? state.binding : state.policy, at).filter(
    ({ item, unread: why }) => !isDeleted || item.type !== "statement" || why !== null,
  );
  return [
    ...left.map((each): Withheld => ({
      kind: "waiting",
      subject: each.item.id,
      reason: leftBehindText(each),
      fix: each.unread === null ? BY_HAND : null,
    })),
    ...unread.map(({ item, unread: why }): Withheld => ({
      kind: "waiting",
      subject: item.id,
      reason: `${item.id} was not read: ${why ?? ""}`,
      fix: null,
    })),
  ];
}

/** One observation proves nothing: two complete sweeps, an interval apart, must have found no obstacle. */
function sweepObstacles(record: KeyRecord, { sweepMs }: PlanContext): readonly Withheld[] {
  const [before, last] = (record.unbinding?.agreedSweepsMs ?? []).slice(-2);
  if (before !== undefined && last !== undefined && last - before >= sweepMs) return [];
  const subject = record.inventory.find((item) => item.type !== "statement")?.id ?? record.key;
  return [{ kind: "waiting", subject, reason: "two sweeps must agree that nothing uses it", fix: null }];
}

/** False if AWS no longer has any of it, as far as it was read. */
function hasLeft(record: KeyRecord, context: PlanContext): boolean {
  const desired = record.applied?.desired;
  if (desired === undefined) return leftBehind(null, { ...context, record }).length > 0;
  if (desired.kind === "policy") return livePolicy(context.live, desired.policy.arn).kind !== "absent";
  if (desired.binding.released === true) return false;
  const { role } = desired.binding;
  return liveRole(context.live, role.name).kind !== "absent" || hasStatements(desired.binding, context);
}

function hasStatements(binding: DesiredBinding, context: PlanContext): boolean {
  const { drafts, withheld } = removeStatements(binding, context);
  return drafts.length + withheld.length > 0;
}

function deletes(record: KeyRecord, context: PlanContext): Part {
  const desired = record.applied?.desired;
  if (desired?.kind === "policy") {
    const found = livePolicy(context.live, desired.policy.arn);
    return found.kind === "present" ? deletePolicy(found.value, desired.policy.origin) : EMPTY_PART;
  }
  if (desired === undefined) return EMPTY_PART;
  const role = liveRole(context.live, desired.binding.role.name);
  const ofRole = role.kind === "present" ? deleteRole(desired.binding, role.value, context) : EMPTY_PART;
  return joinParts([removeStatements(desired.binding, context), ofRole]);
}

/** All versions but the default one, oldest first, then the policy. */
function deletePolicy(policy: LivePolicy, origin: Origin): Part {
  const versions = policy.versions
    .filter((version) => version.id !== policy.defaultVersionId)
    .toReversed()
    .map(({ id, text }) =>
      draftOf({
        ...DELETION,
        call: "iam:DeletePolicyVersion",
        input: { PolicyArn: policy.arn, VersionId: id },
        target: policy.arn,
        before: text,
        origin,
      }),
    );
  const last = policy.versions.find((version) => version.id === policy.defaultVersionId);
  const deletion = draftOf({
    ...DELETION,
    call: "iam:DeletePolicy",
    input: { PolicyArn: policy.arn },
    target: policy.arn,
    before: last?.text ?? null,
    origin,
  });
  return { ...EMPTY_PART, drafts: [...versions, deletion] };
}

/** The unmet conditions for deleting a policy, except that two sweeps must agree. */
function policyObstacles(existing: ExistingPolicy, record: KeyRecord): readonly Withheld[] {
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
