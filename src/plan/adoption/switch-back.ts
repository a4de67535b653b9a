import { fingerprintChanges, fingerprintOf } from "../../diff/function/former-role.ts";
import { isAtEdge } from "../../diff/function/edge.ts";
import { isTrusted } from "../../diff/function/trusted-service.ts";
import { unmetNeeds } from "../../diff/function/needs.ts";
import { ownershipTags } from "../../diff/drift/ownership.ts";
import { liveDocuments, rolePermissions } from "../../diff/documents/permissions.ts";
import { permissionDelta } from "../../iam/compare/delta.ts";
import { nameInArn } from "../../model/aws/arn.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { UndoFinding, UndoObstacle } from "../../model/keys/adoption-undo.ts";
import type { FormerRole, RoleFingerprint } from "../../model/keys/former-role.ts";
import { liveFunction, liveRole, type LiveFunction, type LiveRole } from "../../model/live.ts";
import { digestOf } from "../../model/values/digest.ts";
import type { PlanContext } from "../inputs/context.ts";
import { assemblePlan } from "../order/assemble.ts";
import { draftOf, EMPTY_PART, type Draft } from "../order/draft.ts";
import { undoObstacle, undoRefused } from "./obstacle.ts";

/** The former role of a binding; `recorded` null: only its ARN is known. */
interface Former {
  readonly arn: string;
  readonly recorded: FormerRole | null;
}

/** The plan that sets the former role of the function again. Nothing of either role is changed. */
export function planSwitchBack(binding: DesiredBinding, context: PlanContext): UndoFinding {
  const former = formerOf(binding, context);
  if (former === null)
    return undoRefused(undoObstacle("no-record", "no other role of the function is recorded", DEPLOYER));
  const found = liveFunction(context.live, binding.region, binding.functionName);
  if (found.kind === "unknown") return undoRefused(undoObstacle("not-read", found.reason, null));
  if (found.kind === "absent")
    return undoRefused(
      undoObstacle("function-gone", `function ${binding.functionName} does not exist`, null),
    );
  if (found.value.roleArn === former.arn)
    return { kind: "nothing", reason: `the function runs on its former role ${nameInArn(former.arn)}` };
  const role = formerRole(former, context);
  // No command of AWS is named that would set it all the same.
  if ("kind" in role && role.kind === "declared-role") return undoRefused(role);
  const ofFunction = functionObstacles(binding, found.value, { former, context });
  if ("kind" in role) return undoRefused(...ofFunction, role);
  const ofRole = trustObstacles(role, binding);
  const reading = fingerprintOf(role, context.live);
  if (reading.kind === "unread") {
    const unread = undoObstacle("not-read", `the document of ${reading.document} was not read`, null);
    return undoRefused(...ofFunction, ...ofRole, unread);
  }
  const obstacles = [...ofFunction, ...ofRole];
  if (obstacles.length > 0) return undoRefused(...obstacles);
  const { fingerprint } = reading;
  return planned(binding, found.value, { role, fingerprint, former, context });
}

const DEPLOYER = "set the role of the function where it is deployed";

/** Records of 0.1 have the ARN alone. */
function formerOf(binding: DesiredBinding, { record }: PlanContext): Former | null {
  const recorded = record?.formerRole ?? null;
  if (recorded !== null && recorded.arn !== binding.role.arn) return { arn: recorded.arn, recorded };
  const from = record?.adoption?.from ?? null;
  return from === null || from === binding.role.arn ? null : { arn: from, recorded: null };
}

function functionObstacles(
  binding: DesiredBinding,
  found: LiveFunction,
  { former, context }: { readonly former: Former; readonly context: PlanContext },
): readonly UndoObstacle[] {
  const { functionName, region, role } = binding;
  const obstacles: UndoObstacle[] = [];
  if (isAtEdge(binding, found, context.live))
    obstacles.push(
      undoObstacle(
        "edge",
        `${functionName} runs at Lambda@Edge, which is not supported: left untouched`,
        null,
      ),
    );
  if (found.roleArn !== role.arn) {
    const message = `the function runs on ${found.roleArn}, neither on the declared nor on its former role ${former.arn}`;
    obstacles.push(
      undoObstacle("third-role", message, "find out who set this role, and set the former one by hand"),
    );
  }
  if (binding.functionRole === "verify" || context.account.binder === null) {
    const cause =
      binding.functionRole === "verify"
        ? "functionRole is verify, so Grantkeeper does not set the role of this function"
        : "the account names no binder, so Grantkeeper cannot set the role of a function";
    const fix = `where it is deployed, set its role to ${former.arn}; until then: aws lambda update-function-configuration --region ${region} --function-name ${functionName} --role ${former.arn}`;
    obstacles.push(undoObstacle("role-of-deployer", cause, fix));
  }
  return obstacles;
}

