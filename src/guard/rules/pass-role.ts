import { actionReaches, isOpenResource } from "../../iam/match/reach.ts";
import { recordedRow, shortNames, testsOf } from "../../iam/row-text.ts";
import type { PermissionRow, RowCondition } from "../../model/delta.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { JudgedRole, RoleView } from "../effective-role.ts";
import type { RoleBreach } from "./rule.ts";

/** PASS-001: iam:PassRole on any role, or to any service, in any document of the role. */
export function passesTooMuch({ binding, rows }: RoleView): readonly RoleBreach[] {
  return rows
    .filter((row) => row.effect === "Allow" && actionReaches(row.action, "iam:PassRole"))
    .flatMap((row) => {
      const why = tooMuch(row);
      return why === null ? [] : [roleBreach(row, why, binding)];
    });
}

function roleBreach(row: PermissionRow, why: string, binding: JudgedRole): RoleBreach {
  const { action, resource, condition, from, sid, origin } = recordedRow(row);
  const role = `arn:${binding.partition}:iam::${binding.accountId}:role/NAME`;
  return {
    from: [from],
    breach: {
      rule: "PASS-001",
      severity: "full",
      origin,
      evidence: canonicalText({ action, resource, condition, from, sid }),
      why,
      fix: `Resource: ${role}, with StringEquals iam:PassedToService`,
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
