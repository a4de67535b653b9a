import { distinctMembers } from "../../model/values/lists.ts";
import { unusablePermission, type UnusablePermission } from "../match/unusable/unusable-permissions.ts";
import { comparableRows, type RolePermissions } from "./delta.ts";

/** What the documents grant and no request can use, each once: a comparison leaves it out. */
export function unusablePermissions(permissions: RolePermissions): readonly UnusablePermission[] {
  const found = comparableRows(permissions)
    .filter(({ role, actions, resources }) => role === "grant" && !actions.negated && !resources.negated)
    .flatMap(({ actions, resources }) =>
      actions.values.flatMap((action) =>
        resources.values.map((resource) => unusablePermission(action, resource)),
      ),
    );
  return distinctMembers(found.filter((one) => one !== null));
}
