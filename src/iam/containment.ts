import { gainedUnits, permissionUnits } from "./delta.ts";
import type { DocumentContext } from "./document.ts";
import { unitsMeet, type Unit } from "./unit.ts";

/**
 * True only when it is proved, row by row, that everything that `inner` allows `outer` allows too. False means "not
 * proved": the rows of `outer` may allow it together, or a document is not understood.
 */
export function provedNarrower(inner: string, outer: string, context: DocumentContext): boolean {
  if (inner === outer) return true;
  const [within, around] = [inner, outer].map((text) =>
    permissionUnits({ documents: [{ from: "document", text }], boundary: null, context }),
  ) as [readonly Unit[], readonly Unit[]];
  const grants = within.filter((unit) => unit.pool !== "deny");
  const gained = gainedUnits(around, within);
  return gained.every(
    (unit) =>
      unit.pool === "deny" && !grants.some((grant) => grant.pool === "grant" && unitsMeet(grant, unit)),
  );
}
