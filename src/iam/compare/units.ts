import { meaningParts, meaningText, type MeaningParts } from "./meaning.ts";
import type { Member, NormalStatement } from "../document.ts";
import { structureText } from "../read/statement.ts";
import { unusablePermission, type UnusablePermission } from "../match/unusable/unusable-permissions.ts";

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

/**
 * What decides requests, in one form for all statements of one meaning: two documents of the same units allow and deny the
 * same requests. `usable` leaves out what no request can use. What is not understood is one unit, as it is.
 */
export function effectUnits(member: Member, kept: "all" | "usable"): readonly Unit[] {
  if (member.kind === "opaque") return [member.structure];
  const parts = meaningParts(member);
  if (!isDivisible(parts)) return [structureText(parts)];
  return pairsOf(parts)
    .filter(([action, resource]) => kept === "all" || unusablePermission(action, resource) === null)
    .map(([action, resource]) =>
      structureText({ ...parts, actions: only(action), resources: only(resource) }),
    );
}

function only(name: string): NonNullable<MeaningParts["resources"]> {
  return { negated: false, values: [name] };
}

type Pair = readonly [action: string, resource: string];

function pairsOf({ actions, resources }: Pick<DivisibleStatement, "actions" | "resources">): readonly Pair[] {
  return actions.values.flatMap((action) => resources.values.map((resource): Pair => [action, resource]));
}

function pairUnit(statement: NormalStatement, [action, resource]: Pair): Unit {
  return meaningText({
    ...statement,
    actions: only(action),
    resources: only(resource),
  });
}

interface DivisibleStatement extends MeaningParts {
  readonly resources: NonNullable<MeaningParts["resources"]>;
}

/** True for an Allow that lists its actions and resources. */
export function isDivisible<S extends MeaningParts>(statement: S): statement is S & DivisibleStatement {
  const { effect, actions, resources } = statement;
  if (effect !== "Allow" || actions.negated || resources === null || resources.negated) return false;
  return actions.values.length * resources.values.length <= MAX_UNITS;
}
