import { isAuthored } from "../../context/role-check.ts";
import type { ActionData } from "../../../iam/action-data.ts";
import { unknownAction, unknownKey } from "../../../iam/check/names.ts";
import type { CompiledStatement } from "../../../model/desired.ts";
import type { Breach } from "../rule.ts";
import { breachOf, listed } from "../breach.ts";

/** ACT-003: an action, service or condition key that AWS does not have: it grants or denies nothing. */
export function unknownNames(statements: readonly CompiledStatement[], data: ActionData): readonly Breach[] {
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
