import { partCost } from "./comparison-budget.ts";
import { isDangling } from "../../read/principal.ts";
import type { Unit } from "./comparable-row.ts";
import { maySomeShare, sharing, someSharing, type UnitIndex } from "./row-index.ts";
import { commonPart, selectsAll, unitCovers, unitsMeet } from "./row-relations.ts";
import { hasEarlyVariable } from "../../match/wildcard.ts";

/** One way in which a state may allow what another did not. */
export interface Gain {
  /** The grant that came, what a grant has in common with the Deny that went or the boundary's row that came, or that row itself. */
  readonly unit: Unit;
  /** That Deny or row of the boundary; null when the grant itself came. */
  readonly around: Unit | null;
  /** False when the unit is more than what became possible. */
  readonly isExact: boolean;
}

/** Two states, old and now. `hasOutside`: others may grant something as well, which Denies and boundaries hold back. */
interface States {
  readonly old: UnitIndex;
  readonly now: UnitIndex;
  readonly hasOutside: boolean;
}

/**
 * Everything by which `now` may allow more than `old`; none is a proof that it allows nothing more. What `now` grants
 * and denies again, or keeps outside its boundary, is no gain. What is not understood is one, on whichever side.
 */
export function gains(states: States): readonly Gain[] {
  const { old, now } = states;
  old.effort.renew();
  now.effort.renew();
  const came = notCovered(now, old);
  const granted = came.filter((unit) => unit.pool === "grant" && isGained(unit, states));
  const known = new Set(granted.map((unit) => unit.key));
  const limits = came.filter((unit) => unit.pool === "limit");
  const went = notCovered(old, now);
  const unclear = [...came, ...went].filter((unit) => unit.pool === "opaque");
  return [
    ...[...granted, ...unclear].map((unit): Gain => ({ unit, around: null, isExact: true })),
    ...limits.flatMap((limit) => liftedBy(limit, known, states)),
    ...went.filter((unit) => unit.pool === "deny").flatMap((denial) => liftedBy(denial, known, states)),
  ];
}

function notCovered(units: UnitIndex, others: UnitIndex): readonly Unit[] {
  return units.all.filter((unit) => !isCovered(unit, others));
}

/** One row of the same pool holds all of it. */
export function isCovered(unit: Unit, others: UnitIndex): boolean {
  if (others.keys.has(unit.key)) return true;
  return someSharing(others, unit, unit.pool, (other) => unitCovers(other, unit));
}

/** False when all of it is denied, or what the boundary leaves of it was granted before. */
function isGained(grant: Unit, { old, now }: States): boolean {
  if (isDenied(grant, now)) return false;
  if (now.isUnclear || isWithin(grant, now)) return true;
  const limits = sharing(now, grant, "limit", (other) => unitsMeet(other, grant));
  if (limits === null) return true;
  return limits.some((limit) => {
    if (!now.effort.take(partCost(grant, limit))) return true;
    const { unit } = commonPart(grant, limit);
    return !isDenied(unit, now) && !isCovered(unit, old);
  });
}

/**
 * What becomes possible by it: of each grant that is not new itself; where there is none, or not all was compared, the
 * row itself too, for what others may grant.
 */
function liftedBy(around: Unit, known: ReadonlySet<string>, states: States): readonly Gain[] {
  const { now, hasOutside } = states;
  const itself: readonly Gain[] = [{ unit: around, around, isExact: true }];
  const grants = sharing(now, around, "grant", (other) => unitsMeet(other, around));
  if (grants === null) return itself;
  const unknown = grants.filter((grant) => !known.has(grant.key));
  const cost = unknown.reduce((sum, grant) => sum + partCost(grant, around), 0);
  if (!now.effort.take(cost)) return itself;
  const lifted = unknown
    .map((grant): Gain => ({ ...commonPart(grant, around), around }))
    .filter((gain) => isLifted(gain.unit, around, states));
  if (!hasOutside) return lifted;
  const isExplained = lifted.length > 0 || unknown.length < grants.length;
  if (!isExplained) return itself;
  // What only seems to explain it, since not all was compared, does not stand in its place.
  return hasEnded(states) ? [...lifted, ...itself] : lifted;
}

function hasEnded({ old, now }: States): boolean {
  return old.effort.hasEnded || now.effort.hasEnded;
}

function isLifted(unit: Unit, around: Unit, { old, now }: States): boolean {
  if (isDenied(unit, now)) return false;
  return around.pool === "deny" ? mayStand(unit, now) : !isWithin(unit, old);
}

/** One Deny takes all of it. */
function isDenied(unit: Unit, state: UnitIndex): boolean {
  return someSharing(state, unit, "deny", (other) => selectsAll(other, unit));
}

/** One row of the boundary holds all of it. */
function isWithin(unit: Unit, state: UnitIndex): boolean {
  return someSharing(state, unit, "limit", (other) => selectsAll(other, unit));
}

function mayStand(unit: Unit, state: UnitIndex): boolean {
  return state.isUnclear || maySomeShare(state, unit, "limit", (other) => unitsMeet(other, unit));
}

/** Of a name that nobody has, of a resource that IAM never finds, of everything but everything. */
function mayBeNothing({ row, action, resource }: Unit): boolean {
  if (row.principal !== null && isDangling(row.principal)) return true;
  if (!resource.negated && resource.values.some(hasEarlyVariable)) return true;
  return [action, resource].some(
    ({ negated, values }) => negated && values.some((value) => /^[*?]/.test(value)),
  );
}

/** Proved: all of it is allowed now, and none of it was before. Someone must be able to meet its conditions. */
export function isProved({ unit, around, isExact }: Gain, { old, now }: Omit<States, "hasOutside">): boolean {
  if (unit.pool !== "grant" || !isExact || mayBeNothing(unit) || !isWithin(unit, now)) return false;
  const meets = (state: UnitIndex, pool: "deny" | "grant" | "limit"): boolean =>
    state.isUnclear || maySomeShare(state, unit, pool, (other) => unitsMeet(other, unit));
  if (meets(now, "deny")) return false;
  if (around === null) return !meets(old, "grant");
  return around.pool === "deny" || !meets(old, "limit");
}
