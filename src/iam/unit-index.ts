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

/** Units of one action, and those groups by their service. */
type Group = readonly Unit[];

interface Groups {
  readonly byAction: ReadonlyMap<string, Group>;
  /** Those of a service, by its name; `null`: those that reach over services. */
  readonly byService: ReadonlyMap<string | null, readonly Group[]>;
}

export function indexUnits(all: readonly Unit[]): UnitIndex {
  const byAction = new Map<string, Unit[]>();
  for (const unit of all) {
    const text = actionText(unit.action);
    const group = byAction.get(text);
    if (group === undefined) byAction.set(text, [unit]);
    else group.push(unit);
  }
  const byService = Map.groupBy(byAction.values(), ([first]) =>
    first === undefined ? null : serviceOf(first.action),
  );
  const isUnclear = all.some(({ pool }) => pool === "opaque");
  return { all, isUnclear, sharersOf: sharerFinder(all, { byAction, byService }) };
}

/** The rows of one statement come one after the other, resource by resource: what was found last is kept. */
function sharerFinder(all: readonly Unit[], groups: Groups): UnitIndex["sharersOf"] {
  let last: { readonly text: string; readonly units: readonly Unit[] } | undefined;
  return (unit) => {
    // What is excepted may be everything, and then lies in anything.
    if (unit.action.negated) return all;
    const text = actionText(unit.action);
    if (last?.text === text) return last.units;
    const meets = ([first]: Group): boolean =>
      first !== undefined && selectorsMeet(first.action, unit.action, ACTIONS);
    last = { text, units: candidatesOf(unit, groups).filter(meets).flat() };
    return last.units;
  };
}

function candidatesOf({ action }: Unit, { byAction, byService }: Groups): readonly Group[] {
  const service = serviceOf(action);
  if (service === null) return [...byAction.values()];
  return [...(byService.get(service) ?? []), ...(byService.get(null) ?? [])];
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

/** null where it may be of several. */
function serviceOf({ negated, values }: Selector): string | null {
  const [only = "*"] = values;
  const service = only.slice(0, Math.max(0, only.indexOf(":")));
  return negated || values.length > 1 || service === "" || /[*?$]/.test(service) ? null : service;
}
