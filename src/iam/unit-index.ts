import type { Unit } from "./unit.ts";

/** Units by their action, so that a comparison looks at those only that can have one in common. */
export interface UnitIndex {
  readonly all: readonly Unit[];
  /** By action, for those that name exactly one. */
  readonly exact: ReadonlyMap<string, readonly Unit[]>;
  readonly wide: readonly Unit[];
}

export function indexUnits(all: readonly Unit[]): UnitIndex {
  const exact = new Map<string, Unit[]>();
  const wide: Unit[] = [];
  for (const unit of all) {
    const action = exactAction(unit);
    const list = action === undefined ? wide : (exact.get(action) ?? []);
    list.push(unit);
    if (action !== undefined) exact.set(action, list);
  }
  return { all, exact, wide };
}

/** Does one of the units that can share an action with `unit` pass the test? */
export function someSharing(index: UnitIndex, unit: Unit, test: (other: Unit) => boolean): boolean {
  const action = exactAction(unit);
  if (action === undefined) return index.all.some(test);
  return (index.exact.get(action) ?? []).some(test) || index.wide.some(test);
}

/** Those that pass the test among the units that can share an action with `unit`. */
export function sharing(index: UnitIndex, unit: Unit, test: (other: Unit) => boolean): readonly Unit[] {
  const action = exactAction(unit);
  if (action === undefined) return index.all.filter(test);
  return [...(index.exact.get(action) ?? []), ...index.wide].filter(test);
}

function exactAction(unit: Unit): string | undefined {
  const [only = "*"] = unit.action.values;
  return unit.action.negated || only.includes("*") || only.includes("?") ? undefined : only;
}
