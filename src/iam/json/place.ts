import type { JsonMember, JsonNode } from "./node.ts";

/** 1-based; a column counts what JavaScript counts as a character. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Finds lines and columns; the lines are looked for once. */
export function createPlaces(text: string): (at: number) => TextPlace {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (at) => {
    const line = lastAtMost(starts, at);
    return { line: line + 1, column: at - (starts[line] ?? 0) + 1 };
  };
}

/** The index of the last of the sorted numbers that is not over `limit`. */
function lastAtMost(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((sorted[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * Where the steps lead: the value there (or the member's name), or the innermost part around it that stands in the
 * text. Of two members of one name the last counts, as for the value.
 */
export function findAt(root: JsonNode, steps: readonly (string | number)[], what: "name" | "value"): number {
  let [node, at] = [root, root.at];
  for (const [index, step] of steps.entries()) {
    const member = below(node, step);
    if (member === undefined) return at;
    node = member.value;
    at = what === "name" && index === steps.length - 1 ? member.nameAt : node.at;
  }
  return at;
}

function below(node: JsonNode, step: string | number): Pick<JsonMember, "nameAt" | "value"> | undefined {
  if (node.kind === "object") return node.members.findLast(({ name }) => name === step);
  const value = node.kind === "list" && typeof step === "number" ? node.members[step] : undefined;
  return value && { nameAt: value.at, value };
}
