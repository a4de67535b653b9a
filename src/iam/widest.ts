import type { Unit } from "./unit.ts";
import { indexUnits, someSharing } from "./unit-index.ts";
import { unitCovers } from "./unit-relations.ts";

/** Those that no other one of their pool holds whole; of two that hold each other the first. */
export function widestUnits(units: readonly Unit[]): ReadonlySet<Unit> {
  const index = indexUnits(units);
  const places = new Map(units.map((unit, at) => [unit, at]));
  const isHeldBy = (unit: Unit, at: number, other: Unit): boolean =>
    other !== unit && unitCovers(other, unit) && ((places.get(other) ?? 0) < at || !unitCovers(unit, other));
  return new Set(
    units.filter((unit, at) => !someSharing(index, unit, unit.pool, (other) => isHeldBy(unit, at, other))),
  );
}
