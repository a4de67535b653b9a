import { readStatements, satisfying } from "../../diff/callers/statements.ts";
import { documentContext } from "../../diff/documents/document-context.ts";
import { ownerOf } from "../../diff/drift/ownership.ts";
import { callerSidPrefix, isOtherOwnersSid } from "../../iam/compare/sid.ts";
import { mayClaim } from "../../iam/names/team-claims.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { LiveFunction } from "../../model/live.ts";
import type { PlanContext } from "../inputs/context.ts";

/** A function and one of its qualifiers, "" for the unqualified function, whose statements of a binding are to be removed. */
export interface RemovalPlace {
  readonly binding: DesiredBinding;
  readonly found: LiveFunction;
  readonly qualifier: string;
}

/**
 * True if another manifest declares the function and only statements of other manifests, such as ours, allow one of its
 * callers: it took the function over, and has not added its own statement yet. Removing ours would stop calls that Git
 * declares. A statement of a third manifest does not count, since it may be removed at the same time.
 */
export function isReliedOn(place: RemovalPlace, context: PlanContext): boolean {
  const { binding, found, qualifier } = place;
  const claims = otherClaims(place, context).map((other) => ({
    prefix: callerSidPrefix(context.instance, ownerOf(other)),
    callers: other.callers.filter((caller) => (caller.qualifier ?? "") === qualifier),
  }));
  if (claims.every(({ callers }) => callers.length === 0)) return false;
  const dialect = documentContext(binding, "resource");
  const reading = readStatements(found.policies.get(qualifier), dialect);
  if (reading.kind === "unread") return true;
  return claims.some(({ prefix, callers }) => {
    const lasting = reading.members.filter(({ sid }) => sid === null || !isOtherOwnersSid(sid, prefix));
    return callers.some((caller) => satisfying(caller, lasting, dialect) === undefined);
  });
}

/**
 * Until when a removal waits for the statements that another key has added there: a removal may be seen before the
 * addition that replaces it.
 */
export function replacedUntilMs(target: string, { writes, account }: PlanContext): number {
  const added = (writes.byTarget.get(target) ?? []).filter(({ call }) => call === "lambda:AddPermission");
  return added.reduce((last, { atMs }) => Math.max(last, atMs + account.propagationWaitMs), 0);
}

/**
 * Declared now, or applied before its manifest had an error; a key that left Git relies on nothing. A claim that its Team
 * does not allow never gets a statement: it would keep ours for ever.
 */
function otherClaims(
  { binding, found }: RemovalPlace,
  { desired, records }: PlanContext,
): readonly DesiredBinding[] {
  const applied = [...records.values()].flatMap(({ applied, unbinding }) =>
    unbinding === null && applied?.desired.kind === "binding" ? [applied.desired.binding] : [],
  );
  const declared = [...desired.bindings.values()].filter((other) => !isForbidden(other, desired));
  return [...declared, ...applied].filter(
    (other) =>
      other.key !== binding.key &&
      other.functionName === found.name &&
      other.region === binding.region &&
      other.accountId === binding.accountId &&
      other.released !== true,
  );
}

/** Certainly not allowed by its Team: one that cannot be read may allow it. */
function isForbidden(
  binding: DesiredBinding,
  { teams, tenancy }: Pick<PlanContext["desired"], "teams" | "tenancy">,
): boolean {
  if (tenancy.kind === "unknown" || teams.get(binding.namespace)?.kind === "broken") return false;
  return !mayClaim(binding, { teams, tenancy });
}
