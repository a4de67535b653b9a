import { withheldOf } from "../inputs/withheld.ts";
import { limitsMore, replacementDelta, type RolePermissions } from "../../iam/compare/delta.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { declaredOrigin } from "../../diff/documents/declared-origin.ts";
import { desiredDocuments, liveDocuments, rolePermissions } from "../../diff/documents/permissions.ts";
import { tagValue } from "../../diff/drift/ownership.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import type { Drift } from "../../model/drift.ts";
import { liveRole, type LiveFunction, type LiveRole } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import { INSTANCE_TAG } from "../../model/aws/tag.ts";
import { contentionKey } from "../inputs/contention.ts";
import { draftOf, EMPTY_PART, withheldPart, type Draft, type Part, approvalPart } from "../order/draft.ts";
import { isBeforeSwitch } from "../order/steps.ts";
import { unmetNeeds } from "../../diff/function/needs.ts";
import { driftsOf, type BindingScope } from "../inputs/scope.ts";
import { digestOfText } from "../../model/values/digest.ts";
import { limitNote } from "../../model/keys/used-role.ts";

/** Sets the function's role if Git manages it; `verify` only reports a difference. */
export function planFunctionRole(scope: BindingScope, found: LiveFunction): Part {
  const [drift] = driftsOf(scope.drifts, "function-role");
  if (drift === undefined || scope.binding.functionRole === "verify") return EMPTY_PART;
  const obstacles = obstaclesTo(scope, found, drift);
  if (obstacles.length > 0) return withheldPart(...obstacles);
  const old = roleByArn(scope, found.roleArn);
  const roles = rolesOf(scope, drift, old);
  const draft = switchDraft(scope, drift, roles);
  const isUndone = scope.context.record?.adoptionUndo !== undefined;
  if (!isUndone && old !== null && tagValue(old.tags, INSTANCE_TAG) === scope.context.instance) {
    return { ...EMPTY_PART, drafts: [draft] };
  }
  const left = isUndone ? "to which an operator set it back" : "which Grantkeeper does not manage";
  const reason = `the function leaves ${found.roleArn}, ${left}${draft.limitedBy === undefined ? "" : `; ${limitNote(draft.limitedBy.arn)}`}`;
  const fix = "check which permissions the function loses, then approve";
  return approvalPart({ kind: "approval-needed", subject: found.arn, reason, fix }, [draft]);
}

function obstaclesTo(scope: BindingScope, found: LiveFunction, drift: Drift): readonly Withheld[] {
  const { binding, context } = scope;
  const held = withheldOf(found.arn);
  const withheld: Withheld[] = [];
  const undo = context.record?.adoptionUndo;
  if (undo?.until !== undefined && undo.until !== null) {
    const reason = `${undo.actor} undid the adoption: the function keeps its former role until the suspension ends`;
    withheld.push(held("waiting", reason));
  }
  if (context.account.binder === null) {
    const fix = "add `binder` to the AwsAccount";
    withheld.push(held("dependency", "the account names no binder to set a function's role", fix));
  }
  if ((context.record?.revertsMs[contentionKey(drift)] ?? []).length > 0) {
    const fix = "name the role where the function is deployed, or set functionRole: verify";
    withheld.push(held("contended", "the function's role was changed back after Grantkeeper set it", fix));
  }
  if (scope.role === null || scope.ownership?.kind !== "ours") {
    withheld.push(held("waiting", `role ${binding.role.arn} does not exist yet`));
  }
  withheld.push(...aliasObstacles(found, held));
  withheld.push(...unreadObstacles(scope, found, held));
  const needs = unmetNeeds(found, targetPermissions(scope), context.comparer);
  for (const { what, hint } of needs) {
    withheld.push(held("unmet-need", `the declared role does not allow ${what}`, hint));
  }
  return withheld;
}

type WithheldSwitch = ReturnType<typeof withheldOf>;

