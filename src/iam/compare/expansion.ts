import type { NameSet, PermissionRow } from "../../model/delta.ts";
import type { ActionData } from "../action-data.ts";
import { sortedSet } from "../../text/order.ts";

/** The actions that a pattern matches today. */
export interface ExpandedActions {
  /** As it is written: `s3:Get*`. */
  readonly pattern: string;
  /** In AWS's spelling, sorted. */
  readonly actions: readonly string[];
}

type ActionRow = Pick<PermissionRow, "action">;

/** The services whose data it takes, lower-case, sorted. */
export function patternServices(rows: readonly ActionRow[]): readonly string[] {
  return sortedSet(rows.flatMap(({ action }) => servicePattern(action) ?? []).map(serviceOf));
}

/**
 * The rows' patterns that are of one service, with the data's actions that they name; sorted, each once. Not those that
 * reach over services: of these the data holds the loaded ones alone.
 */
export function expandRows(
  rows: readonly ActionRow[],
  data: Pick<ActionData, "expand" | "actionNames">,
): readonly ExpandedActions[] {
  const patterns = rows.flatMap(({ action }) => servicePattern(action) ?? []);
  return sortedSet(patterns)
    .filter((pattern) => data.actionNames(serviceOf(pattern)).length > 0)
    .map((pattern) => ({ pattern, actions: data.expand(pattern) }));
}

function servicePattern(action: NameSet): string | null {
  return action.kind === "one" && isServicePattern(action.name) ? action.name : null;
}

export function isServicePattern(action: string): boolean {
  return /^[A-Za-z0-9-]+:[^:]*[*?]/.test(action);
}

export function serviceOf(pattern: string): string {
  return pattern.slice(0, pattern.indexOf(":")).toLowerCase();
}
