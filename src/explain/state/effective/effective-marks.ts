import type { LineMarks } from "../../../model/answers/permission-state.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import { permissionLines } from "../../../plan/render/permission-lines.ts";
import type { TypedLine } from "../../../model/answers/permission-line.ts";

/** `declared` now, `formerly` declared by the last applied revision, or `added` in AWS without a declaration. */
export type Mark = "declared" | "formerly" | "added";

/** In the order in which the screen lists them. */
const MARKS: readonly Mark[] = ["declared", "formerly", "added"];

export function markFields(mark: Mark): LineMarks {
  return { isDeclared: mark === "declared", wasDeclared: mark === "formerly" };
}

/** The lines of the rows, those with the same mark together. */
export function markedLines(
  rows: readonly PermissionRow[],
  markOf: (row: PermissionRow) => Mark,
  context: Parameters<typeof permissionLines>[1],
): readonly (TypedLine & LineMarks)[] {
  return MARKS.flatMap((mark) => {
    const marked = rows.filter((row) => markOf(row) === mark);
    return permissionLines(marked, context).map((line) => ({ ...line, ...markFields(mark) }));
  });
}
