import { actionReaches, isOpenResource } from "../../../iam/match/reach.ts";
import { recordedRow, shortNames, testsOf } from "../../../iam/row-text.ts";
import type { PermissionRow, RowCondition } from "../../../model/delta.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { GuardContext, JudgedRole, RoleView } from "../../context/context.ts";
import { listFix, unlistedRole } from "./targets.ts";
import type { RoleBreach } from "../breach.ts";

/** PASS-001: iam:PassRole on any role, to any service, or on a role that is not listed, in any document of the role. */
export function passesTooMuch(view: RoleView, context: GuardContext): readonly RoleBreach[] {
  if (!view.mayBeRisk) return [];
  const { binding, rows } = view;
  return rows
    .filter((row) => row.effect === "Allow" && actionReaches(row.action, "iam:PassRole"))
    .flatMap((row) => {
      const why = tooMuch(row);
      if (why !== null) return [roleBreach(row, { why, fix: fixOf(binding) })];
      const role = unlistedRole(row, "iam:PassRole", context);
      if (role === null) return [];
      const unlisted = `AwsAccount ${context.account.name} does not list ${role} in passableRoles`;
      return [roleBreach(row, { why: unlisted, fix: listFix(role, "iam:PassRole", context) })];
    });
}

function fixOf({ partition, accountId }: JudgedRole): string {
  return `Resource: arn:${partition}:iam::${accountId}:role/NAME, with StringEquals iam:PassedToService`;
}

function roleBreach(row: PermissionRow, text: { readonly why: string; readonly fix: string }): RoleBreach {
  const { action, resource, condition, from, sid, origin } = recordedRow(row);
  return {
    from: [from],
    breach: {
      rule: "PASS-001",
      severity: "full",
      origin,
      evidence: canonicalText({ action, resource, condition, from, sid }),
      ...text,
    },
  };
}

function tooMuch({ action, resource, condition }: PermissionRow): string | null {
  if (action.kind === "all-but") return "NotAction lets this function pass roles";
  if (resource.kind === "all-but") return "NotResource lets this function pass every role except some";
  if (isOpenResource(resource)) {
    return `iam:PassRole on ${shortNames(resource)} lets this function pass any role to a new resource`;
  }
  return namesService(condition)
    ? null
    : "iam:PassRole without iam:PassedToService passes the role to any service";
}

const BINDING_OPERATORS = new Set([
  "StringEquals",
  "StringEqualsIgnoreCase",
  "StringLike",
  "ForAnyValue:StringEquals",
  "ForAnyValue:StringLike",
]);

function namesService(condition: RowCondition): boolean {
  return testsOf(condition).some(
    ({ operator, key, values }) =>
      BINDING_OPERATORS.has(operator) &&
      key === "iam:passedtoservice" &&
      values.every((value) => !/^[*?]*$/.test(value)),
  );
}
