import { meaningParts, meaningText, type MeaningParts } from "./meaning.ts";
import type { Member, NormalStatement } from "../document.ts";
import { structureText } from "../read/statement.ts";
import { unusablePermission, type UnusablePermission } from "../match/unusable/unusable-permissions.ts";

/**
 * One comparable permission, as a text in canonical form: two of them are equal texts exactly if they have the same
 * meaning. Only for sets and comparisons; a `PermissionRow` is what people read.
 */
export type CanonicalPermission = string;

/** A statement of more permissions counts as one: their list would cost more than it could ever save. */
const MAX_PERMISSIONS = 4_000;

/**
 * One for each action on each resource, under all conditions of the statement: together they allow exactly what the
 * statement allows. A statement with Deny, NotAction or NotResource is one permission, which only a statement of the same
 * meaning equals.
 */
export function canonicalPermissions(statement: NormalStatement): readonly CanonicalPermission[] {
  return isDivisible(statement)
    ? pairsOf(statement).map((pair) => permissionOf(statement, pair))
    : [meaningText(statement)];
}

/** Without those that no request can use. */
export function usablePermissions(statement: NormalStatement): readonly CanonicalPermission[] {
  if (!isDivisible(statement)) return canonicalPermissions(statement);
  return pairsOf(statement)
    .filter(([action, resource]) => unusablePermission(action, resource) === null)
    .map((pair) => permissionOf(statement, pair));
}

/** None in a statement that counts as one permission. */
export function unusableIn(statement: NormalStatement): readonly UnusablePermission[] {
  if (!isDivisible(statement)) return [];
  return pairsOf(statement)
    .map(([action, resource]) => unusablePermission(action, resource))
    .filter((found) => found !== null);
}

/**
 * What decides requests, in one form for all statements of one meaning: two documents of the same permissions allow
 * and deny the same requests. `usable` leaves out those that no request can use. A member that is not understood counts as
 * one permission, as it is.
 */
export function effectPermissions(member: Member, kept: "all" | "usable"): readonly CanonicalPermission[] {
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

function permissionOf(statement: NormalStatement, [action, resource]: Pair): CanonicalPermission {
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
  return actions.values.length * resources.values.length <= MAX_PERMISSIONS;
}
