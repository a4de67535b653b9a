import type { PermissionRow } from "../../model/delta.ts";
import { Comparer } from "./comparer.ts";
import { indexedRows, type RolePermissions } from "./delta.ts";
import { gains } from "./rows/gain.ts";

/**
 * Every row of a role that has an effect, as written: within the boundary at least in part, and not denied
 * completely. Unlike a delta it leaves out no row that another one covers: a person looks for the row that was
 * written. A member that is not understood is in effect.
 */
export function effectiveRows(
  permissions: RolePermissions,
  comparer: Comparer = new Comparer(),
): readonly PermissionRow[] {
  return rowsBeyond({ ...permissions, documents: [] }, permissions, comparer);
}

/** Every row of `after` that has an effect and that no single row of `before` covers. */
export function rowsBeyond(
  before: RolePermissions,
  after: RolePermissions,
  comparer: Comparer = new Comparer(),
): readonly PermissionRow[] {
  const [old, now] = [indexedRows(before, comparer), indexedRows(after, comparer)];
  return gains({ old, now, heldOutside: "none" })
    .filter(({ around }) => around === null)
    .map(({ row }) => row.permission);
}
