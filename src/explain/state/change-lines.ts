import { statementChanges, type Delta, type PermissionRow } from "../../model/delta.ts";
import type { LinePlace, TypedLine } from "../../model/answers/permission-line.ts";
import { limitedLines, type PendingChange } from "../../model/answers/permission-state.ts";
import type { CompiledRows, RowIndex } from "../../plan/render/compiled-rows.ts";
import { unknownTexts } from "../../plan/render/permission-changes.ts";
import { declaredPlace, permissionLines } from "../../plan/render/permission-lines.ts";
import { type Home, documentPlace } from "../../plan/render/words.ts";

export type ChangeLines = Pick<PendingChange<TypedLine>, "add" | "remove" | "other">;

/** The statements that a change adds and removes. `names`: the declared rows, which have the names of their grants. */
export function changeLines(
  delta: Delta,
  { home, names }: { readonly home: Home; readonly names: RowIndex },
): ChangeLines {
  const context = { home, declared: names, listing: "change" as const, placeOf };
  const { added, removed } = statementChanges(delta);
  return {
    add: limitedLines(permissionLines(added, context)),
    remove: limitedLines(permissionLines(removed, context)),
    other: unknownTexts(delta, home),
  };
}

/** The place in Git if the row is declared, else the policy or statement in AWS. */
function placeOf(row: PermissionRow, compiled: CompiledRows | null): LinePlace {
  if (compiled !== null) return declaredPlace(compiled.statement, compiled.isFormer);
  const { principal, origin, from, sid } = row;
  if (from.kind === "trust") return from;
  if (principal !== null && origin === null) return { kind: "statement", sid };
  if (principal !== null && origin !== null) return { kind: "line", file: origin.file, line: origin.line };
  return documentPlace(from);
}
