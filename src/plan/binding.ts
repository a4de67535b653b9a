import { isAtEdge } from "../diff/function/edge.ts";
import type { DesiredBinding } from "../model/desired.ts";
import type { Drift } from "../model/drift.ts";
import { type LiveAccount, type LiveRole, liveRole } from "../model/live.ts";
import type { KeyPlan, Withheld } from "../model/plan.ts";
import { assemblePlan } from "./order/assemble.ts";
import { boundaryMove } from "./role/boundary.ts";
import { planCallers } from "./callers/callers.ts";
import { planFormerFunctions } from "./callers/former.ts";
import { withoutContended } from "./inputs/contention.ts";
import type { PlanContext } from "./inputs/context.ts";
import { EMPTY_PART, joinParts, withheldPart, type Part, draftOf, type Draft } from "./order/draft.ts";
import { planFunctionRole } from "./role/function-role.ts";
import { planCreateRole } from "./role/create.ts";
import { planRoleDocuments } from "./role/documents.ts";
import { planRoleSettings } from "./role/settings.ts";
import { beforeTakeOver } from "./take-over/take-over.ts";
import { bindingScope, type BindingScope, driftsOf } from "./inputs/scope.ts";
import { ownershipTags } from "../diff/drift/ownership.ts";
import { releasedTags } from "../diff/role/release.ts";
import { tagsText } from "../diff/drift/setting-texts.ts";
import { nameInArn } from "../model/aws/arn.ts";

/** The plan that makes a binding match Git, in an order that neither loses nor opens a permission in between. */
export function planBinding(
  binding: DesiredBinding,
  drifts: readonly Drift[],
  context: PlanContext,
): KeyPlan {
  const { key } = binding;
  const { purpose } = context;
  if (drifts.length === 0) return assemblePlan(EMPTY_PART, { key, purpose, wakeMs: [] }, context);
  const left = withoutContended(drifts, context);
  const scope = bindingScope(binding, left, context);
  const part = joinParts([withheldPart(...left.withheld), planScope(scope)]);
  const wakeMs = scope.unconfirmed.map(() => context.nowMs + context.staleReadMs);
  return assemblePlan(part, { key, purpose, wakeMs }, context);
}

function planScope(scope: BindingScope): Part {
  const { found } = scope;
  if (scope.binding.released === true) return planReleased(scope);
  if (found !== null && isAtEdge(scope.binding, found, scope.context.live)) return leftUntouched(scope);
  const callers = found === null ? EMPTY_PART : planCallers(scope, found);
  const taking = beforeTakeOver(scope, (role) => planOwnRole(scope, role));
  if (taking !== null) return joinParts([taking, onlyExposures(callers)]);
  const obstacle = obstacleOf(scope);
  if (obstacle !== null) return joinParts([withheldPart(obstacle), onlyExposures(callers)]);
  const ofFunction = found === null ? EMPTY_PART : planFunctionRole(scope, found);
  const former = planFormerFunctions(scope, { callers, ofFunction });
  return joinParts([planRole(scope), callers, ofFunction, former]);
}

function planReleased(scope: BindingScope): Part {
  const obstacle = obstacleOf(scope);
  return obstacle === null ? planRelease(scope) : withheldPart(obstacle);
}

function planRole(scope: BindingScope): Part {
  const { role, binding } = scope;
  if (role === null) return planMissingRole(scope);
  const own = planOwnRole(scope, role);
  if (role.path === binding.role.path) return own;
  const reason = `the role's path is ${role.path} and can never change to ${binding.role.path}`;
  const fix = "write the path as it is, or give the role another name";
  return joinParts([withheldPart({ kind: "immutable-field", subject: role.arn, reason, fix }), own]);
}

function planOwnRole(scope: BindingScope, role: LiveRole): Part {
  return joinParts([planRoleSettings(scope, role), planRoleDocuments(scope, role, boundaryMove(scope))]);
}

/** A role that was taken over and deleted since is not created: it would be a role outside our path. */
function planMissingRole(scope: BindingScope): Part {
  const { role } = scope.binding;
  if (role.adopt !== "reviewed") return planCreateRole(scope);
  const reason = `role ${role.name} was taken over in place and does not exist any more`;
  const fix = "remove role.adopt and role.path, so that the function gets a new role";
  return withheldPart({ kind: "dependency", subject: role.arn, reason, fix });
}

/** An exposure of the function ends, even if the role belongs to another owner. */
function onlyExposures(part: Part): Part {
  const withheld = [...part.withheld, ...part.approvable.map((approvable) => approvable.withheld)];
  return { drafts: part.drafts.filter((draft) => draft.endsExposure), withheld, approvable: [] };
}

