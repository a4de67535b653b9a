import { counted } from "../../../text/phrases.ts";
import { byTextOf } from "../../../text/order.ts";
import { countsOf, countsText, type RowCounts } from "../live/row-counts.ts";
import type { KnownStates } from "../filters.ts";
import type { BindingRow } from "../rows.ts";

/** The state of a binding or policy, the worst first: each counts once. */
export const ESTATE_STATES = ["drifted", "blocked", "out of sync", "unknown", "suspended", "synced"] as const;
type EstateState = (typeof ESTATE_STATES)[number];

/** The bindings and policies of one team in one account. */
export interface EstateTeam {
  readonly namespace: string;
  readonly rows: RowCounts;
  readonly counts: Readonly<Record<EstateState, number>>;
}

export interface AccountTeams {
  readonly account: string;
  readonly rows: RowCounts;
  /** Those with the worst state first. */
  readonly teams: readonly EstateTeam[];
}

/** Every account with its teams, sorted by name. */
export function estateOf(rows: readonly BindingRow[], states: KnownStates): readonly AccountTeams[] {
  const accounts = [...Map.groupBy(rows, ({ account }) => account)].sort(byTextOf(([account]) => account));
  return accounts.map(([account, ofAccount]) => {
    const teams = [...Map.groupBy(ofAccount, ({ namespace }) => namespace)].map(([namespace, own]) =>
      teamOf(namespace, own, states),
    );
    return { account, rows: countsOf(ofAccount), teams: teams.sort(byTextOf(orderOf)) };
  });
}

function teamOf(namespace: string, rows: readonly BindingRow[], states: KnownStates): EstateTeam {
  const byState = Map.groupBy(rows, (row) => stateOf(row, states));
  const counts = Object.fromEntries(
    ESTATE_STATES.map((state) => [state, byState.get(state)?.length ?? 0]),
  ) as Record<EstateState, number>;
  return { namespace, rows: countsOf(rows), counts };
}

function stateOf(row: BindingRow, states: KnownStates): EstateState {
  if (row.drift.kind === "drifted") return "drifted";
  if (row.isBlocked === true) return "blocked";
  if (row.sync === "out of sync") return "out of sync";
  if (row.sync === "unknown" || row.drift.kind === "unknown") return "unknown";
  return states.isSuspended(row) ? "suspended" : "synced";
}

/** As text of equal length: the worst state, how many are in it, the name. */
function orderOf({ namespace, counts }: EstateTeam): string {
  const worst = ESTATE_STATES.findIndex((state) => counts[state] > 0);
  const count = counts[ESTATE_STATES[worst] ?? "synced"];
  return `${worst}${String(1e9 - count).padStart(10, "0")}${namespace}`;
}

export function sizeOf({ bindings, policies }: RowCounts): number {
  return bindings + policies;
}

/** `2 drifted, 1 unknown`; `all synced`: the picture is never the only place of it. */
export function teamWords({ counts, rows }: EstateTeam): string {
  const only = ESTATE_STATES.find((state) => counts[state] === sizeOf(rows));
  if (only !== undefined) return `all ${only}`;
  const parts = ESTATE_STATES.filter((state) => state !== "synced" && counts[state] > 0);
  return parts.map((state) => `${counts[state]} ${state}`).join(", ");
}

export function estateWords(accounts: readonly AccountTeams[]): string {
  const bindings = accounts.reduce((sum, { rows }) => sum + rows.bindings, 0);
  const policies = accounts.reduce((sum, { rows }) => sum + rows.policies, 0);
  const teams = new Set(accounts.flatMap((each) => each.teams.map(({ namespace }) => namespace)));
  return `${countsText({ bindings, policies })} of ${counted(teams.size, "namespace")} in ${counted(accounts.length, "account")}`;
}

/** A part of a bar. */
export interface BarPart {
  readonly state: EstateState;
  readonly from: number;
  readonly width: number;
}

/** The share that is not synced is at least this wide of 100: one of a thousand must be seen. */
const LEAST = 2;

/** The bar of a team, 100 for the largest team. */
export function barOf({ counts, rows }: EstateTeam, largest: number): readonly BarPart[] {
  const size = sizeOf(rows);
  const full = Math.max(LEAST, (100 * size) / largest);
  let from = 0;
  return ESTATE_STATES.flatMap((state): readonly BarPart[] => {
    if (counts[state] === 0) return [];
    const exact = (full * counts[state]) / size;
    const width = Math.min(Math.max(0, 100 - from), state === "synced" ? exact : Math.max(LEAST, exact));
    const part = { state, from, width };
    from += width;
    return [part];
  });
}
