import type { BindingSummary } from "../../../api/browser/binding-summary.ts";

/** Cells of kubectl's tables have a word for each state. */

export const UNKNOWN = "unknown";
export const NONE = "none";

export function syncCell(sync: BindingSummary["sync"]): string {
  return sync === "Unknown" ? UNKNOWN : sync;
}

/** Whether a person must act before it is as Git declares; null: not known. */
export function blockedCell(isBlocked: boolean | null): string {
  return isBlocked === null ? UNKNOWN : isBlocked ? "yes" : "no";
}

/** The usual reason is left out, so that a row fits 80 columns. */
export function reasonCell(reason: string): string {
  return reason === "ReconciliationSucceeded" ? NONE : reason;
}
