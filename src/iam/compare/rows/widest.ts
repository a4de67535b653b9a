import { Effort } from "./comparison-budget.ts";
import type { Unit } from "./comparable-row.ts";
import { indexUnits, someSharing } from "./row-index.ts";
import { unitCovers } from "./row-relations.ts";

/** More pairs are not compared: what another one holds is then told beside it. */
const MAX_PAIRS = 100_000;

export interface Widest {
  readonly units: ReadonlySet<Unit>;
  /** False when there was too much to compare: some of them may lie in others. */
  readonly isComplete: boolean;
}

/** Those that no other one of their pool holds whole; of two that hold each other the first. */
export function widestUnits(units: readonly Unit[]): Widest {
  const index = indexUnits(units, new Effort(MAX_PAIRS));
  const places = new Map(units.map((unit, at) => [unit, at]));
  const isHeldBy = (unit: Unit, at: number, other: Unit): boolean =>
    other !== unit && unitCovers(other, unit) && ((places.get(other) ?? 0) < at || !unitCovers(unit, other));
  const widest = units.filter(
    (unit, at) => !someSharing(index, unit, unit.pool, (other) => isHeldBy(unit, at, other)),
  );
  return { units: new Set(widest), isComplete: !index.effort.hasEnded };
}
