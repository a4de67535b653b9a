import type { ComparisonBudget } from "../match/comparison-budget.ts";
import { lowerCase } from "../lower-case.ts";
import { flaw, type Flaw } from "./flaw.ts";
import { boundedRelations, type CheckedScope, type StatementScope } from "./statement-scope.ts";
import { judgeParts } from "./part.ts";
import type { CheckedStatement, LocatedString } from "./statement.ts";

/** RED-001: what another statement, or the rest of the same one, covers already. The last are looked at first. */
export function redundantParts(
  own: readonly CheckedScope[],
  attached: readonly StatementScope[],
  budget: ComparisonBudget,
): readonly Flaw[] {
  const { covers } = boundedRelations(budget);
  const left = new Map<CheckedScope, StatementScope>(own.map((one) => [one, one.scope]));
  return own.toReversed().flatMap((one) => {
    const { scope, statement } = one;
    left.delete(one);
    const others = [...left.values(), ...attached];
    const judged = judgeParts<string>(scope, statement, (part, rest) =>
      rest !== null && covers(rest, part)
        ? "the rest of this statement"
        : others.find((other) => covers(other, part))?.name,
    );
    if (judged.rest !== null) left.set(one, judged.rest);
    return judged.parts.map(({ steps, what, verdict }) =>
      redundant(steps, `${what} adds nothing: ${verdict} covers it`),
    );
  });
}

function redundant(steps: Flaw["steps"], reason: string): Flaw {
  return flaw({ rule: "RED-001", severity: "note", steps, reason, fix: "remove it" });
}

/** RED-001: the same action or resource twice in one list; IAM ignores the case of actions. */
export function repeatedMembers(statements: readonly CheckedStatement[]): readonly Flaw[] {
  return statements.flatMap(({ actions, resources }) => [
    ...repeats(actions.map((one) => ({ ...one, key: lowerCase(one.text) }))),
    ...repeats(resources.map((one) => ({ ...one, key: one.text }))),
  ]);
}

function repeats(members: readonly (LocatedString & { readonly key: string })[]): readonly Flaw[] {
  const seen = new Set<string>();
  return members.flatMap(({ key, text, steps }) => {
    if (seen.has(key)) return [redundant(steps, `"${text}" is in the list twice`)];
    seen.add(key);
    return [];
  });
}