/** The function is left as it is. A role of ours that it does not run on is no part of it: what opens that role goes. */
function leftUntouched(scope: BindingScope): Part {
  const isOurs = scope.role !== null && obstacleOf(scope) === null;
  return joinParts([withheldPart(atTheEdge(scope)), isOurs ? onlyExposures(planRole(scope)) : EMPTY_PART]);
}

function atTheEdge({ binding }: BindingScope): Withheld {
  const reason = `${binding.functionName} runs at Lambda@Edge, which is not supported: left untouched`;
  return { kind: "unmodifiable", subject: binding.functionArn, reason, fix: "take it out of git" };
}

/** Why nothing of the role may be written; null: it is ours, or there is none. */
function obstacleOf(scope: BindingScope): Withheld | null {
  const { binding, ownership, context } = scope;
  const subject = binding.role.arn;
  const unlisted = unlistedRole(binding, context);
  if (unlisted !== null) return unlisted;
  if (ownership === null || ownership.kind === "ours" || ownership.kind === "tags-lost") return null;
  if (ownership.kind === "unmodifiable") {
    return {
      kind: "unmodifiable",
      subject,
      reason: ownership.reason,
      fix: "give the function a role of its own",
    };
  }
  if (ownership.kind === "recreated") {
    const reason =
      "the role was deleted and made again: what named its old id (KMS grants, policies) is broken";
    return { kind: "not-in-this-version", subject, reason, fix: recreatedFix(scope) };
  }
  const { owner, reason } = ownership;
  if (owner !== null && !isOwnerInGit(owner, context)) {
    const fix = "a handover between owners is not in this version";
    return { kind: "not-in-this-version", subject, reason: `${reason}, which git no longer names`, fix };
  }
  const fix = "give the role another name, or take it over in place: docs/adoption.md";
  return { kind: "ownership-conflict", subject, reason, fix };
}

/** A function whose role is deleted fails at its next call: only a role that none runs on may be deleted. */
function recreatedFix({ binding, context: { live } }: BindingScope): string {
  if (binding.role.adopt === "reviewed")
    return "find out who created it; remove role.adopt and role.path, so that the function gets a new role";
  if (isUsed(binding.role.arn, live))
    return "find out who created it; a function runs on it, so keep it: declare another name in role.name";
  return "find out who created it; delete it once no function or published version runs on it, and Grantkeeper recreates it as declared";
}

/** The function that was read runs on it; a function or a version that was not read may run on it too. */
function isUsed(arn: string, { regions }: LiveAccount): boolean {
  const read = [...regions.values()].flatMap((at) => (at.kind === "read" ? [...at.functions.values()] : []));
  return read.some(
    ({ roleArn, versions }) =>
      roleArn === arn ||
      (versions.kind === "present" && versions.value.some((version) => version.roleArn === arn)),
  );
}

/** The platform took a role that was taken over from its list: the writer may not change it any more. A release needs no list. */
function unlistedRole({ role, released }: DesiredBinding, { account }: PlanContext): Withheld | null {
  if (role.adopt !== "reviewed" || released === true) return null;
  if (account.adoptableRoles?.includes(role.arn) === true) return null;
  const reason = `account ${account.name} no longer lists ${role.arn} in adoptableRoles`;
  const fix = `the platform team adds it again, or the manifest releases it: mode: release`;
  return { kind: "ownership-conflict", subject: role.arn, reason, fix };
}

function isOwnerInGit(owner: string, { desired }: PlanContext): boolean {
  return [...desired.bindings.values()].some((binding) => `${binding.namespace}/${binding.name}` === owner);
}

/**
 * One call removes both ownership tags, so that a role is never half ours. It is the last step of a plan and waits for
 * our earlier writes: the next owner finds a role that nothing changes any more.
 */
function planRelease({ drifts, context }: BindingScope): Part {
  const drafts = driftsOf(drifts, "not-released").flatMap((drift) => {
    const role = liveRole(context.live, nameInArn(drift.subject));
    return role.kind === "present" ? [untag(role.value, drift)] : [];
  });
  return { ...EMPTY_PART, drafts };
}

function untag(role: LiveRole, drift: Drift): Draft {
  return draftOf({
    step: "update-settings",
    call: "iam:UntagRole",
    input: { RoleName: role.name, TagKeys: ownershipTags(role.tags).map(({ key }) => key) },
    target: role.arn,
    before: tagsText(role.tags),
    after: tagsText(releasedTags(role.tags)),
    cause: drift.cause,
    destructive: true,
    origin: drift.origin,
    delta: drift.delta,
  });
}
