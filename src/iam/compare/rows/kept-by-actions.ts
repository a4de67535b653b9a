import { joinedLists } from "../../../model/values/lists.ts";
import { documentName } from "../../row-text.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import type { ComparableRow } from "./comparable-row.ts";
import type { IndexedRows } from "./indexed-rows.ts";

interface Sides {
  readonly old: IndexedRows;
  readonly now: IndexedRows;
}

/**
 * Of the rows that only `now` has, those of a verb of which `old` has other rows by exact actions. The name of the verb would
 * then mean more than the change.
 */
export function keptByActions(
  gained: ReadonlySet<ComparableRow>,
  { old, now }: Sides,
): ReadonlySet<ComparableRow> {
  const exact = joinedLists(...old.lists.map((list) => list.ofExactActions));
  if (exact.length === 0) return NONE;
  const shapes = new Set(exact.map(({ shape }) => shape));
  const kept = now.all.filter((row) => !gained.has(row) && shapes.has(row.shape));
  const verbs = new Set(kept.map(({ permission }) => verbName(permission)));
  return new Set([...gained].filter(({ permission }) => verbs.has(verbName(permission))));
}

const NONE: ReadonlySet<ComparableRow> = new Set();

/** Equal for the statements of one verb of one grant: their Sids differ only in the hash of the content. */
function verbName({ sid, from, origin }: PermissionRow): string {
  const stem = sid?.replace(/[0-9a-f]{8}\d*$/, "") ?? null;
  return JSON.stringify([stem, documentName(from), origin?.file ?? null, origin?.path ?? null]);
}
