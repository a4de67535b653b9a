import type { Selector } from "../../document.ts";
import { actionCost, Effort, pairCost } from "./comparison-budget.ts";
import { ACTIONS, selectorsMeet } from "../../match/selector.ts";
import type { Unit } from "./comparable-row.ts";

type Pool = Unit["pool"];

/** Units by their actions, so that a comparison looks at those only that can have one in common. */
export interface UnitIndex {
  readonly all: readonly Unit[];
  /** Whether something in it is not understood. */
  readonly isUnclear: boolean;
  readonly keys: ReadonlySet<string>;
  /** For all comparisons with what is in it. */
  readonly effort: Effort;
  /** Those of a pool, in an order that follows from the units; null when there is no effort left. */
  readonly sharersOf: (unit: Unit, pool: Pool) => readonly Unit[] | null;
}

export function indexUnits(all: readonly Unit[], effort: Effort = new Effort()): UnitIndex {
  const finders = new Map(
    [...Map.groupBy(all, ({ pool }) => pool)].map(([pool, units]) => [pool, sharerFinder(units, effort)]),
  );
  return {
    all,
    isUnclear: finders.has("opaque"),
    keys: new Set(all.map(({ key }) => key)),
    effort,
    sharersOf: (unit, pool) => {
      const find = finders.get(pool);
      return find === undefined ? [] : find(unit);
    },
  };
}

/** Does one of the units of a pool that can share an action with `unit` pass the test? False when not all could be asked. */
export function someSharing(index: UnitIndex, unit: Unit, pool: Pool, test: Test): boolean {
  return search(index, unit, pool, test) === "found";
}

/** The same; true when not all could be asked. */
export function maySomeShare(index: UnitIndex, unit: Unit, pool: Pool, test: Test): boolean {
  return search(index, unit, pool, test) !== "none";
}

/** Those that pass the test; null when not all could be asked. */
export function sharing(index: UnitIndex, unit: Unit, pool: Pool, test: Test): readonly Unit[] | null {
  const passed: Unit[] = [];
  const collect: Test = (other) => {
    if (test(other)) passed.push(other);
    return false;
  };
  return search(index, unit, pool, collect) === "beyond" ? null : passed;
}

type Test = (other: Unit) => boolean;

function search(index: UnitIndex, unit: Unit, pool: Pool, test: Test): "found" | "none" | "beyond" {
  const sharers = index.sharersOf(unit, pool);
  if (sharers === null) return "beyond";
  for (const other of sharers) {
    if (!index.effort.take(pairCost(unit, other))) return "beyond";
    if (test(other)) return "found";
  }
  return "none";
}

/** Units of one action, and those groups by their service. */
type Group = readonly [Unit, ...Unit[]];

interface Groups {
  readonly byAction: ReadonlyMap<string, Group>;
  /** Those of a service, by its name; `null`: those that reach over services. */
  readonly byService: ReadonlyMap<string | null, readonly Group[]>;
}

/** The rows of one statement come one after the other, resource by resource: what was found last is kept. */
function sharerFinder(units: readonly Unit[], effort: Effort): (unit: Unit) => readonly Unit[] | null {
  let groups: Groups | undefined;
  let last: { readonly text: string; readonly units: readonly Unit[] } | undefined;
  return (unit) => {
    if (!effort.take(0)) return null;
    // What is excepted may be everything, and then lies in anything.
    if (unit.action.negated) return units;
    const text = actionText(unit.action);
    if (last?.text === text) return last.units;
    groups ??= groupUnits(units);
    const candidates = candidatesOf(unit, groups);
    const cost = candidates.reduce((sum, [first]) => sum + actionCost(first, unit), 0);
    if (!effort.take(cost)) return null;
    last = {
      text,
      units: candidates.filter(([first]) => selectorsMeet(first.action, unit.action, ACTIONS)).flat(),
    };
    return last.units;
  };
}

function groupUnits(units: readonly Unit[]): Groups {
  const byAction = new Map<string, [Unit, ...Unit[]]>();
  for (const unit of units) {
    const text = actionText(unit.action);
    const group = byAction.get(text);
    if (group === undefined) byAction.set(text, [unit]);
    else group.push(unit);
  }
  return { byAction, byService: Map.groupBy(byAction.values(), ([first]) => serviceOf(first.action)) };
}

function candidatesOf({ action }: Unit, { byAction, byService }: Groups): readonly Group[] {
  const service = serviceOf(action);
  if (service === null) return [...byAction.values()];
  return [...(byService.get(service) ?? []), ...(byService.get(null) ?? [])];
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
