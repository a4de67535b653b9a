import { NO_DELTA, type Delta, type PermissionRow } from "../model/delta.ts";
import type { DocumentContext } from "./document.ts";
import { byText, stableText } from "./text.ts";
import { documentUnits, NO_LIMIT, unitCovers, unitsMeet, type AttachedDocument, type Unit } from "./unit.ts";
import { indexUnits, someSharing, type UnitIndex } from "./unit-index.ts";

/** All documents that decide together: a role's own and attached ones, or one trust or resource policy. */
export interface RolePermissions {
  readonly documents: readonly AttachedDocument[];
  readonly boundary: AttachedDocument | null;
  readonly context: DocumentContext;
}

/**
 * What `after` allows that `before` did not, and the reverse, by rows as they are written; a row that another one of
 * the other side covers is no difference. A Deny that goes stands under `allowed`, one that comes under
 * `noLongerAllowed`; so do rows of a boundary that grows or shrinks. What is not understood stands in both lists.
 */
export function permissionDelta(before: RolePermissions, after: RolePermissions): Delta {
  if (sameTexts(before, after)) return NO_DELTA;
  const [old, now] = [indexUnits(permissionUnits(before)), indexUnits(permissionUnits(after))];
  return { allowed: gainedRows(old, now), noLongerAllowed: gainedRows(now, old) };
}

/** Every row, boundary and Deny included; sorted, each once. */
export function permissionRows(permissions: RolePermissions): readonly PermissionRow[] {
  return sortedRows(
    permissionUnits(permissions)
      .filter((unit) => unit !== NO_LIMIT)
      .map((unit) => unit.row),
  );
}

export function permissionUnits({ documents, boundary, context }: RolePermissions): readonly Unit[] {
  const limits = boundary === null ? [NO_LIMIT] : documentUnits(boundary, boundaryContext(context), "limit");
  return [...documents.flatMap((document) => documentUnits(document, context, "grant")), ...limits];
}

function boundaryContext(context: DocumentContext): DocumentContext {
  return { ...context, dialect: "boundary" };
}

/** Units by which `now` may allow more than `old`: grants and limits that came, denials that went. */
export function gainedUnits(old: UnitIndex, now: UnitIndex): readonly Unit[] {
  const came = notCovered(now, old).filter((unit) => unit.pool !== "deny");
  const went = notCovered(old, now).filter((unit) => unit.pool === "deny" || unit.pool === "opaque");
  return [...came, ...went];
}

function notCovered(units: UnitIndex, others: UnitIndex): readonly Unit[] {
  const keys = new Set(others.all.map((unit) => unit.key));
  const left = units.all.filter((unit) => !keys.has(unit.key));
  return left.filter((unit) => !someSharing(others, unit, (other) => unitCovers(other, unit)));
}

function gainedRows(old: UnitIndex, now: UnitIndex): readonly PermissionRow[] {
  return sortedRows(
    gainedUnits(old, now).map((unit) => ({ ...unit.row, certainty: certaintyOf(unit, old, now) })),
  );
}

/** Proved: it allows something, nothing of `old` allowed any of it, and nothing of `now` takes any of it away. */
function certaintyOf(unit: Unit, old: UnitIndex, now: UnitIndex): PermissionRow["certainty"] {
  if (unit.pool !== "grant") return "possible";
  const limit: Unit = { ...unit, pool: "limit" };
  if (someSharing(old, unit, (other) => isGrant(other) && unitsMeet(other, unit))) return "possible";
  if (someSharing(now, unit, (other) => isTaking(other) && unitsMeet(other, unit))) return "possible";
  return someSharing(now, unit, (other) => other.pool === "limit" && unitCovers(other, limit))
    ? "proved"
    : "possible";
}

const isGrant = (unit: Unit): boolean => unit.pool === "grant" || unit.pool === "opaque";
const isTaking = (unit: Unit): boolean => unit.pool === "deny" || unit.pool === "opaque";

function sameTexts(before: RolePermissions, after: RolePermissions): boolean {
  const texts = ({ documents, boundary }: RolePermissions): string =>
    JSON.stringify([documents.map((document) => document.text).sort(), boundary?.text ?? null]);
  return stableText(before.context) === stableText(after.context) && texts(before) === texts(after);
}

function sortedRows(rows: readonly PermissionRow[]): readonly PermissionRow[] {
  const byKey = new Map(rows.map((row) => [rowKey(row), row]));
  return [...byKey].sort(([a], [b]) => byText(a, b)).map(([, row]) => row);
}

function rowKey({ effect, principal, action, resource, condition, from, sid }: PermissionRow): string {
  return JSON.stringify([effect, principal, action, resource, condition, from, sid]);
}
