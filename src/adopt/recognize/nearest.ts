import { readStatement } from "../../iam/read/statement.ts";
import { byText, sortedSet } from "../../text/order.ts";
import { toList } from "../../text/json-values.ts";
import { candidatesFor } from "./candidates.ts";
import { byPlainness, mergedEntries } from "./choose.ts";
import { entryOf } from "./entry-of.ts";
import type { GrantCandidate, GrantOf, GrantUnits } from "./grant-units.ts";
import { LiveFacts } from "./live-facts.ts";
import type { RoleStatement } from "./role-statements.ts";
import { isDivisible, unitsOf, type Unit } from "../../iam/compare/units.ts";

/**
 * Grants that would allow less than the policies, and nothing else: never part of an import, only a hint for a later
 * change.
 */
export interface NearestGrants {
  readonly grants: readonly GrantOf[];
  /** Actions of the statement that the grants do not allow on any of its resources, sorted. */
  readonly drops: readonly string[];
  /** The same for actions that they allow on some of its resources. */
  readonly dropsInPart: readonly string[];
}

/**
 * The grants that come nearest to a statement that stays as it is; null if no grants have at least half of its permissions.
 * `live` is everything that the policies allow.
 */
export function nearestGrants(
  statement: RoleStatement,
  live: ReadonlySet<Unit>,
  units: GrantUnits,
): NearestGrants | null {
  const { normal } = statement;
  if (!isDivisible(normal)) return null;
  const wanted = new Set(statement.units);
  const found = candidatesFor(new LiveFacts([statement], units.place), units, "some");
  // Exact actions make it possible to add nothing: the grants only drop what has none.
  const pool = found.filter(
    ({ grant, units: all }) =>
      grant !== "dlq" &&
      all.some((unit) => wanted.has(unit)) &&
      all.every((unit) => wanted.has(unit) || live.has(unit)),
  );
  const chosen = nearestOf(pool, wanted);
  const covered = new Set(chosen.flatMap((candidate) => candidate.units));
  const left = statement.units.filter((unit) => !covered.has(unit));
  if (chosen.length === 0 || left.length * 2 > statement.units.length) return null;
  const self = [{ statements: [statement.statement] }];
  const own = actionsOf(self, (unit) => !covered.has(unit), units);
  const kept = actionsOf(self, (unit) => covered.has(unit), units);
  return {
    grants: mergedEntries(chosen, units).map(entryOf),
    drops: own.filter((action) => !kept.includes(action)),
    dropsInPart: own.filter((action) => kept.includes(action)),
  };
}

/** Adds the candidate with the most permissions of the statement that are still missing, until none has any. */
function nearestOf(pool: readonly GrantCandidate[], own: ReadonlySet<Unit>): readonly GrantCandidate[] {
  const sorted = pool.toSorted(byFields);
  const chosen: GrantCandidate[] = [];
  const missing = new Set(own);
  const gainOf = ({ units }: GrantCandidate): number => units.filter((unit) => missing.has(unit)).length;
  for (;;) {
    const [best] = sorted.toSorted((a, b) => gainOf(b) - gainOf(a));
    if (best === undefined || gainOf(best) === 0) return chosen;
    chosen.push(best);
    for (const unit of best.units) missing.delete(unit);
  }
}

function byFields(a: GrantCandidate, b: GrantCandidate): number {
  const fieldsOf = ({ grant, fields }: GrantCandidate): string => `${grant} ${JSON.stringify(fields)}`;
  return byPlainness(a, b) || byText(fieldsOf(a), fieldsOf(b));
}

/** The names of the actions with a unit that passes the test, as they are written. */
function actionsOf(
  holders: readonly Pick<GrantCandidate, "statements">[],
  test: (unit: Unit) => boolean,
  { context }: GrantUnits,
): readonly string[] {
  const statements = holders.flatMap((holder) => holder.statements);
  const names = statements.flatMap((statement) =>
    toList(statement.Action ?? []).filter((Action) => {
      const member = readStatement({ ...statement, Action }, context);
      return member.kind === "statement" && unitsOf(member).some(test);
    }),
  );
  return sortedSet(names);
}
