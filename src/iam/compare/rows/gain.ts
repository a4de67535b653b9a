import { isDangling } from "../../read/principal.ts";
import type { ComparableRow } from "./comparable-row.ts";
import type { IndexedRows } from "./indexed-rows.ts";
import { commonPart, partCost, rowCovers } from "./common-part.ts";
import { scopeCovers, scopesMeet } from "../../match/scope.ts";
import { hasEarlyVariable } from "../../match/wildcard.ts";

/** One way in which a state may allow what another did not. */
export interface Gain {
  /**
   * The added grant; or what a grant has in common with the removed Deny, or with the added row of the boundary; or that
   * Deny or row itself.
   */
  readonly row: ComparableRow;
  /** That Deny or row of the boundary; null when the grant itself was added. */
  readonly around: ComparableRow | null;
  /** False when the row is more than what became possible. */
  readonly isExact: boolean;
}

/**
 * Whose Denies and limits count although none of these documents grants what they hold back, because others may grant
 * it: all, those of policies only, or none.
 */
export type HeldOutside = "all" | "not-of-boundary" | "none";

/** Two states, old and now. */
interface States {
  readonly old: IndexedRows;
  readonly now: IndexedRows;
  readonly heldOutside: HeldOutside;
}

/**
 * Everything by which `now` may allow more than `old`; none is a proof that it allows nothing more. A permission that
 * `now` grants and denies again, or keeps outside its boundary, is no gain. A member that is not understood is one,
 * on either side.
 */
export function gains(states: States): readonly Gain[] {
  const { old, now } = states;
  old.budget.reset();
  now.budget.reset();
  const added = notCovered(now, old);
  const granted = added.filter((row) => row.role === "grant" && isGained(row, states));
  const known = new Set(granted.map((row) => row.key));
  const limits = added.filter((row) => row.role === "limit");
  const removed = notCovered(old, now);
  const unclear = [...added, ...removed].filter((row) => row.role === "opaque");
  return [
    ...[...granted, ...unclear].map((row): Gain => ({ row, around: null, isExact: true })),
    ...limits.flatMap((limit) => liftedBy(limit, known, states)),
    ...removed.filter((row) => row.role === "deny").flatMap((denial) => liftedBy(denial, known, states)),
  ];
}

function notCovered(rows: IndexedRows, others: IndexedRows): readonly ComparableRow[] {
  // A list that both have covers itself.
  const lists = rows.lists.filter((list) => !others.lists.includes(list));
  return lists.flatMap((list) => list.rows.filter((row) => !isCovered(row, others)));
}

/** One row of the same role covers all of it. */
export function isCovered(row: ComparableRow, others: IndexedRows): boolean {
  if (others.hasKey(row.key)) return true;
  return others.someSharing(row, row.role, (other) => rowCovers(other, row));
}

/** False when all of it is denied, or what the boundary leaves of it was granted before. */
function isGained(grant: ComparableRow, { old, now }: States): boolean {
  if (isEntirelyDenied(grant, now)) return false;
  if (now.isUnclear || isWithin(grant, now)) return true;
  const limits = now.sharing(grant, "limit", (other) => scopesMeet(other, grant));
  if (limits === null) return true;
  return limits.some((limit) => {
    if (!now.budget.spend(partCost(grant, limit))) return true;
    const { row } = commonPart(grant, limit);
    return !isEntirelyDenied(row, now) && !isCovered(row, old);
  });
}

/**
 * What becomes possible by it: of each grant that is not new itself; where there is none, or not all was compared, the
 * row itself too, for what others may grant.
 */
function liftedBy(around: ComparableRow, known: ReadonlySet<string>, states: States): readonly Gain[] {
  const { now, heldOutside } = states;
  const itself: readonly Gain[] = [{ row: around, around, isExact: true }];
  const grants = now.sharing(around, "grant", (other) => scopesMeet(other, around));
  if (grants === null) return itself;
  const unknown = grants.filter((grant) => !known.has(grant.key));
  const cost = unknown.reduce((sum, grant) => sum + partCost(grant, around), 0);
  if (!now.budget.spend(cost)) return itself;
  const lifted = unknown
    .map((grant): Gain => ({ ...commonPart(grant, around), around }))
    .filter((gain) => isLifted(gain.row, around, states));
  const isOfBoundary = around.permission.from.kind === "boundary";
  if (heldOutside === "none" || (heldOutside === "not-of-boundary" && isOfBoundary)) return lifted;
  const isExplained = lifted.length > 0 || unknown.length < grants.length;
  if (!isExplained) return itself;
  // When not everything was compared, what seems to explain it may not: the row itself is reported too.
  return isExhausted(states) ? [...lifted, ...itself] : lifted;
}

function isExhausted({ old, now }: States): boolean {
  return old.budget.isExhausted || now.budget.isExhausted;
}

function isLifted(row: ComparableRow, around: ComparableRow, { old, now }: States): boolean {
  if (isEntirelyDenied(row, now)) return false;
  return around.role === "deny" ? mayBeWithin(row, now) : !isWithin(row, old);
}

/** One Deny covers all of it. */
export function isEntirelyDenied(row: ComparableRow, state: IndexedRows): boolean {
  return state.someSharing(row, "deny", (other) => scopeCovers(other, row));
}

/** One row of the boundary covers all of it. */
function isWithin(row: ComparableRow, state: IndexedRows): boolean {
  return state.someSharing(row, "limit", (other) => scopeCovers(other, row));
}

function mayBeWithin(row: ComparableRow, state: IndexedRows): boolean {
  return state.isUnclear || state.maySomeShare(row, "limit", (other) => scopesMeet(other, row));
}

/** A deleted principal, a resource that IAM never finds, or everything but everything. */
function mayBeNothing({ principals, actions, resources }: ComparableRow): boolean {
  if (principals?.negated === false && principals.values.some(isDangling)) return true;
  if (!resources.negated && resources.values.some(hasEarlyVariable)) return true;
  return [actions, resources].some(
    ({ negated, values }) => negated && values.some((value) => /^[*?]/.test(value)),
  );
}

/** Proved: all of it is allowed now, and none of it was before. Someone must be able to meet its conditions. */
export function isProved({ row, around, isExact }: Gain, { old, now }: Omit<States, "heldOutside">): boolean {
  if (row.role !== "grant" || !isExact || mayBeNothing(row) || !isWithin(row, now)) return false;
  const meets = (state: IndexedRows, role: "deny" | "grant" | "limit"): boolean =>
    state.isUnclear || state.maySomeShare(row, role, (other) => scopesMeet(other, row));
  if (meets(now, "deny")) return false;
  if (around === null) return !meets(old, "grant");
  return around.role === "deny" || !meets(old, "limit");
}
