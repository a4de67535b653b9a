import type { DesiredBinding, DesiredPolicy, CompiledStatement } from "../../../model/desired.ts";
import type { GuardContext } from "../../context/context.ts";
import { deadInRole, doubtful, isAuthored } from "../../context/role-check.ts";
import type { CheckedPart } from "../../context/role-checks.ts";
import { type Breach, type Rule, breachOf, listed } from "../breach.ts";
import type { ActionData } from "../../../iam/action-data.ts";
import { unknownAction, unknownKey } from "../../../iam/check/names.ts";

/** A rule of `policy check` for authored IAM statements. The statements of the catalogue are tested instead. */
export function checkedAuthored(rule: string): Pick<Rule, "judgeBinding" | "judgePolicy"> {
  const breaches = (parts: readonly CheckedPart[]): readonly Breach[] =>
    parts
      .filter((part) => part.rule === rule)
      .map(({ compiled, reason, fix, severity, part }) => ({
        ...breachOf(rule, compiled, {
          why: reason,
          fix: fix ?? "name the actions that the code calls",
          part,
        }),
        severity: severity === "error" ? "full" : "warn",
      }));
  return {
    judgeBinding: ({ role }: DesiredBinding, context: GuardContext) =>
      breaches(doubtful(role.inline, context)),
    judgePolicy: ({ use, document }: DesiredPolicy, context: GuardContext) =>
      use === "boundary" ? [] : breaches(doubtful(document, context)),
  };
}

/**
 * BND-002: actions outside the boundary have no effect, although they are declared. Only a warning if a part of a
 * statement is outside, and for the implicit logs permissions, which no one wrote.
 */
export function outsideBoundary(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  const fix = "remove it; only the boundary's owner can allow it";
  return deadInRole(binding, context)
    .filter(({ rule }) => rule === "BND-002")
    .map(({ compiled, reason, isOfEntireStatement, part }) => ({
      ...breachOf("BND-002", compiled, { why: reason, fix, part }),
      severity: isOfEntireStatement && compiled.source.kind !== "implicit" ? "full" : "warn",
    }));
}

/** DEN-001: permissions that a Deny of the same role revokes. */
export function deniedAgain(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  return deadInRole(binding, context)
    .filter(({ rule }) => rule === "DEN-001")
    .map(({ compiled, reason, part }) =>
      breachOf("DEN-001", compiled, { why: reason, fix: "remove one of the two", part }),
    );
}

/** ACT-003: an action, service or condition key that AWS does not have: it grants or denies nothing. */
export function unknownActionsAndKeys(
  statements: readonly CompiledStatement[],
  data: ActionData,
): readonly Breach[] {
  return statements.filter(isAuthored).flatMap((compiled) => {
    const { statement } = compiled;
    const actions = [...listed(statement.Action), ...listed(statement.NotAction)];
    const keys = Object.values(statement.Condition ?? {}).flatMap((block) => Object.keys(block));
    const allowed = statement.Action === undefined ? null : listed(statement.Action);
    return [
      ...actions.map((action) => unknownAction(action, data)),
      ...[...new Set(keys)].sort().map((key) => unknownKey(key, allowed, data)),
    ].flatMap((found) => (found === undefined ? [] : [breachOf("ACT-003", compiled, found)]));
  });
}
