import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { areSamePrincipals, scopesMeet } from "../match/scope.ts";
import { flaw, type Flaw } from "./flaw.ts";
import { statementCovers, type CheckedScope, type StatementScope } from "./statement-scope.ts";

const TIME_KEYS: ReadonlySet<string> = new Set(["aws:currenttime", "aws:epochtime"]);

/** The test by which AWS ends a statement, as `until` compiles to. */
function isEnd({ operator, key }: Pick<ConditionTest, "operator" | "key">): boolean {
  return TIME_KEYS.has(key.toLowerCase()) && /^(Date|Numeric)LessThan(Equals)?$/.test(operator);
}

/** EXP-101: an Allow that ends, while another one without end allows the same or some of it. */
export function outlived(
  { scope, statement }: CheckedScope,
  others: readonly StatementScope[],
): Flaw | undefined {
  const end = statement.tests.find(isEnd);
  if (scope.effect === "Deny" || end === undefined) return undefined;
  const withoutEnd = others.filter((other) => outlives(other, scope));
  const covering = withoutEnd.find((other) => statementCovers(other, scope));
  const other = covering ?? withoutEnd[0];
  if (other === undefined) return undefined;
  const reason =
    covering === undefined
      ? `${other.name} may allow some of it without end`
      : `${other.name} allows the same without end: nothing ends here`;
  return flaw({
    rule: "EXP-101",
    severity: "warning",
    steps: end.steps,
    at: "name",
    reason,
    fix: "end the other one too, or take this out of it",
  });
}

function outlives(other: StatementScope, scope: StatementScope): boolean {
  if (other.effect === "Deny" || other.conditions.some(isEnd)) return false;
  const conditions = scope.conditions.filter((test) => !isEnd(test));
  return areSamePrincipals(other.principals, scope.principals) && scopesMeet(other, { ...scope, conditions });
}
