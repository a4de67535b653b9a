import { permissionRows } from "../iam/compare/delta.ts";
import { actionReaches } from "../iam/match/reach.ts";
import type { PermissionRow } from "../model/delta.ts";
import type { GuardContext } from "./context.ts";
import { compiledText } from "./compiled-text.ts";
import { documentContext, liveText, type JudgedRole } from "./effective-role.ts";

/** The rows of each document of the role's boundary that is known: as declared, as it stands. */
type BoundaryRows = readonly (readonly PermissionRow[])[];

/**
 * True only for an action that no document of the boundary lets through: the role can't use it, whatever its policies
 * say. A boundary that was not read, or is not understood, excludes nothing.
 */
export function excludedBy(rows: BoundaryRows): (action: string) => boolean {
  return (action) => rows.length > 0 && rows.every((document) => excludes(document, action));
}

function excludes(rows: readonly PermissionRow[], action: string): boolean {
  if (rows.some((row) => row.action === "unknown")) return false;
  const reaching = rows.filter((row) => actionReaches(row.action, action));
  const isDenied = reaching.some(
    (row) => row.effect === "Deny" && row.resource === "*" && row.condition === "",
  );
  return isDenied || !reaching.some((row) => row.effect === "Allow");
}

export function boundaryRows(binding: JudgedRole, context: GuardContext): BoundaryRows {
  return boundaryTexts(binding, context).map((text) =>
    permissionRows(
      { documents: [], boundary: { from: "boundary", text }, context: documentContext(binding) },
      context.comparer,
    ),
  );
}

/** Grantkeeper never writes boundaries: online, what is declared counts only beside what stands. */
export function boundaryTexts({ role, accountId }: JudgedRole, context: GuardContext): readonly string[] {
  const arn = role.boundary?.arn;
  if (arn === undefined) return [];
  const declared = [...context.desired.policies.values()]
    .filter((policy) => policy.arn === arn && policy.accountId === accountId)
    .map((policy) => compiledText(policy.document));
  if (context.live === null) return declared;
  const standing = liveText(arn, context);
  return standing === null ? [] : [standing, ...declared];
}
