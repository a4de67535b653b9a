import type { DesiredBinding, DesiredPolicy, CompiledStatement } from "../../../model/desired.ts";
import type { GuardContext } from "../../context/context.ts";
import { deadInRole, doubtful, isAuthored } from "../../context/role-check.ts";
import type { CheckedPart } from "../../context/role-checks.ts";
import { type Breach, type Rule, breachOf, listed, withResource } from "../breach.ts";
import type { ActionData } from "../../../iam/action-data.ts";
import { unknownAction, unknownKey } from "../../../iam/check/names.ts";
import { operatorParts } from "../../../iam/operators.ts";
import type { Statement } from "../../../model/aws/policy-document.ts";
import { grantedNames } from "../../../model/rules/team.ts";
import { sortedSet } from "../../../text/order.ts";
import type { Remedy } from "../remedy.ts";

/** A rule of `policy check` for authored IAM statements. The statements of the catalogue are tested instead. */
export function checkedAuthored(
  rule: string,
  remedyOf: (statement: Statement, data: ActionData) => Remedy | null = () => null,
): Pick<Rule, "judgeBinding" | "judgePolicy"> {
  const breaches = (parts: readonly CheckedPart[], { actionData }: GuardContext): readonly Breach[] =>
    parts
      .filter((part) => part.rule === rule)
      .map(({ compiled, reason, fix, severity, part, resourceAt }) => {
        const remedy = remedyOf(compiled.statement, actionData);
        return {
          ...breachOf(rule, withResource(compiled, resourceAt), {
            why: reason,
            fix: fix ?? "name the actions that the code calls",
            part,
          }),
          severity: severity === "error" ? "full" : "warn",
          ...(remedy !== null && { remedy }),
        };
      });
  return {
    judgeBinding: ({ role }: DesiredBinding, context: GuardContext) =>
      breaches(doubtful(role.inline, context), context),
    judgePolicy: ({ use, document }: DesiredPolicy, context: GuardContext) =>
      use === "boundary" ? [] : breaches(doubtful(document, context), context),
  };
}

/** More actions than these are no line that people would read. */
const MOST_ACTIONS = 12;

/** ACT-002: the actions that the only pattern of the statement matches today. */
export function exactActions({ Action }: Statement, data: ActionData): Remedy | null {
  const [pattern, ...others] = listed(Action).filter((action) => /[*?]/.test(action));
  if (pattern === undefined || others.length > 0) return null;
  const actions = data.expand(pattern);
  const isShort = actions.length > 0 && actions.length <= MOST_ACTIONS;
  return isShort ? { kind: "list-actions", pattern, actions: sortedSet(actions) } : null;
}

/** CON-001: the keys of tests that also hold for a request without the key. */
export function demandedKeys({ Condition = {} }: Statement): Remedy | null {
  const keys = Object.entries(Condition).flatMap(([operator, tests]) =>
    operatorParts(operator).quantifier === "ForAllValues:" ? Object.keys(tests) : [],
  );
  return { kind: "demand-keys", keys: sortedSet(keys) };
}

/**
 * BND-002: actions outside the boundary have no effect, although they are declared. Only a warning if a part of a
 * statement is outside, and for the implicit logs permissions, which no one wrote.
 */
export function outsideBoundary(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  const fix = "remove it; only the boundary's owner can allow it";
  return deadInRole(binding, context)
    .filter(({ rule }) => rule === "BND-002")
    .map(({ compiled, reason, isOfEntireStatement, part, resourceAt }) => ({
      ...breachOf("BND-002", withResource(compiled, resourceAt), { why: reason, fix, part }),
      severity: isOfEntireStatement && compiled.source.kind !== "implicit" ? "full" : "warn",
      ...(isOfEntireStatement && removalOf(compiled)),
    }));
}

function removalOf({ source }: CompiledStatement): Pick<Breach, "remedy"> {
  if (source.kind === "implicit") return {};
  const allow = source.kind === "grant" ? grantedNames(source) : null;
  return { remedy: { kind: "remove-permissions", allow } };
}

/** DEN-001: permissions that a Deny of the same role revokes. */
export function deniedAgain(binding: DesiredBinding, context: GuardContext): readonly Breach[] {
  return deadInRole(binding, context)
    .filter(({ rule }) => rule === "DEN-001")
    .map(({ compiled, reason, part, resourceAt }) => {
      const text = { why: reason, fix: "remove one of the two", part };
      return breachOf("DEN-001", withResource(compiled, resourceAt), text);
    });
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