/** Other uses of the role, by its triggers or by Lambda@Edge, are never guessed. */
function unreadObstacles(
  { context }: BindingScope,
  found: LiveFunction,
  held: WithheldSwitch,
): readonly Withheld[] {
  const withheld: Withheld[] = [];
  const old = liveRole(context.live, nameInArn(found.roleArn));
  if (old.kind === "unknown")
    withheld.push(held("waiting", `not checked: the role ${found.roleArn} was not read: ${old.reason}`));
  if (found.triggers.kind !== "present") {
    const reason = found.triggers.kind === "unknown" ? `: ${found.triggers.reason}` : "";
    withheld.push(
      held(
        "unmet-need",
        `not checked: its event source mappings and destinations were not read${reason}`,
        "allow the observer lambda:ListEventSourceMappings and lambda:ListFunctionEventInvokeConfigs",
      ),
    );
  }
  return withheld;
}

function aliasObstacles(found: LiveFunction, held: WithheldSwitch): readonly Withheld[] {
  if (found.aliases.kind === "unknown" || found.aliases.kind === "not-requested") {
    const reason = found.aliases.kind === "unknown" ? `: ${found.aliases.reason}` : "";
    return [held("waiting", `its aliases were not read${reason}`)];
  }
  const aliases = found.aliases.kind === "present" ? found.aliases.value : [];
  return aliases
    .filter((alias) => alias.versions.length > 1)
    .map(({ name }) =>
      held(
        "waiting",
        `alias ${name} shares its traffic between versions, which must have one role`,
        "complete the traffic shift first",
      ),
    );
}

function roleByArn({ context }: BindingScope, arn: string): LiveRole | null {
  const reading = liveRole(context.live, nameInArn(arn));
  return reading.kind === "present" && reading.value.arn === arn ? reading.value : null;
}

function targetPermissions({ binding, context }: BindingScope): RolePermissions {
  const origin = declaredOrigin(binding.role.inline, documentContext(binding, "identity"), null);
  return rolePermissions(desiredDocuments(binding, context.texts), {
    at: binding,
    live: context.live,
    origin,
  });
}

interface SwitchedRoles {
  readonly from: RolePermissions;
  readonly target: RolePermissions;
}

function rolesOf(scope: BindingScope, drift: Drift, old: LiveRole | null): SwitchedRoles {
  const { binding, context } = scope;
  const target = targetPermissions(scope);
  const unknown: RolePermissions = {
    ...target,
    documents: [{ from: { kind: "other", name: drift.live ?? "" }, text: "" }],
    boundary: null,
  };
  const from =
    old === null ? unknown : rolePermissions(liveDocuments(old), { at: binding, live: context.live });
  return { from, target };
}

/** What the delta of the switch does not show, for who approves it. */
function limitOf(
  { binding: { role }, context }: BindingScope,
  { from, target }: SwitchedRoles,
): Pick<Draft, "limitedBy"> {
  const { boundary } = target;
  if (role.boundary === null || boundary === null || !limitsMore(from, target, context.comparer)) return {};
  return { limitedBy: { arn: role.boundary.arn, digest: digestOfText(boundary.text) } };
}

/** When the last addition to a policy of the role has reached AWS's data planes. Writes of the role itself count by their step. */
function policiesSettledMs({ binding: { role }, context }: BindingScope): number {
  const { account, writes } = context;
  const added = role.attachments
    .flatMap(({ policy }) => (policy === null ? [] : (writes.byKey.get(policy) ?? [])))
    .filter(({ step }) => isBeforeSwitch(step));
  return Math.max(0, ...added.map(({ atMs }) => atMs + account.propagationWaitMs));
}

function switchDraft(scope: BindingScope, drift: Drift, { from, target }: SwitchedRoles): Draft {
  const { binding, context } = scope;
  return draftOf({
    step: "set-function-role",
    call: "lambda:UpdateFunctionConfiguration",
    input: { FunctionName: binding.functionName, Role: binding.role.arn },
    target: drift.subject,
    before: drift.live,
    after: binding.role.arn,
    cause: drift.cause,
    origin: drift.origin,
    delta: replacementDelta(from, target, context.comparer),
    ...limitOf(scope, { from, target }),
    notBeforeMs: policiesSettledMs(scope),
    // The function moves only to a role that is itself complete.
    needsAnotherPass: [...scope.drifts, ...scope.contended].some(
      (other) => other.subject === binding.role.arn,
    ),
  });
}
