import { cutText } from "../../text/cut.ts";
import {
  REMOVED_TEXT,
  type AccessMap,
  type EdgeState,
  type MapEdge,
  type MapNode,
} from "../../model/answers/questions/access-map.ts";
import { edgeLabel, shownName } from "./edge-text.ts";

const BOX = { width: 500, height: 26 };
/** Between two columns: the words of the arrows, then their curves. */
const GAP = 420;
const COLUMN = BOX.width + GAP;
const LINE = 16;
const SPACE = 14;
const MARGIN = 20;
/** The first row explains the lines. */
const TOP = 60;
const LONGEST_NAME = 68;
const LONGEST_WORDS = 44;
/** Of a character of the words, about. */
const WIDTH = 5.6;

interface Corner {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

const COLUMNS = { caller: 0, function: 1, resource: 2 } as const satisfies Record<MapNode["kind"], number>;

/** A picture in three columns: callers, functions, resources. A text that is cut is complete in its title. */
export function svgText({ nodes, edges }: AccessMap): string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const from = Map.groupBy(edges, (edge) => edge.from);
  const corners = cornersOf(nodes, from);
  const bottom = Math.max(TOP, ...[...corners.values()].map(({ y, height }) => y + height));
  const [width, height] = [MARGIN * 2 + COLUMN * 2 + BOX.width, bottom + MARGIN];
  const arrows = [...from.values()].flatMap((group) =>
    group.map((edge, at) => arrow(edge, at, { corners, to: byId.get(edge.to) })),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="permission map">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...legend(),
    ...arrows,
    ...nodes.map((node) => box(node, cornerOf(node.id, corners))),
    "</svg>",
    "",
  ].join("\n");
}

type Corners = ReadonlyMap<string, Corner>;

/** A box has a line for each arrow that leaves it. */
function cornersOf(nodes: readonly MapNode[], from: ReadonlyMap<string, readonly MapEdge[]>): Corners {
  const used = { caller: TOP, function: TOP, resource: TOP };
  return new Map(
    nodes.map(({ id, kind }) => {
      const height = Math.max(BOX.height, (from.get(id)?.length ?? 0) * LINE + 10);
      const y = used[kind];
      used[kind] += height + SPACE;
      return [id, { x: MARGIN + COLUMNS[kind] * COLUMN, y, height }];
    }),
  );
}

function cornerOf(id: string, corners: Corners): Corner {
  const corner = corners.get(id);
  if (corner === undefined) throw new Error(`no node ${id}`);
  return corner;
}

const LINES = {
  effective: { colour: "#4a5568", look: "" },
  removed: { colour: "#b7791f", look: ' stroke-width="2"' },
  undeclared: { colour: "#c53030", look: ' stroke-width="2"' },
  pending: { colour: "#4a5568", look: ' stroke-dasharray="6 4"' },
  unknown: { colour: "#b7791f", look: ' stroke-dasharray="2 3"' },
} as const satisfies Record<EdgeState, { readonly colour: string; readonly look: string }>;

/** @param d the path */
function line(d: string, state: EdgeState): string {
  const { colour, look } = LINES[state];
  return `<path d="${d}" fill="none" stroke="${colour}"${look}/>`;
}

const MEANINGS = {
  effective: "in AWS, as declared",
  removed: `in AWS, ${REMOVED_TEXT}`,
  undeclared: "in AWS, not declared",
  pending: "declared, not in effect yet",
  unknown: "declared, not observed in AWS",
} as const satisfies Record<EdgeState, string>;

function legend(): readonly string[] {
  return (Object.keys(MEANINGS) as EdgeState[]).map((state, at) => {
    const x = MARGIN + at * 240;
    return `<g>${line(`M${x} ${MARGIN} h36`, state)}<text x="${x + 44}" y="${MARGIN + 4}">${MEANINGS[state]}</text></g>`;
  });
}

/** Its words are next to the box where it begins, on the side of the box where it ends. */
function arrow(
  edge: MapEdge,
  at: number,
  { corners, to }: { readonly corners: Corners; readonly to: MapNode | undefined },
): string {
  const [start, end] = [cornerOf(edge.from, corners), cornerOf(edge.to, corners)];
  const direction = end.x < start.x ? -1 : 1;
  const y = start.y + 13 + at * LINE;
  // At the right side of a box are the words of its own arrows: one that arrives there ends below them.
  const endY = end.x > start.x ? end.y + 13 : end.y + end.height - 4;
  const side = direction < 0 ? start.x - 6 : start.x + BOX.width + 6;
  const text = edgeLabel(edge, to);
  const shown = cutText(text, LONGEST_WORDS);
  const words = `<text x="${side}" y="${y + 4}" font-size="10" text-anchor="${direction < 0 ? "end" : "start"}">${escaped(shown)}</text>`;
  const from = side + direction * Math.ceil(shown.length * WIDTH + 6);
  // Within a column it goes around the right side of the box.
  const target = end.x > start.x ? end.x : end.x + BOX.width;
  const bend = end.x === start.x ? AROUND : Math.abs(target - from) / 2;
  const curve = `C${from + direction * bend} ${y} ${end.x > start.x ? target - bend : target + bend} ${endY}`;
  const path = line(`M${from} ${y} ${curve} ${target} ${endY}`, edge.state);
  const back = end.x > start.x ? -HEAD : HEAD;
  const head = `<path d="M${target} ${endY} l${back} -3 v6 z" fill="${LINES[edge.state].colour}"/>`;
  return `<g>${words}${path}${head}<title>${escaped(text)}</title></g>`;
}

const AROUND = 60;
/** The length of the head of an arrow. */
const HEAD = 8;

const FILLS = { caller: "#ebf8ff", function: "#edf2f7", resource: "#f0fff4" } as const satisfies Record<
  MapNode["kind"],
  string
>;

function box({ kind, label }: MapNode, { x, y, height }: Corner): string {
  const name = shownName(label);
  const rect = `<rect x="${x}" y="${y}" width="${BOX.width}" height="${height}" rx="4" fill="${FILLS[kind]}" stroke="#4a5568"/>`;
  return `<g>${rect}<text x="${x + 8}" y="${y + 17}">${escaped(nameInBox(name))}</text><title>${escaped(name)}</title></g>`;
}

/** The region and the account at its end distinguish names, so that the middle is left out. */
function nameInBox(name: string): string {
  const [end = ""] = / in [a-z0-9-]+, account \d{12}$/.exec(name) ?? [];
  return `${cutText(name.slice(0, name.length - end.length), LONGEST_NAME - end.length)}${end}`;
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
