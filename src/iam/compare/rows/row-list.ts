import { ACTIONS_SID } from "../../../model/rules/team.ts";
import type { Selector } from "../../document.ts";
import { isUnusable } from "../../match/unusable/unusable-permissions.ts";
import { actionCost } from "../../match/comparison-budget.ts";
import { ACTIONS, selectorsMeet } from "../../match/selector.ts";
import { PLAIN_DOLLAR } from "../../match/wildcard.ts";
import type { ComparableRow, RowRole } from "./comparable-row.ts";

/** Rows that can have an action in common with another row, and what it takes to find them. */
export interface Sharers {
  readonly rows: readonly ComparableRow[];
  readonly cost: number;
}

/** Rows of one action. */
type Group = readonly [ComparableRow, ...ComparableRow[]];

interface Groups {
  readonly all: readonly Group[];
  /** Exact names, by name: each has an action in common with itself and with patterns only. */
  readonly exact: ReadonlyMap<string, Group>;
  readonly patterns: readonly Group[];
}

interface RoleIndex {
  /** By service; `null`: those that reach over services. */
  readonly byService: ReadonlyMap<string | null, Groups>;
  /** By the text of the actions that were asked for. Without it, planning an empty account takes 1.2 times as long. */
  readonly known: Map<string, Sharers>;
}

/** Of more rows the keys are in a set, because a comparison asks each list for every row of the other side. */
const MAX_SEARCHED_ROWS = 32;
/** The maximum number of rows in the remembered answers of one list; when there are more, all are dropped. */
const MAX_KNOWN_ROWS = 10_000;
const NO_GROUPS: Groups = { all: [], exact: new Map(), patterns: [] };

/**
 * The rows of one document, by their actions. The indexes are made when they are first asked for: all roles with the same
 * boundary have the same list, so that it is indexed once for all of them. Without the index by role, planning a changed
 * account takes 1.2 times as long.
 */
export class RowList {
  readonly rows: readonly ComparableRow[];
  #byRole: ReadonlyMap<RowRole, readonly ComparableRow[]> | undefined;
  readonly #indexes = new Map<RowRole, RoleIndex>();
  #knownRows = 0;
  #usable: RowList | undefined;
  #keys: ReadonlySet<string> | undefined;

  constructor(rows: readonly ComparableRow[]) {
    this.rows = rows;
  }

  /**
   * Without the grants that no request can use, because they allow nothing. A Deny and a row of a boundary stay: to
   * compare one too many is no error. Kept, since a list with such rows would be indexed again for each role; of usual
   * documents it is the list itself, and no gain was measured.
   */
  get usable(): RowList {
    if (this.#usable !== undefined) return this.#usable;
    const rows = this.rows.filter(isUsable);
    this.#usable = rows.length === this.rows.length ? this : new RowList(rows);
    return this.#usable;
  }

  hasKey(key: string): boolean {
    if (this.rows.length <= MAX_SEARCHED_ROWS) return this.rows.some((row) => row.key === key);
    this.#keys ??= new Set(this.rows.map((row) => row.key));
    return this.#keys.has(key);
  }

  /** The rows of statements that a grant has for the exact actions of its `allow`. */
  get ofExactActions(): readonly ComparableRow[] {
    return this.rows.filter(({ permission: { sid } }) => sid?.startsWith(ACTIONS_SID) === true);
  }

  rowsOf(role: RowRole): readonly ComparableRow[] {
    this.#byRole ??= Map.groupBy(this.rows, (row) => row.role);
    return this.#byRole.get(role) ?? [];
  }

  /** `text`: the text of the row's actions, which are not negated. */
  sharersOf(row: ComparableRow, text: string, role: RowRole): Sharers {
    const index = this.#indexes.get(role) ?? this.#addIndex(role);
    const known = index.known.get(text);
    if (known !== undefined) return known;
    const sharers = findSharers(row, text, index);
    this.#knownRows += 1 + sharers.rows.length;
    if (this.#knownRows > MAX_KNOWN_ROWS) {
      for (const each of this.#indexes.values()) each.known.clear();
      this.#knownRows = 1 + sharers.rows.length;
    }
    index.known.set(text, sharers);
    return sharers;
  }

  #addIndex(role: RowRole): RoleIndex {
    const byService = Map.groupBy(groupsByAction(this.rowsOf(role)), ([first]) => serviceOf(first.actions));
    const index = {
      byService: new Map([...byService].map(([service, groups]) => [service, groupsOf(groups)])),
      known: new Map<string, Sharers>(),
    };
    this.#indexes.set(role, index);
    return index;
  }
}

function isUsable({ role, actions, resources }: ComparableRow): boolean {
  return role !== "grant" || !isUnusable(actions, resources);
}

function groupsByAction(rows: readonly ComparableRow[]): Iterable<Group> {
  const byAction = new Map<string, [ComparableRow, ...ComparableRow[]]>();
  for (const row of rows) {
    const text = actionText(row.actions);
    const group = byAction.get(text);
    if (group === undefined) byAction.set(text, [row]);
    else group.push(row);
  }
  return byAction.values();
}

function groupsOf(all: readonly Group[]): Groups {
  const isExact = ([{ actions }]: Group): boolean => isExactName(actions);
  const exact = all.filter(isExact).map((group) => [actionText(group[0].actions), group] as const);
  return { all, exact: new Map(exact), patterns: all.filter((group) => !isExact(group)) };
}

function findSharers(row: ComparableRow, text: string, { byService }: RoleIndex): Sharers {
  const service = serviceOf(row.actions);
  const own =
    service === null
      ? [...byService.values()]
      : [byService.get(service) ?? NO_GROUPS, byService.get(null) ?? NO_GROUPS];
  const meets = ([first]: Group): boolean => selectorsMeet(first.actions, row.actions, ACTIONS);
  const isExact = service !== null && isExactName(row.actions);
  const met = own.flatMap(({ all, exact, patterns }) => {
    if (!isExact) return all.filter(meets);
    const same = exact.get(text);
    const others = patterns.filter(meets);
    return same === undefined ? others : [same, ...others];
  });
  const costs = own.flatMap(({ all }) => all.map(([first]) => actionCost(first, row)));
  return {
    rows: met.length === 1 ? (met[0] ?? []) : met.flat(),
    cost: costs.reduce((sum, cost) => sum + cost, 0),
  };
}

/** A name that matches only itself. */
function isExactName({ negated, values }: Selector): boolean {
  const [only] = values;
  return !negated && only !== undefined && values.length === 1 && !PATTERN.test(only);
}

const PATTERN = new RegExp(`[*?$${PLAIN_DOLLAR}]`);

export function actionText({ negated, values }: Selector): string {
  const [only] = values;
  if (!negated && only !== undefined && values.length === 1) return only;
  return `${negated ? "not " : ""}${JSON.stringify(values)}`;
}

/** null where it may be of several. */
function serviceOf({ negated, values }: Selector): string | null {
  if (negated || values.length > 1) return null;
  const [only = "*"] = values;
  const service = only.slice(0, Math.max(0, only.indexOf(":")));
  return service === "" || /[*?$]/.test(service) ? null : service;
}
