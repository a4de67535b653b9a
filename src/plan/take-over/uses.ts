import { usesOf, type RoleUse } from "../../diff/role/role-uses.ts";
import { DECLARED_WAY_OUT, stackRefusal } from "../../diff/role/take-over-refusals.ts";
import { isBeforeTakeOver } from "../../diff/role/take-over.ts";
import { liveFunction, liveRoleStack, type LiveRole } from "../../model/live.ts";
import type { Withheld } from "../../model/plan.ts";
import type { BindingScope } from "../inputs/scope.ts";

/**
 * Who else depends on the role: a stack, other functions, their versions. These are read completely only when the next
 * step would be a write. Until then only what was seen counts; from then on, what was not read stops the take-over.
 */
export function useRefusals(scope: BindingScope, role: LiveRole): readonly Withheld[] {
  const { binding, context } = scope;
  const isNear = context.record !== null && isBeforeTakeOver(binding, context.record);
  const uses = [...ownFunction(scope, role), ...otherFunctions(scope, role), ...ownerStack(scope, role)];
  return uses.flatMap((use): readonly Withheld[] => {
    if (use.kind === "unread" && !isNear) return [];
    const kind = use.kind === "unread" ? "waiting" : "ownership-conflict";
    const text = use.kind === "unread" ? "not taken over as long as it is not read" : "not taken over";
    return [{ kind, subject: role.arn, reason: `${text}: ${use.reason}`, fix: use.fix }];
  });
}

function ownFunction({ binding, context }: BindingScope, role: LiveRole): readonly RoleUse[] {
  const { region, functionName } = binding;
  const found = liveFunction(context.live, region, functionName);
  if (found.kind === "unknown") return [{ kind: "unread", reason: found.reason, fix: null }];
  if (found.kind === "present" && found.value.roleArn === role.arn) return [];
  if (found.kind === "absent") {
    const fix = "deploy the function on this role again, or remove role.adopt or the manifest";
    return [{ kind: "seen", reason: `function ${functionName} does not exist`, fix }];
  }
  const reason = `function ${functionName} runs on ${found.value.roleArn}`;
  return [
    { kind: "seen", reason, fix: "take over the role that the function runs on, or remove role.adopt" },
  ];
}

/** In all regions of the account; a function of another region is not seen. The first one of each region is enough. */
function otherFunctions({ binding, context }: BindingScope, role: LiveRole): readonly RoleUse[] {
  const { live, account } = context;
  if (!live.complete) return [{ kind: "unread", reason: "the account was not read completely", fix: null }];
  return account.regions.flatMap((region): readonly RoleUse[] => {
    const at = live.regions.get(region);
    if (at?.kind !== "read" || !at.complete) {
      const reason = `the functions of region ${region}${at?.kind === "read" ? "" : `: ${at?.reason ?? "never read"}`}`;
      return [{ kind: "unread", reason, fix: "allow the observer to list them" }];
    }
    const others = [...at.functions.values()].filter(({ arn }) => arn !== binding.functionArn);
    const found = others.flatMap((other) => usesOf(other, role.arn));
    return [...found.filter(({ kind }) => kind === "seen"), ...found].slice(0, 1);
  });
}

function ownerStack({ context }: BindingScope, role: LiveRole): readonly RoleUse[] {
  const stack = liveRoleStack(context.live, role.name);
  if (stack.kind === "absent") return [];
  if (stack.kind === "present") return [{ ...stackRefusal(stack.value, DECLARED_WAY_OUT), kind: "seen" }];
  const fix =
    "allow the observer cloudformation:DescribeStackResources (grantkeeper bootstrap roles), or give the function a role of its own";
  if (stack.kind === "unknown") return [{ kind: "unread", reason: stack.reason, fix }];
  return [{ kind: "unread", reason: "the stack that may own it is read in the next sweep", fix: null }];
}
