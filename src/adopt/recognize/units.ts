import { meaningText } from "../../iam/compare/meaning.ts";
import type { NormalStatement } from "../../iam/document.ts";
import {
  unusablePermission,
  type UnusablePermission,
} from "../../iam/match/unusable/unusable-permissions.ts";

/** One permission as text: two units are equal texts exactly if they have the same meaning. */
export type Unit = string;

/** A statement of more units is one unit: its list would cost more than it could ever save. */
const MAX_UNITS = 4_000;

/**
 * A statement as one unit for each action on each resource, under all conditions of the statement: together they allow
 * exactly what the statement allows. A Deny, NotAction and NotResource are one unit, which only a statement of the same
 * meaning equals.
 */
export function unitsOf(statement: NormalStatement): readonly Unit[] {
  return isDivisible(statement)
    ? pairsOf(statement).map((pair) => pairUnit(statement, pair))
    : [meaningText(statement)];
}

/** Without those that no request can use. */
export function usableUnits(statement: NormalStatement): readonly Unit[] {
  if (!isDivisible(statement)) return unitsOf(statement);
  return pairsOf(statement)
    .filter(([action, resource]) => unusablePermission(action, resource) === null)
    .map((pair) => pairUnit(statement, pair));
}

/** None in a statement that is one unit. */
export function unusableIn(statement: NormalStatement): readonly UnusablePermission[] {
  if (!isDivisible(statement)) return [];
  return pairsOf(statement)
    .map(([action, resource]) => unusablePermission(action, resource))
    .filter((found) => found !== null);
}

type Pair = readonly [action: string, resource: string];

function pairsOf({ actions, resources }: DivisibleStatement): readonly Pair[] {
  return actions.values.flatMap((action) => resources.values.map((resource): Pair => [action, resource]));
}

function pairUnit(statement: NormalStatement, [action, resource]: Pair): Unit {
  return meaningText({
    ...statement,
    actions: { negated: false, values: [action] },
    resources: { negated: false, values: [resource] },
  });
}

interface DivisibleStatement extends NormalStatement {
  readonly resources: NonNullable<NormalStatement["resources"]>;
}

/** True for an Allow that lists its actions and resources. */
export function isDivisible(statement: NormalStatement): statement is DivisibleStatement {
  const { effect, actions, resources } = statement;
  if (effect !== "Allow" || actions.negated || resources === null || resources.negated) return false;
  return actions.values.length * resources.values.length <= MAX_UNITS;
}
