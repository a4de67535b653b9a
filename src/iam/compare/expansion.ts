import type { PermissionRow } from "../../model/delta.ts";
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
  return sortedSet(rows.filter(isPatternOfService).map(serviceOf));
}

/**
 * The rows' patterns that are of one service, with the data's actions that they name; sorted, each once. Not those that
 * reach over services: of these the data holds the loaded ones alone.
 */
export function expandRows(
  rows: readonly ActionRow[],
  data: Pick<ActionData, "expand" | "actionNames">,
): readonly ExpandedActions[] {
  const known = rows.filter((row) => isPatternOfService(row) && data.actionNames(serviceOf(row)).length > 0);
  return sortedSet(known.map(({ action }) => action)).map((pattern) => ({
    pattern,
    actions: data.expand(pattern),
  }));
}

function isPatternOfService({ action }: ActionRow): boolean {
  return /^[A-Za-z0-9-]+:[^:, ]*[*?]/.test(action);
}

function serviceOf({ action }: ActionRow): string {
  return action.slice(0, action.indexOf(":")).toLowerCase();
}
