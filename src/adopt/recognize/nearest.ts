import { readStatement } from "../../iam/read/statement.ts";
import { byText, sortedSet } from "../../text/order.ts";
import { toList } from "../../text/json-values.ts";
import { candidatesFor } from "./candidates.ts";
import { byPlainness, mergedEntries } from "./choose.ts";
import { entryOf } from "./entry-of.ts";
import type { GrantCandidate, GrantOf, CandidateCompiler } from "./candidate-compiler.ts";
import { LiveFacts } from "./live-facts.ts";
import type { RoleStatement } from "./role-statements.ts";
import {
  isDivisible,
  canonicalPermissions,
  type CanonicalPermission,
} from "../../iam/compare/canonical-permissions.ts";

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
  live: ReadonlySet<CanonicalPermission>,
  compiler: CandidateCompiler,
): NearestGrants | null {
  const { normal } = statement;
  if (!isDivisible(normal)) return null;
  const wanted = new Set(statement.permissions);
  const found = candidatesFor(new LiveFacts([statement], compiler.place), compiler, "some");
  // Exact actions make it possible to add nothing: the grants only drop what has none.
  const candidates = found.filter(
    ({ grant, permissions: all }) =>
      grant !== "dlq" &&
      all.some((permission) => wanted.has(permission)) &&
      all.every((permission) => wanted.has(permission) || live.has(permission)),
  );
  const chosen = nearestOf(candidates, wanted);
  const covered = new Set(chosen.flatMap((candidate) => candidate.permissions));
  const left = statement.permissions.filter((permission) => !covered.has(permission));
  if (chosen.length === 0 || left.length * 2 > statement.permissions.length) return null;
  const self = [{ statements: [statement.statement] }];
  const own = actionsOf(self, (permission) => !covered.has(permission), compiler);
  const kept = actionsOf(self, (permission) => covered.has(permission), compiler);
  return {
    grants: mergedEntries(chosen, compiler).map(entryOf),
    drops: own.filter((action) => !kept.includes(action)),
    dropsInPart: own.filter((action) => kept.includes(action)),
  };
}

/** Adds the candidate with the most permissions of the statement that are still missing, until none has any. */
function nearestOf(
  candidates: readonly GrantCandidate[],
  own: ReadonlySet<CanonicalPermission>,
): readonly GrantCandidate[] {
  const sorted = candidates.toSorted(byFields);
  const chosen: GrantCandidate[] = [];
  const missing = new Set(own);
  const gainOf = ({ permissions }: GrantCandidate): number =>
    permissions.filter((permission) => missing.has(permission)).length;
  for (;;) {
    const [best] = sorted.toSorted((a, b) => gainOf(b) - gainOf(a));
    if (best === undefined || gainOf(best) === 0) return chosen;
    chosen.push(best);
    for (const permission of best.permissions) missing.delete(permission);
  }
}

function byFields(a: GrantCandidate, b: GrantCandidate): number {
  const fieldsOf = ({ grant, fields }: GrantCandidate): string => `${grant} ${JSON.stringify(fields)}`;
  return byPlainness(a, b) || byText(fieldsOf(a), fieldsOf(b));
}

/** The names of the actions with a permission that passes the test, as they are written. */
function actionsOf(
  holders: readonly Pick<GrantCandidate, "statements">[],
  test: (permission: CanonicalPermission) => boolean,
  { context }: CandidateCompiler,
): readonly string[] {
  const statements = holders.flatMap((holder) => holder.statements);
  const names = statements.flatMap((statement) =>
    toList(statement.Action ?? []).filter((Action) => {
      const member = readStatement({ ...statement, Action }, context);
      return member.kind === "statement" && canonicalPermissions(member).some(test);
    }),
  );
  return sortedSet(names);
}
