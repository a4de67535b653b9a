import { gainedUnits, permissionUnits } from "./delta.ts";
import type { DocumentContext } from "./document.ts";
import { unitsMeet, type Unit } from "./unit.ts";
import { indexUnits, type UnitIndex } from "./unit-index.ts";

/**
 * True only when it is proved, row by row, that everything that `inner` allows `outer` allows too. False means "not
 * proved": the rows of `outer` may allow it together, or a document is not understood.
 */
export function provedNarrower(inner: string, outer: string, context: DocumentContext): boolean {
  if (inner === outer) return true;
  const [within, around] = [unitsOf(inner, context), unitsOf(outer, context)];
  const denies = (unit: Unit): boolean =>
    within.all.some((grant) => grant.pool === "grant" && unitsMeet(grant, unit));
  return gainedUnits(around, within).every((unit) => unit.pool === "deny" && !denies(unit));
}

function unitsOf(text: string, context: DocumentContext): UnitIndex {
  return indexUnits(permissionUnits({ documents: [{ from: "document", text }], boundary: null, context }));
}
