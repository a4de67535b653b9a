import type { AccessMap, EdgeState, MapEdge, MapNode } from "../../model/answers/questions/access-map.ts";
import { edgeText } from "./edge-text.ts";

const COLUMN = 420;
const BOX = { width: 300, height: 26 };
const ROW = 40;
const MARGIN = 20;
/** The first row explains the lines. */
const TOP = MARGIN + ROW;
const LONGEST = 40;

interface Corner {
  readonly x: number;
  readonly y: number;
}

const COLUMNS = { caller: 0, function: 1, resource: 2 } as const satisfies Record<MapNode["kind"], number>;

/** A picture in three columns: callers, functions, resources. A name that is cut is complete in its title. */
export function svgText({ nodes, edges }: AccessMap): string {
  const places = placesOf(nodes);
  const rows = Math.max(
    1,
    ...Object.keys(COLUMNS).map((kind) => nodes.filter((node) => node.kind === kind).length),
  );
  const [width, height] = [MARGIN * 2 + COLUMN * 2 + BOX.width, TOP + MARGIN + rows * ROW];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="permission map">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...legend(),
    ...edges.map((edge) => edgeShape(edge, places)),
    ...nodes.map((node) => nodeShape(node, placeOf(node.id, places))),
    "</svg>",
    "",
  ].join("\n");
}

function placesOf(nodes: readonly MapNode[]): ReadonlyMap<string, Corner> {
  const used = { caller: 0, function: 0, resource: 0 };
  return new Map(
    nodes.map(({ id, kind }) => {
      const y = TOP + used[kind] * ROW;
      used[kind] += 1;
      return [id, { x: MARGIN + COLUMNS[kind] * COLUMN, y }];
    }),
  );
}

function placeOf(id: string, places: ReadonlyMap<string, Corner>): Corner {
  const place = places.get(id);
  if (place === undefined) throw new Error(`no node ${id}`);
  return place;
}

const STROKES = {
  effective: 'stroke="#4a5568"',
  undeclared: 'stroke="#c53030" stroke-width="2"',
  pending: 'stroke="#4a5568" stroke-dasharray="6 4"',
  unknown: 'stroke="#b7791f" stroke-dasharray="2 3"',
} as const satisfies Record<EdgeState, string>;

const MEANINGS = {
  effective: "in AWS, as declared",
  undeclared: "in AWS, not declared",
  pending: "declared, not in effect yet",
  unknown: "declared, AWS not read",
} as const satisfies Record<EdgeState, string>;

function legend(): readonly string[] {
  return (Object.keys(MEANINGS) as EdgeState[]).map((state, at) => {
    const x = MARGIN + at * 240;
    return `<g><path d="M${x} ${MARGIN} h36" fill="none" ${STROKES[state]}/><text x="${x + 44}" y="${MARGIN + 4}">${MEANINGS[state]}</text></g>`;
  });
}

/** From side to facing side; between two boxes of one column around their right side. */
function edgeShape(edge: MapEdge, places: ReadonlyMap<string, Corner>): string {
  const [start, end] = [placeOf(edge.from, places), placeOf(edge.to, places)];
  const { from, to, bend } = sidesOf(start.x, end.x);
  const [y1, y2] = [start.y + BOX.height / 2, end.y + BOX.height / 2];
  const path = `M${from} ${y1} C${from + bend.from} ${y1} ${to + bend.to} ${y2} ${to} ${y2}`;
  return `<path d="${path}" fill="none" ${STROKES[edge.state]}><title>${escaped(edgeText(edge))}</title></path>`;
}

interface Sides {
  readonly from: number;
  readonly to: number;
  readonly bend: { readonly from: number; readonly to: number };
}

const AROUND = 60;

function sidesOf(start: number, end: number): Sides {
  const [right, endRight] = [start + BOX.width, end + BOX.width];
  if (start === end) return { from: right, to: endRight, bend: { from: AROUND, to: AROUND } };
  const [from, to] = start < end ? [right, end] : [start, endRight];
  const half = (to - from) / 2;
  return { from, to, bend: { from: half, to: -half } };
}

const FILLS = { caller: "#ebf8ff", function: "#edf2f7", resource: "#f0fff4" } as const satisfies Record<
  MapNode["kind"],
  string
>;

function nodeShape({ kind, label }: MapNode, { x, y }: Corner): string {
  const shown = label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
  const box = `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="4" fill="${FILLS[kind]}" stroke="#4a5568"/>`;
  return `<g>${box}<text x="${x + 8}" y="${y + 17}">${escaped(shown)}</text><title>${escaped(label)}</title></g>`;
}

/** XML has no control characters, not even as references. @see https://www.w3.org/TR/xml/#charsets */
function escaped(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
