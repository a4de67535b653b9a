import type { AccessMap, EdgeState, MapEdge, MapNode } from "../../model/answers/questions/access-map.ts";
import { edgeLabel, shownName } from "./edge-text.ts";

/**
 * A flowchart of Mermaid. Names are quoted, so that those in policies cannot end a text.
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function mermaidText({ nodes, edges }: AccessMap): string {
  const ids = new Map(nodes.map(({ id }, at) => [id, `n${at}`]));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return [
    "flowchart LR",
    ...nodes.map((node) => `  ${ids.get(node.id) ?? ""}${shapeOf(node)}`),
    ...edges.map((edge) => `  ${edgeLine(edge, ids, byId.get(edge.to))}`),
    "",
  ].join("\n");
}

function shapeOf({ kind, label }: MapNode): string {
  const text = `"${escaped(shownName(label))}"`;
  if (kind === "function") return `[${text}]`;
  return kind === "caller" ? `([${text}])` : `[(${text})]`;
}

const ARROWS = {
  effective: "-->",
  removed: "==>",
  undeclared: "==>",
  pending: "-.->",
  unknown: "-.->",
} as const satisfies Record<EdgeState, string>;

function edgeLine(edge: MapEdge, ids: ReadonlyMap<string, string>, to: MapNode | undefined): string {
  const text = `"${escaped(edgeLabel(edge, to))}"`;
  return `${ids.get(edge.from) ?? ""} ${ARROWS[edge.state]}|${text}| ${ids.get(edge.to) ?? ""}`;
}

/** Mermaid reads `#NUMBER;` as that character. */
function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9 _.,:/@()*?$-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
