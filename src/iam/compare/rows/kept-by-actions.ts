import { documentName } from "../../row-text.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import { ACTIONS_SID } from "../../../model/rules/team.ts";
import type { ComparableRow } from "./comparable-row.ts";

interface Sides {
  readonly old: readonly ComparableRow[];
  readonly now: readonly ComparableRow[];
}

/**
 * Of the rows that only `now` has, those of a verb of which `old` has other rows by exact actions. The name of the verb would
 * then mean more than the change.
 */
export function keptByActions(
  gained: ReadonlySet<ComparableRow>,
  { old, now }: Sides,
): ReadonlySet<ComparableRow> {
  const exact = old.filter(({ permission: { sid } }) => sid?.startsWith(ACTIONS_SID) === true);
  if (exact.length === 0) return NONE;
  const shapes = new Set(exact.map(({ shape }) => shape));
  const kept = now.filter((row) => !gained.has(row) && shapes.has(row.shape));
  const verbs = new Set(kept.map(({ permission }) => verbName(permission)));
  return new Set([...gained].filter(({ permission }) => verbs.has(verbName(permission))));
}

const NONE: ReadonlySet<ComparableRow> = new Set();

/** Equal for the statements of one verb of one grant: their Sids differ only in the hash of the content. */
function verbName({ sid, from, origin }: PermissionRow): string {
  const stem = sid?.replace(/[0-9a-f]{8}\d*$/, "") ?? null;
  return JSON.stringify([stem, documentName(from), origin?.file ?? null, origin?.path ?? null]);
}
