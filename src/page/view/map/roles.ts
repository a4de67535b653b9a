import type { PermissionsObject } from "../../../api/permissions.ts";
import type { PermissionState } from "../../../model/answers/permission-state.ts";
import { isBindingKey, type Key } from "../../../model/keys/key.ts";

/** A role of a function, and the others that have it: who gets its permissions gets theirs. */
export interface SharedRole {
  readonly arn: string;
  readonly others: readonly Key[];
}

/** The role of $LATEST, and those of versions behind aliases. Empty: the function was not read. */
function rolesOf({ effective, comparisons }: PermissionState): readonly string[] {
  if (effective.kind === "unknown") return [];
  return [...new Set([effective.role.arn, ...comparisons.map(({ arn }) => arn)])];
}

/** The roles of one function with the other functions on them, and those whose roles were not read. */
export function sharedRolesOf(
  items: readonly PermissionsObject[],
  key: Key,
): { readonly roles: readonly SharedRole[]; readonly unread: readonly Key[] } {
  const functions = items.map(({ status }) => status).filter((state) => isBindingKey(state.key));
  const own = functions.filter((state) => state.key === key).flatMap(rolesOf);
  const others = functions.filter((state) => state.key !== key);
  return {
    roles: own.map((arn) => ({
      arn,
      others: others.filter((state) => rolesOf(state).includes(arn)).map((state) => state.key),
    })),
    unread: others.filter(({ effective }) => effective.kind === "unknown").map((state) => state.key),
  };
}
