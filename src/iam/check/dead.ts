import type { ComparisonBudget } from "../match/comparison-budget.ts";
import { flaw, type Flaw } from "./flaw.ts";
import { boundedRelations, type StatementScope, type OwnScope } from "./statement-scope.ts";
import { judgeParts } from "./part.ts";
import type { CheckedStatement } from "./statement.ts";

interface Surroundings {
  /** Everything that is attached to the same role or resource, the statement itself included. */
  readonly all: readonly StatementScope[];
  /** null: there is none, or it is not completely understood. */
  readonly boundary: readonly StatementScope[] | null;
  /** For all that is compared with them; once it is exhausted nothing more is reported as dead. */
  readonly budget: ComparisonBudget;
}

interface LookedThrough {
  readonly flaws: readonly Flaw[];
  /** null when nothing of it takes effect. */
  readonly rest: OwnScope | null;
}

/** DEN-001 and BND-002: what an Allow names and a Deny without conditions takes back, or the boundary leaves out. */
export function deadParts(
  scope: OwnScope,
  statement: CheckedStatement,
  { all, boundary, budget }: Surroundings,
): LookedThrough {
  if (scope.effect === "Deny") return { flaws: [], rest: scope };
  const denies = [...all, ...(boundary ?? [])].filter(
    ({ effect, conditions }) => effect === "Deny" && conditions.length === 0,
  );
  const limits = boundary?.filter(({ effect }) => effect === "Allow") ?? null;
  const { covers, meet } = boundedRelations(budget);
  const judged = judgeParts<Dead>(scope, statement, (part) => {
    const denial = denies.find((deny) => covers(deny, { ...part, effect: "Deny", conditions: [] }));
    if (denial !== undefined)
      return { rule: "DEN-001", severity: "warning", reason: `${denial.name} denies it` };
    if (limits === null || limits.some((limit) => meet(limit, { ...part, conditions: [] }))) return undefined;
    return { rule: "BND-002", severity: "error", reason: "no statement of the boundary allows it" };
  });
  const flaws = judged.parts.map(({ steps, what, verdict }) => {
    const reason = `${what} takes no effect: ${verdict.reason}`;
    return flaw({ ...verdict, steps, reason, fix: "remove it" });
  });
  return { flaws, rest: judged.rest };
}

interface Dead {
  readonly rule: "DEN-001" | "BND-002";
  readonly severity: "error" | "warning";
  readonly reason: string;
}
