import { isEntirelyDenied } from "./rows/gain.ts";
import type { PermissionRow } from "../../model/delta.ts";
import { Comparer } from "./comparer.ts";
import { indexedRows, rowKey, type RolePermissions } from "./delta.ts";
import type { DocumentContext } from "../document.ts";
import { actionReaches } from "../match/reach.ts";
import { scopeCovers, scopesMeet } from "../match/scope.ts";
import { byTextOf } from "../../text/order.ts";
import { widestRows } from "./rows/widest.ts";
import { NO_BOUNDARY, type ComparableRow } from "./rows/comparable-row.ts";
import type { IndexedRows } from "./rows/indexed-rows.ts";
import type { AttachedDocument } from "../attached-document.ts";
import { commonPart, partCost } from "./rows/common-part.ts";

/** Something that is allowed at all. */
interface SurfaceRow<Row = PermissionRow> {
  /** What is left of the row that grants it; `proved` when all of it is allowed. */
  readonly row: Row;
  /** The boundary's row that cuts it to this; null where nothing cuts. */
  readonly within: Row | null;
  /** Deny rows that take some of it away; sorted. null: there are Deny rows, too many to compare it with. */
  readonly except: readonly Row[] | null;
}

export interface Surface<Row = PermissionRow> {
  /** Sorted; a row that another row covers is left out. */
  readonly rows: readonly SurfaceRow<Row>[];
  /** What is not understood, and may allow or deny anything. */
  readonly unclear: readonly Row[];
  /** False when there was too much to compare: the rows may be more than what is allowed. */
  readonly isComplete: boolean;
}

/**
 * What a role's documents allow inside its boundary, without what is denied for every request. Where there is too
 * much to compare, rows may show more than what is allowed: they are shown as written.
 */
export function effectiveSurface(permissions: RolePermissions, comparer: Comparer = new Comparer()): Surface {
  const index = indexedRows(permissions, comparer);
  const left = index
    .rowsOf("grant")
    .filter((row) => !isEntirelyDenied(row, index))
    .flatMap((grant) => limited(grant, index));
  const byRow = Map.groupBy(left, ({ row }) => row);
  const widest = widestRows([...byRow.keys()]);
  const rows = [...byRow]
    .flatMap(([row, ways]) => (widest.rows.has(row) ? ways.slice(0, 1) : []))
    .map((one) => surfaceRow(one, index));
  const opaque = index.rowsOf("opaque");
  return {
    rows: rows.toSorted(byTextOf(({ row }) => rowKey(row))),
    unclear: sorted(opaque.map(({ permission }) => permission)),
    isComplete: widest.isComplete && !index.budget.isExhausted,
  };
}

function surfaceRow({ row, within, isExact }: RemainingRow, index: IndexedRows): SurfaceRow {
  const found = index.sharing(row, "deny", (denial) => scopesMeet(denial, row));
  const except =
    found === null || !index.budget.spend(found.length)
      ? null
      : sorted(found.map(({ permission }) => permission));
  const isProved = isExact && except?.length === 0 && !index.isUnclear;
  return { row: { ...row.permission, certainty: isProved ? "proved" : "possible" }, within, except };
}

const INVOCATIONS = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:InvokeAsync"];

/**
 * Who may invoke a function by its own policies (one for each qualifier). Identities of its own account that are
 * allowed by their policies need no row here.
 */
export function invocationSurface(documents: readonly AttachedDocument[], context: DocumentContext): Surface {
  const { rows, unclear, isComplete } = effectiveSurface({ documents, boundary: null, context });
  const isInvocation = ({ row }: SurfaceRow): boolean =>
    INVOCATIONS.some((action) => actionReaches(row.action, action));
  return { rows: rows.filter(isInvocation), unclear, isComplete };
}

interface RemainingRow {
  readonly row: ComparableRow;
  readonly within: PermissionRow | null;
  /** False when it is more than what both allow: their wildcards overlap without one holding the other. */
  readonly isExact: boolean;
}

/** The grant whole where the boundary may hold it whole, else what it has in common with each row of the boundary. */
function limited(grant: ComparableRow, index: IndexedRows): readonly RemainingRow[] {
  const isWithinBoundary = index.someSharing(
    grant,
    "limit",
    (limit) => limit === NO_BOUNDARY || scopeCovers(limit, grant),
  );
  if (isWithinBoundary) return [{ row: grant, within: null, isExact: true }];
  const limits = index.isUnclear ? null : index.sharing(grant, "limit", (limit) => scopesMeet(limit, grant));
  const cost = limits?.reduce((sum, limit) => sum + partCost(grant, limit), 0) ?? 0;
  if (limits === null || !index.budget.spend(cost)) return [{ row: grant, within: null, isExact: false }];
  return limits.map((limit) => ({ ...commonPart(grant, limit), within: limit.permission }));
}

function sorted(rows: readonly PermissionRow[]): readonly PermissionRow[] {
  return rows.toSorted(byTextOf(rowKey));
}
