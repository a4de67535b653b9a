import { documentName } from "../row-text.ts";
import {
  NO_DELTA,
  type Delta,
  type DeltaRow,
  type PermissionRow,
  type RowCondition,
} from "../../model/delta.ts";
import { isSameContext, type DocumentContext } from "../document.ts";
import { Comparer } from "./comparer.ts";
import { gains, isCovered, isProved, type Gain, type HeldOutside } from "./rows/gain.ts";
import { isSatisfiable } from "../match/implication.ts";
import { mayBeDenial } from "../read/opaque.ts";
import { byText, byTextOf } from "../../text/order.ts";
import { widestRows } from "./rows/widest.ts";
import { NO_BOUNDARY, type ComparableRow } from "./rows/comparable-row.ts";
import { IndexedRows } from "./rows/indexed-rows.ts";
import type { AttachedDocument } from "../attached-document.ts";
import { keptByActions } from "./rows/kept-by-actions.ts";
import { RowList } from "./rows/row-list.ts";

/** All documents that decide together: a role's own and attached ones, or one trust or resource policy. */
export interface RolePermissions {
  readonly documents: readonly AttachedDocument[];
  readonly boundary: AttachedDocument | null;
  readonly context: DocumentContext;
}

/** One document without a boundary, or none where `text` is null. */
export function onlyDocument(
  { text, ...document }: Omit<AttachedDocument, "text"> & { readonly text: string | null },
  context: DocumentContext,
): RolePermissions {
  return { documents: text === null ? [] : [{ ...document, text }], boundary: null, context };
}

/**
 * What `after` allows that `before` did not, and the reverse: grants as they are written, and what they have in
 * common with a removed Deny or an added row of the boundary. A Deny or a boundary's row that meets no grant is
 * listed itself, since a resource's policy may grant more than these documents. A member that is not understood is in
 * both lists. A grant that no request can use is in neither.
 */
export function permissionDelta(
  before: RolePermissions,
  after: RolePermissions,
  comparer: Comparer = new Comparer(),
): Delta {
  const outside = heldOutside(after.context);
  return deltaOf({ before, after, comparer, ifAllowed: outside, ifLost: outside });
}

/**
 * The same for a role that takes the place of another one, or for one that gets a boundary: what the boundary of `after`
 * limits is listed only as far as these documents granted it. What policies of other resources grant to the role is not
 * known here; `limitsMore` finds that they may be limited too.
 */
export function replacementDelta(
  before: RolePermissions,
  after: RolePermissions,
  comparer: Comparer = new Comparer(),
): Delta {
  return deltaOf({ before, after, comparer, ifAllowed: "all", ifLost: "not-of-boundary" });
}

/** True unless the boundary of `after` is proved to leave everything that the one of `before` leaves. */
export function limitsMore(
  before: RolePermissions,
  after: RolePermissions,
  comparer: Comparer = new Comparer(),
): boolean {
  const alone = (role: RolePermissions): RolePermissions => ({ ...role, documents: [] });
  const { noLongerAllowed, unknownEffect } = permissionDelta(alone(before), alone(after), comparer);
  return noLongerAllowed.length + unknownEffect.length > 0;
}

interface DeltaInputs {
  readonly before: RolePermissions;
  readonly after: RolePermissions;
  readonly comparer: Comparer;
  readonly ifAllowed: HeldOutside;
  readonly ifLost: HeldOutside;
}

function deltaOf({ before, after, comparer, ifAllowed, ifLost }: DeltaInputs): Delta {
  if (sameTexts(before, after)) return NO_DELTA;
  const old = usableRows(before, comparer);
  const lists = listsAfter(after, { before, lists: old.lists }, comparer);
  const now = new IndexedRows(lists.map((list) => list.usable));
  const allowed = gainedRows(old, now, ifAllowed);
  const noLongerAllowed = gainedRows(now, old, ifLost);
  const isComplete = allowed.isComplete && noLongerAllowed.isComplete;
  return {
    allowed: allowed.rows,
    noLongerAllowed: noLongerAllowed.rows,
    unknownEffect: isComplete ? [] : [{ kind: "comparison-limit" }],
  };
}

/**
 * Others grant to a role by a resource's policy, which a Deny of its boundary holds back too, and a resource's callers
 * by their own; a trust policy decides alone.
 */
export function heldOutside({ dialect }: DocumentContext): HeldOutside {
  return dialect === "trust" ? "none" : "all";
}

/** Denies of `after` that none of `before` holds, and what may be one. */
export function newDenials(
  before: RolePermissions,
  after: RolePermissions,
  comparer: Comparer = new Comparer(),
): readonly PermissionRow[] {
  const [old, now] = [indexedRows(before, comparer), indexedRows(after, comparer)];
  const mayDeny = ({ permission: { condition } }: ComparableRow): boolean =>
    condition.kind === "unknown" && mayBeDenial(condition);
  const denials = [...now.rowsOf("deny"), ...now.rowsOf("opaque").filter(mayDeny)];
  return sortedRows(denials.filter((row) => !isCovered(row, old)).map(({ permission }) => permission));
}

/** Every row, boundary and Deny included; sorted, each once. */
export function permissionRows(
  permissions: RolePermissions,
  comparer: Comparer = new Comparer(),
): readonly PermissionRow[] {
  return sortedRows(
    comparableRows(permissions, comparer)
      .filter((row) => row !== NO_BOUNDARY)
      .map(({ permission }) => permission),
  );
}

