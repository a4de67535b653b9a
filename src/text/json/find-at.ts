import type { JsonMember, JsonNode } from "./node.ts";

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
