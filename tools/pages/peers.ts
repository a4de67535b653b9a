import { readFileSync } from "node:fs";
import { table } from "./fields.ts";
import { laidOut, withPart, type Page } from "./page.ts";

/** The part of bench/peers.json that is shown: a pass without changes over that many bundles, in one run. */
interface Results {
  readonly at: string;
  readonly latencyMs: number;
  readonly grantkeeper: { readonly bindings: number; readonly unchanged: PassCost };
  readonly alerts: { readonly changes: number; readonly medianMs: number; readonly slowestMs: number };
  readonly peers: readonly (PassCost & { readonly name: string; readonly bundles: number })[];
}

/** The part of bench/results.json that is shown. */
interface LargeResults {
  readonly pass: { readonly bindings: number; readonly unchanged: Pick<PassCost, "calls"> };
}

interface PassCost {
  readonly wallMs: number;
  readonly calls: Readonly<Record<string, number>>;
}

interface Bar {
  readonly name: string;
  readonly calls: number;
}

const CHART = "docs/calls-of-a-pass.svg";

/** Written by people, but for the comparison with other tools, of the last `bench/peers.ts`. */
export const readmePage: Page = {
  path: "README.md",
  text: async (before) => withPart(before, "calls of a pass", (await laidOut(comparison())).trim()),
};

export const callsChart: Page = {
  path: CHART,
  text: () => Promise.resolve(chartOf(barsOf(), readLargePass().bindings)),
};

function comparison(): string {
  const { grantkeeper, peers, alerts, latencyMs, at } = readResults();
  const pass = readLargePass();
  const largeCount = pass.bindings.toLocaleString("en-US");
  const rows = [
    rowOf("Grantkeeper", grantkeeper.unchanged, totalOf(pass.unchanged.calls)),
    ...peers.map((peer) => rowOf(peer.name, peer, largeOf(peer, pass.bindings))),
  ];
  const head = [
    "A pass without changes",
    `Calls, ${grantkeeper.bindings} functions`,
    "Time at AWS's limits",
    `Calls, ${largeCount} functions`,
  ];
  return `${table(head, rows)}

![Calls to AWS in a pass without changes](${CHART})

Measured on ${at.slice(0, 10)} in one run over ${grantkeeper.bindings} functions against one simulated AWS with the limits that AWS publishes and ${latencyMs} ms for
each call (\`node bin/launch.mjs bench/peers.ts\`). The other tools are replays of the calls that their sources make for the same
roles, policies, functions and statements, not the tools themselves. At ${largeCount} functions, their calls are multiplied, since each
function costs them the same, and those of Grantkeeper are from \`npm run bench\`, whose functions have no customer-managed policy of their own.
With change events, an alert arrived ${alerts.medianMs} ms after the change at the median of ${alerts.changes} changes, and ${alerts.slowestMs} ms after it at the slowest.`;
}

function rowOf(name: string, { wallMs, calls }: PassCost, large: number): readonly string[] {
  return [
    name,
    totalOf(calls).toLocaleString("en-US"),
    `${(wallMs / 1_000).toFixed(0)} s`,
    large.toLocaleString("en-US"),
  ];
}

function barsOf(): readonly Bar[] {
  const { peers } = readResults();
  const pass = readLargePass();
  return [
    { name: "Grantkeeper", calls: totalOf(pass.unchanged.calls) },
    ...peers.map((peer) => ({ name: peer.name, calls: largeOf(peer, pass.bindings) })),
  ];
}

/** Every bundle costs a peer the same calls. */
function largeOf({ bundles, calls }: Results["peers"][number], count: number): number {
  return (totalOf(calls) / bundles) * count;
}

function totalOf(calls: PassCost["calls"]): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

function readResults(): Results {
  return read("peers.json") as Results;
}

function readLargePass(): LargeResults["pass"] {
  return (read("results.json") as LargeResults).pass;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../bench/${file}`, import.meta.url), "utf8"));
}

const WIDTH = 720;
const LABEL = 230;
const ROW = 34;

/** Readable on a white and on a dark page: the text has the page's own color where the viewer supports it. */
function chartOf(bars: readonly Bar[], functions: number): string {
  const title = `Calls to AWS in a pass without changes over ${functions.toLocaleString("en-US")} functions`;
  const most = Math.max(...bars.map(({ calls }) => calls));
  const height = ROW * bars.length + 30;
  const rows = bars.map(({ name, calls }, at) => {
    const width = Math.max(2, Math.round((calls / most) * (WIDTH - LABEL - 80)));
    const y = 30 + at * ROW;
    return `  <text class="text" x="${LABEL - 10}" y="${y + 17}" text-anchor="end">${name}</text>
  <rect class="${at === 0 ? "own" : "other"}" x="${LABEL}" y="${y + 3}" width="${width}" height="20" rx="3"/>
  <text class="text" x="${LABEL + width + 8}" y="${y + 17}">${calls.toLocaleString("en-US")}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
  <title id="title">${title}</title>
  <style>
    .text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .own { fill: #1a7f37; }
    .other { fill: #8c959f; }
    @media (prefers-color-scheme: dark) { .text { fill: #e6edf3; } .own { fill: #3fb950; } .other { fill: #6e7681; } }
  </style>
  <text class="text" x="0" y="16">${title}</text>
${rows.join("\n")}
</svg>
`;
}