export function indexedRows(permissions: RolePermissions, comparer: Comparer): IndexedRows {
  return new IndexedRows(rowLists(permissions, comparer));
}

/** The same without grants that no request can use: with or without them, a role is allowed the same. */
export function usableRows(permissions: RolePermissions, comparer: Comparer): IndexedRows {
  return new IndexedRows(rowLists(permissions, comparer).map((list) => list.usable));
}

export function comparableRows(
  permissions: RolePermissions,
  comparer: Comparer = new Comparer(),
): readonly ComparableRow[] {
  return rowLists(permissions, comparer).flatMap((list) => list.rows);
}

/** One for each document, the boundary last. */
function rowLists({ documents, boundary, context }: RolePermissions, comparer: Comparer): readonly RowList[] {
  const limits =
    boundary === null
      ? new RowList([NO_BOUNDARY])
      : comparer.rowsOf(boundary, { ...context, dialect: "boundary" }, "limit");
  return [...documents.map((document) => comparer.rowsOf(document, context, "grant")), limits];
}

interface ListsBefore {
  readonly before: RolePermissions;
  /** Of `before`, in the order of `rowLists`. */
  readonly lists: readonly RowList[];
}

/** Most documents of a role stay as they are: their rows are made, and indexed, once for both sides. */
function listsAfter(
  after: RolePermissions,
  { before, lists }: ListsBefore,
  comparer: Comparer,
): readonly RowList[] {
  if (!isSameContext(before.context, after.context)) return rowLists(after, comparer);
  const documents = after.documents.map((document) => {
    const at = before.documents.findIndex((other) => isSameDocument(other, document));
    return lists[at] ?? comparer.rowsOf(document, after.context, "grant");
  });
  return [...documents, ...rowLists({ ...after, documents: [] }, comparer)];
}

function isSameDocument(a: AttachedDocument, b: AttachedDocument): boolean {
  return a.text === b.text && a.origin === b.origin && documentName(a.from) === documentName(b.from);
}

interface GainedRows {
  readonly rows: readonly DeltaRow[];
  /** False when there was too much to compare. */
  readonly isComplete: boolean;
}

function gainedRows(old: IndexedRows, now: IndexedRows, outside: HeldOutside): GainedRows {
  const gained = sortedGains(gains({ old, now, heldOutside: outside }));
  const widest = widestRows(gained.map(({ row }) => row));
  const found = gained.filter(({ row }) => widest.rows.has(row));
  const shapes = new Set(found.map(({ row }) => row.shape));
  const oldByShape = Map.groupBy(
    old.rowsOf("grant").filter(({ shape }) => shapes.has(shape)),
    ({ shape }) => shape,
  );
  const parts = keptByActions(new Set(found.map(({ row }) => row)), { old, now });
  const rows = found.map((gain): DeltaRow => ({
    ...gain.row.permission,
    certainty: isSatisfiable(gain.row.conditions) && isProved(gain, { old, now }) ? "proved" : "possible",
    otherCondition: otherCondition(gain, oldByShape),
    limit: limitOf(gain),
    ...(parts.has(gain.row) && { isPart: true }),
  }));
  return { rows, isComplete: widest.isComplete && !old.budget.isExhausted && !now.budget.isExhausted };
}

/** By their rows, each once; of several reasons for one the first. */
function sortedGains(found: readonly Gain[]): readonly Gain[] {
  if (found.length < 2) return found;
  const keyed = found.map((gain) => {
    const name = rowKey(gain.row.permission);
    return { gain, name, key: `${name} ${limitName(gain)}` };
  });
  const sorted = keyed.toSorted(byTextOf(({ key }) => key));
  return sorted.filter(({ name }, at) => name !== sorted[at - 1]?.name).map(({ gain }) => gain);
}

function otherCondition(
  { row, around }: Gain,
  oldByShape: ReadonlyMap<string, readonly ComparableRow[]>,
): RowCondition | null {
  if (around !== null || row.role !== "grant") return null;
  const same = (oldByShape.get(row.shape) ?? []).map(({ permission }) => permission.condition);
  return same.toSorted(byTextOf(JSON.stringify))[0] ?? null;
}

function limitOf({ around }: Gain): DeltaRow["limit"] {
  if (around === null) return null;
  const { from, sid } = around.permission;
  return { kind: around.role === "deny" ? "denial" : "boundary", from, sid };
}

function limitName(gain: Gain): string {
  const limit = limitOf(gain);
  return JSON.stringify(limit && { ...limit, from: documentName(limit.from) });
}

function sameTexts(before: RolePermissions, after: RolePermissions): boolean {
  if (before.documents.length !== after.documents.length) return false;
  if (before.boundary?.text !== after.boundary?.text || !isSameContext(before.context, after.context))
    return false;
  const texts = ({ documents }: RolePermissions): readonly string[] =>
    documents.map(({ text }) => text).sort();
  const others = texts(after);
  return texts(before).every((text, at) => text === others[at]);
}

function sortedRows(rows: readonly PermissionRow[]): readonly PermissionRow[] {
  const byKey = new Map(rows.map((row) => [rowKey(row), row]));
  return [...byKey].sort(([a], [b]) => byText(a, b)).map(([, row]) => row);
}

/** Equal for rows with the same content; rows are listed in the order of their keys. */
export function rowKey({ effect, principal, action, resource, condition, from, sid }: PermissionRow): string {
  return JSON.stringify([effect, principal, action, resource, condition, documentName(from), sid]);
}
