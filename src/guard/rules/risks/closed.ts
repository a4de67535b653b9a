import { actionMatcher, namesOf } from "../../../iam/match/reach.ts";
import { resourceCovers } from "../../../iam/match/wildcard.ts";
import type { PermissionRow } from "../../../model/delta.ts";

/** True if the rows deny the action on everything that the row allows, without a condition. */
export type IsDenied = (action: string, row: PermissionRow) => boolean;

export function deniedBy(rows: readonly PermissionRow[]): IsDenied {
  const denials = rows
    .filter(({ effect, condition }) => effect === "Deny" && condition.kind === "none")
    .map(({ action, resource }) => ({ reaches: actionMatcher(action), resource }));
  return (action, row) => {
    const name = action.toLowerCase();
    return denials.some(({ reaches, resource }) => reaches(name) && covers(resource, row.resource));
  };
}

function covers(outer: PermissionRow["resource"], inner: PermissionRow["resource"]): boolean {
  if (outer.kind === "any") return true;
  if (outer.kind === "all-but" || inner.kind === "all-but") return false;
  return namesOf(inner).every((name) => namesOf(outer).some((pattern) => resourceCovers(pattern, name)));
}
