import { joinedDelta } from "../../model/delta.ts";
import type { UsedRoleComparison } from "../../model/answers/permission-state.ts";
import type { UsedRole } from "../../model/keys/used-role.ts";
import type { RowIndex } from "../../plan/render/compiled-rows.ts";
import type { Home } from "../../plan/render/words.ts";
import { changeLines } from "./change-lines.ts";
import type { TypedLine } from "../../model/answers/permission-line.ts";

/** The comparison that the adoption of the last pass made, with its differences as lines. */
export function roleComparison(
  used: UsedRole,
  names: { readonly home: Home; readonly names: RowIndex },
): UsedRoleComparison<TypedLine> {
  if (used.kind === "unknown") return used;
  const { arn, limitedBy } = used;
  const limit = limitedBy !== undefined && { limitedBy };
  if (used.kind === "equal") return { kind: "equal", arn, ...limit };
  const { permissions, trust } = used.difference;
  return { kind: "different", arn, ...limit, ...changeLines(joinedDelta([permissions, trust]), names) };
}
