import type { AccessMap, EdgeState, MapNode } from "../../model/answers/questions/access-map.ts";
import { edgeLabel, shownName } from "./edge-text.ts";

/** A graph of Graphviz. @see https://graphviz.org/doc/info/lang.html */
export function dotText({ nodes, edges }: AccessMap): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return [
    "digraph access {",
    "  rankdir=LR;",
    ...nodes.map(
      ({ id, kind, label }) => `  ${quoted(id)} [label=${quoted(shownName(label))}, shape=${SHAPES[kind]}];`,
    ),
    ...edges.map(
      (edge) =>
        `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${quoted(edgeLabel(edge, byId.get(edge.to)))}, style=${STYLES[edge.state]}];`,
    ),
    "}",
    "",
  ].join("\n");
}

const SHAPES = { function: "box", caller: "ellipse", resource: "cylinder" } as const satisfies Record<
  MapNode["kind"],
  string
>;

const STYLES = {
  effective: "solid",
  removed: "bold",
  undeclared: "bold",
  pending: "dashed",
  unknown: "dotted",
} as const satisfies Record<EdgeState, string>;

/** A backslash begins an escape of Graphviz, such as the name of the node. */
function quoted(text: string): string {
  return `"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replace(/\p{Cc}/gu, " ")}"`;
}
