import { formatDuration, parseDurationMs } from "../../model/values/duration.ts";

/** What the cells of a binding's row show that the page reads too: each is written and read here alone. */

export const UNKNOWN = "unknown";
export const NONE = "none";

/** How long AWS differs from Git. */
export type DriftCell =
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }
  | { readonly kind: "drifted"; readonly forMs: number };

export function driftCell(drift: DriftCell): string {
  return drift.kind === "drifted" ? formatDuration(drift.forMs) : drift.kind;
}

/** A value that this version does not know is not taken for a good one. */
export function readDriftCell(cell: string): DriftCell {
  if (cell === NONE) return { kind: "none" };
  const forMs = parseDurationMs(cell);
  return forMs === undefined ? { kind: "unknown" } : { kind: "drifted", forMs };
}

type SyncCell = "Synced" | "OutOfSync" | "Unknown";

export function syncCell(sync: SyncCell): string {
  return sync === "Unknown" ? UNKNOWN : sync;
}

/** The same for a value that this version does not know. */
export function readSyncCell(cell: string): SyncCell {
  return cell === "Synced" || cell === "OutOfSync" ? cell : "Unknown";
}

/** Whether a person must act before it is as Git declares; null: not known. */
export function blockedCell(isBlocked: boolean | null): string {
  return isBlocked === null ? UNKNOWN : isBlocked ? "yes" : "no";
}

/** The same for a value that this version does not know. */
export function readBlockedCell(cell: string): boolean | null {
  return cell === "yes" ? true : cell === "no" ? false : null;
}

/** Of a binding that was not compared, only that it is blocked is known. */
export function blockedOf({ isBlocked, sync }: BlockedStatus): boolean | null {
  if (isBlocked === true) return true;
  return sync === "Unknown" ? null : false;
}

interface BlockedStatus {
  readonly isBlocked?: true;
  readonly sync: SyncCell;
}

/** The usual reason is left out, so that a row fits 80 columns. */
export function reasonCell(reason: string): string {
  return reason === AS_DECLARED ? NONE : reason;
}

/** Of the condition Ready, and after a comma of a suspension; null: it is as declared. */
export function readReasonCell(cell: string): string | null {
  return cell === NONE ? null : cell;
}

/** The reason of the condition Ready alone. */
export function readReadyReason(cell: string): string {
  return cell.split(",", 1)[0] ?? cell;
}

const AS_DECLARED = "ReconciliationSucceeded";

/** Where the target of a command is: `prod/eu-west-1`, of a policy `prod`; undefined for a cell without one. */
export function readTargetCell(
  cell: string,
): { readonly place: string; readonly account: string } | undefined {
  const at = cell.lastIndexOf("@");
  if (at === -1) return undefined;
  const place = cell.slice(at + 1);
  return { place, account: place.split("/", 1)[0] ?? place };
}
