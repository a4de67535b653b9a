import type { PermissionRow } from "../../model/delta.ts";
import { Comparer } from "./comparer.ts";
import { permissionUnits, type RolePermissions } from "./delta.ts";
import type { DocumentContext } from "../document.ts";
import { actionReaches } from "../match/reach.ts";
import { partCost } from "./rows/comparison-budget.ts";
import { byTextOf } from "../../text/order.ts";
import { NO_LIMIT, type Unit } from "./rows/comparable-row.ts";
import type { AttachedDocument } from "../attached-document.ts";
import { indexUnits, sharing, someSharing, type UnitIndex } from "./rows/row-index.ts";
import { commonPart, selectsAll, unitsMeet } from "./rows/row-relations.ts";
import { widestUnits } from "./rows/widest.ts";

/** Something that is allowed at all. */
interface SurfaceRow {
  /** What is left of the row that grants it; `proved` when all of it is allowed. */
  readonly row: PermissionRow;
  /** The boundary's row that cuts it to this; null where nothing cuts. */
  readonly within: PermissionRow | null;
  /** Deny rows that take some of it away; sorted. null: there are Deny rows, too many to compare it with. */
  readonly except: readonly PermissionRow[] | null;
}

export interface Surface {
  /** Sorted; what another row holds whole stands once. */
  readonly rows: readonly SurfaceRow[];
  /** What is not understood, and may allow or deny anything. */
  readonly unclear: readonly PermissionRow[];
  /** False when there was too much to compare: the rows may be more than what is allowed. */
  readonly isComplete: boolean;
}

/**
 * What a role's documents allow inside its boundary, less what is denied whatever the request is. Where there is too
 * much to compare, rows are more than what is allowed: they stand as they are written.
 */
export function effectiveSurface(permissions: RolePermissions, comparer: Comparer = new Comparer()): Surface {
  const units = permissionUnits(permissions, comparer);
  const index = indexUnits(units);
  const left = units
    .filter((unit) => unit.pool === "grant" && !isDenied(unit, index))
    .flatMap((grant) => limited(grant, index));
  const byUnit = Map.groupBy(left, ({ unit }) => unit);
  const widest = widestUnits([...byUnit.keys()]);
  const rows = [...byUnit]
    .flatMap(([unit, ways]) => (widest.units.has(unit) ? ways.slice(0, 1) : []))
    .map((one) => surfaceRow(one, index));
  const opaque = units.filter((unit) => unit.pool === "opaque");
  return {
    rows: rows.toSorted(byTextOf(({ row }) => rowText(row))),
    unclear: sorted(opaque.map(({ row }) => row)),
    isComplete: widest.isComplete && !index.effort.hasEnded,
  };
}

function isDenied(grant: Unit, index: UnitIndex): boolean {
  return someSharing(index, grant, "deny", (denial) => selectsAll(denial, grant));
}

function surfaceRow({ unit, within, isExact }: Left, index: UnitIndex): SurfaceRow {
  const found = sharing(index, unit, "deny", (denial) => unitsMeet(denial, unit));
  const except =
    found === null || !index.effort.take(found.length) ? null : sorted(found.map(({ row }) => row));
  const isProved = isExact && except?.length === 0 && !index.isUnclear;
  return { row: { ...unit.row, certainty: isProved ? "proved" : "possible" }, within, except };
}

const INVOCATIONS = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:InvokeAsync"];

/**
 * Who may invoke a function by its own policies (one for each qualifier). Identities of its own account that are
 * allowed by their policies need no row here.
 */
export function invocationSurface(
  documents: readonly AttachedDocument[],
  context: DocumentContext,
  comparer: Comparer = new Comparer(),
): Surface {
  const { rows, unclear, isComplete } = effectiveSurface({ documents, boundary: null, context }, comparer);
  const isInvocation = ({ row }: SurfaceRow): boolean =>
    INVOCATIONS.some((action) => actionReaches(row.action, action));
  return { rows: rows.filter(isInvocation), unclear, isComplete };
}

interface Left {
  readonly unit: Unit;
  readonly within: PermissionRow | null;
  /** False when it is more than what both allow: their wildcards overlap without one holding the other. */
  readonly isExact: boolean;
}

/** The grant whole where the boundary may hold it whole, else what it has in common with each row of the boundary. */
function limited(grant: Unit, index: UnitIndex): readonly Left[] {
  const isWhole = someSharing(
    index,
    grant,
    "limit",
    (limit) => limit === NO_LIMIT || selectsAll(limit, grant),
  );
  if (isWhole) return [{ unit: grant, within: null, isExact: true }];
  const limits = index.isUnclear ? null : sharing(index, grant, "limit", (limit) => unitsMeet(limit, grant));
  const cost = limits?.reduce((sum, limit) => sum + partCost(grant, limit), 0) ?? 0;
  if (limits === null || !index.effort.take(cost)) return [{ unit: grant, within: null, isExact: false }];
  return limits.map((limit) => ({ ...commonPart(grant, limit), within: limit.row }));
}

function sorted(rows: readonly PermissionRow[]): readonly PermissionRow[] {
  return rows.toSorted(byTextOf(rowText));
}

function rowText({ principal, action, resource, condition, from, sid }: PermissionRow): string {
  return JSON.stringify([principal, action, resource, condition, from, sid]);
}
