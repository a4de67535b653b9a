import type { Selector } from "../../document.ts";
import { actionCost, ComparisonBudget, pairCost } from "../../match/comparison-budget.ts";
import { ACTIONS, selectorsMeet } from "../../match/selector.ts";
import type { ComparableRow, RowRole } from "./comparable-row.ts";

/** Rows by their actions, so that a comparison looks only at those that can have an action in common. */
export class IndexedRows {
  readonly all: readonly ComparableRow[];
  /** Whether something in it is not understood. */
  readonly isUnclear: boolean;
  readonly keys: ReadonlySet<string>;
  /** For all comparisons with what is in it. */
  readonly budget: ComparisonBudget;
  readonly #finders: ReadonlyMap<RowRole, FindSharers>;

  constructor(all: readonly ComparableRow[], budget: ComparisonBudget = new ComparisonBudget()) {
    this.all = all;
    this.budget = budget;
    this.keys = new Set(all.map(({ key }) => key));
    this.#finders = new Map(
      [...Map.groupBy(all, ({ role }) => role)].map(([role, rows]) => [role, sharerFinder(rows, budget)]),
    );
    this.isUnclear = this.#finders.has("opaque");
  }

  /** Those of a role, in an order that follows from the rows; null when there is no budget left. */
  sharersOf(row: ComparableRow, role: RowRole): readonly ComparableRow[] | null {
    const find = this.#finders.get(role);
    return find === undefined ? [] : find(row);
  }

  /** Does one of the rows of a role that can share an action with `row` pass the test? False when not all could be asked. */
  someSharing(row: ComparableRow, role: RowRole, test: Test): boolean {
    return this.#search(row, role, test) === "found";
  }

  /** The same; true when not all could be asked. */
  maySomeShare(row: ComparableRow, role: RowRole, test: Test): boolean {
    return this.#search(row, role, test) !== "none";
  }

  /** Those that pass the test; null when not all could be asked. */
  sharing(row: ComparableRow, role: RowRole, test: Test): readonly ComparableRow[] | null {
    const passed: ComparableRow[] = [];
    const collect: Test = (other) => {
      if (test(other)) passed.push(other);
      return false;
    };
    return this.#search(row, role, collect) === "beyond" ? null : passed;
  }

  #search(row: ComparableRow, role: RowRole, test: Test): "found" | "none" | "beyond" {
    const sharers = this.sharersOf(row, role);
    if (sharers === null) return "beyond";
    for (const other of sharers) {
      if (!this.budget.spend(pairCost(row, other))) return "beyond";
      if (test(other)) return "found";
    }
    return "none";
  }
}

type Test = (other: ComparableRow) => boolean;

type FindSharers = (row: ComparableRow) => readonly ComparableRow[] | null;

/** Rows of one action, and those groups by their service. */
type Group = readonly [ComparableRow, ...ComparableRow[]];

interface Groups {
  readonly byAction: ReadonlyMap<string, Group>;
  /** Those of a service, by its name; `null`: those that reach over services. */
  readonly byService: ReadonlyMap<string | null, readonly Group[]>;
}

/** The rows of one statement come one after the other, resource by resource: what was found last is kept. */
function sharerFinder(rows: readonly ComparableRow[], budget: ComparisonBudget): FindSharers {
  let groups: Groups | undefined;
  let last: { readonly text: string; readonly rows: readonly ComparableRow[] } | undefined;
  return (row) => {
    if (!budget.spend(0)) return null;
    // What is excepted may be everything, and then lies in anything.
    if (row.actions.negated) return rows;
    const text = actionText(row.actions);
    if (last?.text === text) return last.rows;
    groups ??= groupRows(rows);
    const candidates = candidatesOf(row, groups);
    const cost = candidates.reduce((sum, [first]) => sum + actionCost(first, row), 0);
    if (!budget.spend(cost)) return null;
    last = {
      text,
      rows: candidates.filter(([first]) => selectorsMeet(first.actions, row.actions, ACTIONS)).flat(),
    };
    return last.rows;
  };
}

function groupRows(rows: readonly ComparableRow[]): Groups {
  const byAction = new Map<string, [ComparableRow, ...ComparableRow[]]>();
  for (const row of rows) {
    const text = actionText(row.actions);
    const group = byAction.get(text);
    if (group === undefined) byAction.set(text, [row]);
    else group.push(row);
  }
  return { byAction, byService: Map.groupBy(byAction.values(), ([first]) => serviceOf(first.actions)) };
}

function candidatesOf({ actions }: ComparableRow, { byAction, byService }: Groups): readonly Group[] {
  const service = serviceOf(actions);
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
