import { permissionRows } from "../../iam/compare/delta.ts";
import { actionReaches } from "../../iam/match/reach.ts";
import type { PermissionRow } from "../../model/delta.ts";
import { type GuardContext, judgedContext, liveText, type JudgedRole } from "./context.ts";

/** The rows of each known document of the role's boundary: as declared, and as read from AWS. */
type BoundaryRows = readonly (readonly PermissionRow[])[];

/**
 * True only for an action that no document of the boundary allows: the role can't use it, regardless of its policies.
 * A boundary that was not read, or cannot be parsed completely, excludes nothing.
 */
export function excludedBy(rows: BoundaryRows): (action: string) => boolean {
  return (action) => rows.length > 0 && rows.every((document) => excludes(document, action));
}

function excludes(rows: readonly PermissionRow[], action: string): boolean {
  if (rows.some((row) => row.action.kind === "unknown")) return false;
  const reaching = rows.filter((row) => actionReaches(row.action, action));
  const isDenied = reaching.some(
    (row) => row.effect === "Deny" && row.resource.kind === "any" && row.condition.kind === "none",
  );
  return isDenied || !reaching.some((row) => row.effect === "Allow");
}

export function boundaryRows(binding: JudgedRole, context: GuardContext): BoundaryRows {
  return boundaryTexts(binding, context).map((text) =>
    permissionRows(
      { documents: [], boundary: { from: { kind: "boundary" }, text }, context: judgedContext(binding) },
      context.comparer,
    ),
  );
}

/** Grantkeeper never writes boundaries: online, the declared boundary counts only together with the live one. */
export function boundaryTexts({ role, accountId }: JudgedRole, context: GuardContext): readonly string[] {
  const arn = role.boundary?.arn;
  if (arn === undefined) return [];
  const declared = (context.index.policiesByArn.get(arn) ?? [])
    .filter((policy) => policy.accountId === accountId)
    .map((policy) => context.roleChecks.texts.of(policy.document));
  if (context.live === null) return declared;
  const live = liveText(arn, context);
  return live === null ? [] : [live, ...declared];
}