function formerRole({ arn, recorded }: Former, { live, record }: PlanContext): LiveRole | UndoObstacle {
  const reading = liveRole(live, nameInArn(arn));
  if (reading.kind === "unknown")
    return undoObstacle("not-read", `role ${arn} was not read: ${reading.reason}`, null);
  if (reading.kind === "absent" || reading.value.arn !== arn)
    return undoObstacle(
      "role-gone",
      `role ${arn} no longer exists`,
      "give the function another role by hand",
    );
  const { roleId, tags } = reading.value;
  const isKnown = record?.inventory.some((item) => item.type === "role" && item.id === arn) ?? false;
  if (isKnown || ownershipTags(tags).length > 0) return declaredRole(arn);
  if (recorded === null || roleId === recorded.roleId) return reading.value;
  const message = `role ${arn} was deleted and created again: its id is ${roleId}, and was ${recorded.roleId}`;
  return undoObstacle(
    "role-recreated",
    message,
    "find out who created it, and set it by hand if it is correct",
  );
}

/** An undo is not checked against Teams and rules, so it never leads to permissions that only Git may give. */
function declaredRole(arn: string): UndoObstacle {
  return undoObstacle(
    "declared-role",
    `role ${arn} has ownership tags or was created from Git: its permissions are not set again without a check`,
    "declare in Git the permissions that the function needs again; they are checked and approved as usual",
  );
}

function trustObstacles(role: LiveRole, binding: DesiredBinding): readonly UndoObstacle[] {
  if (isTrusted("lambda.amazonaws.com", role, binding)) return [];
  const message = `role ${role.arn} does not trust lambda.amazonaws.com, so Lambda cannot use it`;
  return [undoObstacle("trust", message, "allow lambda.amazonaws.com sts:AssumeRole in its trust policy")];
}

interface Way {
  readonly role: LiveRole;
  readonly fingerprint: RoleFingerprint;
  readonly former: Former;
  readonly context: PlanContext;
}

function planned(binding: DesiredBinding, found: LiveFunction, way: Way): UndoFinding {
  const { role, fingerprint, former, context } = way;
  const part = { ...EMPTY_PART, drafts: [setFormerRole(binding, found, way)] };
  const plan = assemblePlan(part, { key: binding.key, purpose: "adoption-undo", wakeMs: [] }, context);
  const { recorded } = former;
  const changed =
    recorded === null
      ? [`role ${nameInArn(role.arn)} was not recorded before the switch, so that a change cannot be seen`]
      : fingerprintChanges(recorded.fingerprint, fingerprint).map(
          (text) => `role ${nameInArn(role.arn)}: ${text}`,
        );
  const unmet = unmetNeeds(found, permissionsOf(binding, role, context), context.comparer).map(
    ({ what }) => `role ${nameInArn(role.arn)} does not allow ${what}, which the function needs now`,
  );
  const changes = [...changed, ...unmet];
  const shown = digestOf({ to: role.arn, roleId: role.roleId, fingerprint: { ...fingerprint }, changes });
  return {
    kind: "planned",
    way: "switch",
    to: role.arn,
    plan,
    shown,
    changes,
    notes: aliasNotes(found, binding),
  };
}

/** It runs now: what the steps before it wrote is part of the role that the function leaves. */
function setFormerRole(binding: DesiredBinding, found: LiveFunction, { role, context }: Way): Draft {
  return draftOf({
    step: "set-function-role",
    call: "lambda:UpdateFunctionConfiguration",
    input: { FunctionName: binding.functionName, Role: role.arn },
    target: found.arn,
    before: found.roleArn,
    after: role.arn,
    cause: "operator",
    endsExposure: true,
    origin: binding.origin,
    delta: switchDelta(binding, role, context),
  });
}

function switchDelta(binding: DesiredBinding, role: LiveRole, context: PlanContext): Delta {
  const declared = liveRole(context.live, binding.role.name);
  if (declared.kind !== "present") return NO_DELTA;
  const [from, to] = [declared.value, role].map((one) => permissionsOf(binding, one, context));
  return from === undefined || to === undefined ? NO_DELTA : permissionDelta(from, to, context.comparer);
}

function permissionsOf(
  binding: DesiredBinding,
  role: LiveRole,
  { live }: PlanContext,
): ReturnType<typeof rolePermissions> {
  return rolePermissions(liveDocuments(role), { at: binding, live });
}

/** A published version keeps its role, so an alias goes back only when it is moved to an earlier version. */
function aliasNotes({ aliases, versions }: LiveFunction, { role }: DesiredBinding): readonly string[] {
  if (aliases.kind !== "present" || versions.kind !== "present") {
    const reason = aliases.kind === "unknown" ? `: ${aliases.reason}` : "";
    return [`its aliases were not read${reason}; only $LATEST is changed`];
  }
  const onDeclared = new Set(
    versions.value.filter(({ roleArn }) => roleArn === role.arn).map(({ version }) => version),
  );
  return aliases.value.flatMap(({ name, versions: run }) =>
    run
      .filter((version) => onDeclared.has(version))
      .map(
        (version) =>
          `alias ${name} runs version ${version}, which keeps role ${role.name}: move the alias to a version with the former role`,
      ),
  );
}
