import { shortList } from "../../iam/match/reach.ts";
import type { Surface } from "../../iam/compare/surface.ts";
import type { PermissionRow } from "../../model/delta.ts";
import { table } from "../../cli/screen/table.ts";

/** A row a permission: who (for a function's policies), what, on what, and what limits it. */
export function surfaceLines({ rows, unclear, isComplete }: Surface): readonly string[] {
  const notUnderstood = [
    ...unclear.map(({ from, condition }) => `not understood in ${from}: ${condition}`),
    ...(isComplete ? [] : ["note: too large to compare in full: some rows may be denied, or shown twice"]),
  ];
  if (rows.length === 0) return ["nothing is allowed", ...notUnderstood];
  const hasPrincipals = rows.some(({ row }) => row.principal !== null);
  const lines = table<Surface["rows"][number]>(
    [
      ...(hasPrincipals
        ? [{ title: "WHO", cell: ({ row }: Surface["rows"][number]) => row.principal ?? "" }]
        : []),
      { title: "ACTION", cell: ({ row }) => shortList(row.action) },
      { title: "ON", cell: ({ row }) => shortList(row.resource) },
      { title: "FROM", cell: ({ row }) => placeText(row) },
      { title: "LIMITS", cell: limitsText },
    ],
    rows,
  );
  return [...lines, ...notUnderstood];
}

function limitsText({ row, within, except }: Surface["rows"][number]): string {
  const limits = [
    ...(row.condition === "" ? [] : [`when ${row.condition}`]),
    ...(within === null ? [] : [`within ${namedText(within)} of ${placeText(within)}`]),
    ...(except ?? []).map((denial) => `but for ${namedText(denial)}${whenText(denial)}`),
    ...(except === null ? ["but for Deny rows, too many to compare"] : []),
    ...(row.risk === "none" ? [] : [`risk: ${row.risk}`]),
  ];
  return limits.join(", ");
}

function namedText({ action, resource }: PermissionRow): string {
  return `${shortList(action)} on ${shortList(resource)}`;
}

function whenText({ condition }: PermissionRow): string {
  return condition === "" ? "" : ` when ${condition}`;
}

function placeText({ from, sid }: PermissionRow): string {
  return sid === null ? from : `${from} ${sid}`;
}
