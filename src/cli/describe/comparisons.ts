import type { UsedRoleComparison } from "../../model/answers/permission-state.ts";
import { limitNote } from "../../model/keys/used-role.ts";
import { rowOf } from "../../plan/render/columns.ts";
import { shortArn } from "../../plan/render/words.ts";
import { rowBlock, textBlock, type Block } from "./state.ts";

/**
 * The declared role, compared with the other roles that the function runs on: only what differs. A controller of an
 * earlier version does not compare them.
 */
export function comparisonBlocks(comparisons: readonly UsedRoleComparison[] = []): readonly Block[] {
  if (comparisons.length === 0) return [];
  const isDifferent = comparisons.some(({ kind }) => kind === "different");
  const signs = isDifferent ? " (+ only declared, - only in use)" : "";
  return [textBlock(`COMPARED with the roles in use${signs}`), ...comparisons.flatMap(blocksOf)];
}

function blocksOf(comparison: UsedRoleComparison): readonly Block[] {
  const name = shortArn(comparison.arn);
  switch (comparison.kind) {
    case "equal":
      return [
        textBlock(`same permissions as ${name}, which the function uses now (proved)`, "  "),
        ...limitBlocks(comparison),
      ];
    case "unknown":
      return [textBlock(`not compared with ${name}: ${comparison.reason}`, "  ")];
    case "hidden":
      return [textBlock(`${name}: not shown, its permissions may belong to another owner`, "  ")];
    case "different": {
      const { add, remove, other } = comparison;
      const more = add.more + remove.more;
      return [
        textBlock(`differences to ${name}, which the function uses now:`, "  "),
        ...add.lines.map((line) => rowBlock(rowOf(line, "+", "  "))),
        ...remove.lines.map((line) => rowBlock(rowOf(line, "-", "  "))),
        ...other.map((text) => textBlock(text, "    ")),
        ...(more === 0 ? [] : [textBlock(`and ${more} more lines, not shown`, "    ")]),
        ...limitBlocks(comparison),
      ];
    }
  }
}

function limitBlocks({ limitedBy }: { readonly limitedBy?: string }): readonly Block[] {
  return limitedBy === undefined ? [] : [textBlock(limitNote(limitedBy), "  ")];
}
