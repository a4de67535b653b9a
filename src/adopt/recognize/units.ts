import { meaningText } from "../../iam/compare/meaning.ts";
import type { NormalStatement } from "../../iam/document.ts";

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
  if (!isDivisible(statement)) return [meaningText(statement)];
  const { actions, resources } = statement;
  return actions.values.flatMap((action) =>
    resources.values.map((resource) =>
      meaningText({
        ...statement,
        actions: { negated: false, values: [action] },
        resources: { negated: false, values: [resource] },
      }),
    ),
  );
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
