import type { PermissionRow } from "../model/delta.ts";
import { permissionUnits, type RolePermissions } from "./delta.ts";
import type { DocumentContext } from "./document.ts";
import { actionReaches } from "./reach.ts";
import { byText } from "./text.ts";
import { NO_LIMIT, type AttachedDocument, type Unit } from "./unit.ts";
import { commonPart, selectsAll, unitCovers, unitsMeet } from "./unit-relations.ts";

/** Something that is allowed at all. */
interface SurfaceRow {
  /** What is left of the row that grants it; `proved` when all of it is allowed. */
  readonly row: PermissionRow;
  /** The boundary's row that cuts it to this; null where nothing cuts. */
  readonly within: PermissionRow | null;
  /** Deny rows that take some of it away; sorted. */
  readonly except: readonly PermissionRow[];
}

export interface Surface {
  /** Sorted; what another row holds whole stands once. */
  readonly rows: readonly SurfaceRow[];
  /** What is not understood, and may allow or deny anything. */
  readonly unclear: readonly PermissionRow[];
}

/** What a role's documents allow inside its boundary, less what is denied whatever the request is. */
export function effectiveSurface(permissions: RolePermissions): Surface {
  const units = permissionUnits(permissions);
  const ofPool = (pool: Unit["pool"]): readonly Unit[] => units.filter((unit) => unit.pool === pool);
  const [limits, denials, opaque] = [ofPool("limit"), ofPool("deny"), ofPool("opaque")];
  const left = ofPool("grant")
    .filter((grant) => !denials.some((denial) => selectsAll(denial, grant)))
    .flatMap((grant) => limited(grant, limits, opaque.length > 0));
  const rows = withoutCovered(left).map(({ unit, within, isExact }): SurfaceRow => {
    const except = denials.filter((denial) => unitsMeet(denial, unit)).map(({ row }) => row);
    const isProved = isExact && except.length === 0 && opaque.length === 0;
    return {
      row: { ...unit.row, certainty: isProved ? "proved" : "possible" },
      within,
      except: sorted(except),
    };
  });
  return {
    rows: rows.toSorted((a, b) => byText(rowText(a.row), rowText(b.row))),
    unclear: sorted(opaque.map(({ row }) => row)),
  };
}

const INVOCATIONS = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:InvokeAsync"];

/**
 * Who may invoke a function by its own policies (one for each qualifier). Identities of its own account that are
 * allowed by their policies need no row here.
 */
export function invocationSurface(policies: readonly AttachedDocument[], context: DocumentContext): Surface {
  const { rows, unclear } = effectiveSurface({ documents: policies, boundary: null, context });
  const isInvocation = ({ row }: SurfaceRow): boolean =>
    INVOCATIONS.some((action) => actionReaches(row.action, action));
  return { rows: rows.filter(isInvocation), unclear };
}

interface Left {
  readonly unit: Unit;
  readonly within: PermissionRow | null;
  /** False when it is more than what both allow: their wildcards overlap without one holding the other. */
  readonly isExact: boolean;
}

/** The grant whole where the boundary may hold it whole, else what it has in common with each row of the boundary. */
function limited(grant: Unit, limits: readonly Unit[], isUnclear: boolean): readonly Left[] {
  const isWhole = limits.some((limit) => limit === NO_LIMIT || selectsAll(limit, grant));
  if (isWhole) return [{ unit: grant, within: null, isExact: true }];
  if (isUnclear) return [{ unit: grant, within: null, isExact: false }];
  return limits
    .filter((limit) => unitsMeet(limit, grant))
    .map((limit) => ({ ...commonPart(grant, limit), within: limit.row }));
}

/** Of two that hold each other the first one stays. */
function withoutCovered(all: readonly Left[]): readonly Left[] {
  return all.filter(
    (one, at) =>
      !all.some(
        (other, otherAt) =>
          otherAt !== at &&
          unitCovers(other.unit, one.unit) &&
          (otherAt < at || !unitCovers(one.unit, other.unit)),
      ),
  );
}

function sorted(rows: readonly PermissionRow[]): readonly PermissionRow[] {
  return rows.toSorted((a, b) => byText(rowText(a), rowText(b)));
}

function rowText({ principal, action, resource, condition, from, sid }: PermissionRow): string {
  return JSON.stringify([principal, action, resource, condition, from, sid]);
}
