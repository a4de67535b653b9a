import type { Suspension } from "../approval.ts";
import type { AdoptionUndoRecord, UndoOrder } from "./adoption-undo.ts";
import type { Key } from "./key.ts";
import { covers } from "./suspension-scope.ts";

/** The order of an undo, and the suspension that carries it. */
export interface OrderedUndo {
  readonly order: UndoOrder;
  readonly suspension: Suspension;
}

/** The undo that is ordered for the key: the newest one; null: none is. */
export function undoOrderOf(key: Key, suspensions: readonly Suspension[]): OrderedUndo | null {
  const [newest] = suspensions
    .flatMap((suspension) =>
      suspension.scope.key === key && suspension.undo !== undefined
        ? [{ order: suspension.undo, suspension }]
        : [],
    )
    .toSorted((a, b) => (a.suspension.at > b.suspension.at ? -1 : 1));
  return newest ?? null;
}

/** The record is of this very order: after a stop the same plan may be ordered again. */
export function isOfOrder(
  undo: AdoptionUndoRecord | undefined,
  { order, suspension }: OrderedUndo,
): undo is AdoptionUndoRecord {
  return undo?.subject === order.subject && undo.orderedMs === Date.parse(suspension.at);
}

/** Nothing more is written by its order. */
export function hasUndoOrderEnded({ state, resumes }: AdoptionUndoRecord): boolean {
  return state === "done" || (state === "stopped" && resumes !== true);
}

/** When the first call was about to be made, by this order or by an earlier one that left the role between two states. */
export function begunMsOf(undo: AdoptionUndoRecord | undefined, { order }: OrderedUndo): number | null {
  if (undo === undefined || undo.state === "done") return null;
  return undo.way === order.way && undo.to === order.to ? undo.begunMs : null;
}

/** A suspension of the key other than that of an undo, whenever it was made: no undo writes either. */
export function stoppedBy(key: Key, suspensions: readonly Suspension[]): Suspension | null {
  return suspensions.find(({ scope, undo }) => undo === undefined && covers(scope, key)) ?? null;
}
