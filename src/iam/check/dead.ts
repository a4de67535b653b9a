import type { Effort } from "../compare/rows/comparison-budget.ts";
import { flaw, type Flaw } from "./flaw.ts";
import { boundedRelations, type Grant, type OwnGrant } from "./grant.ts";
import { judgeParts } from "./part.ts";
import type { CheckedStatement } from "./statement.ts";

interface Surroundings {
  /** Everything that stands on the same role or resource, the statement itself among it. */
  readonly all: readonly Grant[];
  /** null: there is none, or it is not understood in whole. */
  readonly boundary: readonly Grant[] | null;
  /** For all that is compared with them; where it ends nothing more is said to be dead. */
  readonly effort: Effort;
}

interface LookedThrough {
  readonly flaws: readonly Flaw[];
  /** null when nothing of it takes effect. */
  readonly rest: OwnGrant | null;
}

/** DEN-001 and BND-002: what an Allow names and a Deny without conditions takes back, or the boundary leaves out. */
export function deadParts(
  grant: OwnGrant,
  written: CheckedStatement,
  { all, boundary, effort }: Surroundings,
): LookedThrough {
  if (grant.effect === "Deny") return { flaws: [], rest: grant };
  const denies = [...all, ...(boundary ?? [])].filter(
    ({ effect, conditions }) => effect === "Deny" && conditions.length === 0,
  );
  const limits = boundary?.filter(({ effect }) => effect === "Allow") ?? null;
  const { covers, meet } = boundedRelations(effort);
  const judged = judgeParts<Dead>(grant, written, (part) => {
    const denial = denies.find((deny) => covers(deny, { ...part, effect: "Deny", conditions: [] }));
    if (denial !== undefined)
      return { rule: "DEN-001", severity: "warning", reason: `${denial.name} denies it` };
    if (limits === null || limits.some((limit) => meet(limit, part))) return undefined;
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
