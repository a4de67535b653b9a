import { readStatement } from "../../iam/read/statement.ts";
import { byText, sortedSet } from "../../text/order.ts";
import { toList } from "../../text/json-values.ts";
import { candidatesFor } from "./candidates.ts";
import { mergedEntries } from "./choose.ts";
import { entryOf } from "./entry-of.ts";
import type { GrantCandidate, GrantOf, GrantUnits } from "./grant-units.ts";
import { LiveFacts } from "./live-facts.ts";
import type { RoleStatement } from "./role-statements.ts";
import { isDivisible, unitsOf, type Unit } from "./units.ts";

/** Grants that would change what the policies allow: never part of an import, only a hint for a later change. */
export interface NearestGrants {
  readonly grants: readonly GrantOf[];
  /** Actions that the policies do not allow on these resources, sorted. */
  readonly adds: readonly string[];
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
  const pool = candidatesFor(new LiveFacts([statement], units.place), units, "some").filter(
    ({ grant, units: all }) => grant !== "dlq" && all.some((unit) => wanted.has(unit)),
  );
  const chosen = nearestOf(pool, wanted, live);
  const covered = new Set(chosen.flatMap((candidate) => candidate.units));
  const left = statement.units.filter((unit) => !covered.has(unit));
  if (chosen.length === 0 || left.length * 2 > statement.units.length) return null;
  const self = [{ statements: [statement.statement] }];
  const own = actionsOf(self, (unit) => !covered.has(unit), units);
  const kept = actionsOf(self, (unit) => covered.has(unit), units);
  return {
    grants: mergedEntries(chosen, units).map(entryOf),
    adds: actionsOf(chosen, (unit) => !live.has(unit), units),
    drops: own.filter((action) => !kept.includes(action)),
    dropsInPart: own.filter((action) => kept.includes(action)),
  };
}

/** Adds the candidate that saves most, until none saves anything: each unit that is added or dropped counts one. */
function nearestOf(
  pool: readonly GrantCandidate[],
  own: ReadonlySet<Unit>,
  live: ReadonlySet<Unit>,
): readonly GrantCandidate[] {
  const chosen: GrantCandidate[] = [];
  const have = new Set<Unit>();
  const savedBy = ({ units }: GrantCandidate): number =>
    units.filter((unit) => !have.has(unit)).reduce((sum, unit) => sum + valueOf(unit, own, live), 0);
  for (;;) {
    const saving = pool
      .map((candidate) => ({ candidate, saved: savedBy(candidate) }))
      .filter(({ saved }) => saved > 0);
    const [best] = saving.toSorted((a, b) => b.saved - a.saved || byFields(a.candidate, b.candidate));
    if (best === undefined) return chosen;
    chosen.push(best.candidate);
    for (const unit of best.candidate.units) have.add(unit);
  }
}

/** A permission of another statement is neither added nor saved. */
function valueOf(unit: Unit, own: ReadonlySet<Unit>, live: ReadonlySet<Unit>): number {
  if (own.has(unit)) return 1;
  return live.has(unit) ? 0 : -1;
}

function byFields(a: GrantCandidate, b: GrantCandidate): number {
  const fieldsOf = ({ grant, fields }: GrantCandidate): string => `${grant} ${JSON.stringify(fields)}`;
  return Object.keys(a.fields).length - Object.keys(b.fields).length || byText(fieldsOf(a), fieldsOf(b));
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
