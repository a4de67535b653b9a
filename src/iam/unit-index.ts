import type { Selector } from "./document.ts";
import { ACTIONS, selectorsMeet } from "./selector.ts";
import type { Unit } from "./unit.ts";

/** Units by their actions, so that a comparison looks at those only that can have one in common. */
export interface UnitIndex {
  readonly all: readonly Unit[];
  /** Whether something in it is not understood. */
  readonly isUnclear: boolean;
  /** In an order that follows from the units. */
  readonly sharersOf: (unit: Unit) => readonly Unit[];
}

export function indexUnits(all: readonly Unit[]): UnitIndex {
  const groups = new Map<string, Unit[]>();
  for (const unit of all) {
    const text = actionText(unit.action);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [unit]);
    else group.push(unit);
  }
  const isWide = ([first]: readonly Unit[]): boolean =>
    first !== undefined && exactAction(first) === undefined;
  const wide = [...groups.values()].filter(isWide);
  const isUnclear = all.some(({ pool }) => pool === "opaque");
  return { all, isUnclear, sharersOf: sharerFinder(all, groups, wide) };
}

/** The rows of one statement come one after the other, resource by resource: what was found last is kept. */
function sharerFinder(
  all: readonly Unit[],
  groups: ReadonlyMap<string, readonly Unit[]>,
  wide: readonly (readonly Unit[])[],
): UnitIndex["sharersOf"] {
  let last: { readonly text: string; readonly units: readonly Unit[] } | undefined;
  return (unit) => {
    // What is excepted may be everything, and then lies in anything.
    if (unit.action.negated) return all;
    const text = actionText(unit.action);
    if (last?.text === text) return last.units;
    const candidates =
      exactAction(unit) === undefined ? [...groups.values()] : [groups.get(text) ?? [], ...wide];
    const meets = ([first]: readonly Unit[]): boolean =>
      first !== undefined && selectorsMeet(first.action, unit.action, ACTIONS);
    last = { text, units: candidates.filter(meets).flat() };
    return last.units;
  };
}

/** Does one of the units that can share an action with `unit` pass the test? */
export function someSharing(index: UnitIndex, unit: Unit, test: (other: Unit) => boolean): boolean {
  return index.sharersOf(unit).some(test);
}

/** Those that pass the test among the units that can share an action with `unit`. */
export function sharing(index: UnitIndex, unit: Unit, test: (other: Unit) => boolean): readonly Unit[] {
  return index.sharersOf(unit).filter(test);
}

function actionText({ negated, values }: Selector): string {
  return `${negated ? "not " : ""}${values.join(" ")}`;
}

function exactAction(unit: Unit): string | undefined {
  const [only = "*"] = unit.action.values;
  return unit.action.negated || only.includes("*") || only.includes("?") ? undefined : only;
}
