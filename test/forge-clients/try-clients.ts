/**
 * node bin/launch.mjs test/forge-clients/try-clients.ts: installs the clients of the forges that decision 18 is about into a
 * temporary folder, tries each in the cases of a posted comment against the server of the tests, and prints the table. It needs a
 * registry of npm, so that no test runs it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { counted } from "../../src/text/phrases.ts";
import { ForgeServer, TOKEN, type ForgedAnswer } from "../support/forge/forge-server.ts";
import { CLIENTS, install, type Client, type TriedClient } from "./clients.ts";

const PAUSE_S = 3;
const HUGE_BYTES = 100_000_000;
const ENOUGH_MS = 30_000;
/** It comes during a pause. */
const DEADLINE_MS = 1_000;

interface Scene {
  readonly forge: ForgeServer;
  readonly open: (withinMs: number) => Client;
}

interface Outcome {
  readonly end: "succeeded" | "failed";
  readonly answer: unknown;
  readonly ms: number;
}

async function endOf(work: (signal: AbortSignal) => Promise<unknown>, withinMs: number): Promise<Outcome> {
  const beganMs = performance.now();
  const outcome = await work(AbortSignal.timeout(withinMs)).then(
    (answer) => ({ end: "succeeded", answer }) as const,
    () => ({ end: "failed", answer: null }) as const,
  );
  return { ...outcome, ms: Math.round(performance.now() - beganMs) };
}

function postsOf({ forge }: Scene): number {
  return forge.requests.filter((request) => request.startsWith("POST")).length;
}

/** The answer to the first request to change something; those after it are the server's own. */
function onFirstPost(forge: ForgeServer, answer: () => ForgedAnswer): void {
  let isFirst = true;
  forge.intercept = ({ method }) => {
    if (method !== "POST" || !isFirst) return null;
    isFirst = false;
    return answer();
  };
}

function posted({ open }: Scene, withinMs = ENOUGH_MS): Promise<Outcome> {
  return endOf((signal) => open(withinMs).addComment("a review", signal), withinMs);
}

function listed({ open }: Pick<Scene, "open">): Promise<Outcome> {
  return endOf((signal) => open(ENOUGH_MS).listComments(signal), ENOUGH_MS);
}

const limited = (seconds: number): ForgedAnswer => ({
  status: 429,
  // In the words of GitHub, by which its plugin recognises it.
  body: { message: "You have exceeded a secondary rate limit" },
  headers: { "retry-after": String(seconds) },
});

/** Each on a server of its own. */
const CASES: Readonly<Record<string, (scene: Scene) => Promise<string>>> = {
  "answer to a new comment lost": async (scene) => {
    onFirstPost(scene.forge, () => ({ status: 201, body: {}, isLost: true }));
    const { end } = await posted(scene);
    return `${counted(scene.forge.comments.length, "comment")}, ${end}`;
  },
  "502 after it was added": async (scene) => {
    onFirstPost(scene.forge, () => {
      scene.forge.add("<!-- grantkeeper:review trial -->\na review");
      return { status: 502, body: { message: "bad gateway" } };
    });
    const { end } = await posted(scene);
    return `${counted(scene.forge.comments.length, "comment")}, ${end}`;
  },
  [`429, retry after ${PAUSE_S} s`]: async (scene) => {
    onFirstPost(scene.forge, () => limited(PAUSE_S));
    const { end, ms } = await posted(scene);
    return `${end} after ${(ms / 1_000).toFixed(1)} s, ${counted(postsOf(scene), "request")}`;
  },
  [`429 each time, deadline of ${DEADLINE_MS / 1_000} s`]: async (scene) => {
    scene.forge.intercept = ({ method }) => (method === "POST" ? limited(PAUSE_S) : null);
    const { end, ms } = await posted(scene, DEADLINE_MS);
    return `${end} after ${(ms / 1_000).toFixed(1)} s, ${counted(postsOf(scene), "request")}`;
  },
  "redirect to another host": async ({ forge, open }) => {
    const tokens: string[] = [];
    const other = createServer(({ headers, url = "" }, response) => {
      if (`${JSON.stringify(headers)}${url}`.includes(TOKEN)) tokens.push(url);
      response.setHeader("content-type", "application/json").end("[]");
    });
    await new Promise<void>((resolve) => void other.listen(0, "localhost", resolve));
    const location = `http://localhost:${(other.address() as AddressInfo).port}/`;
    forge.intercept = () => ({ status: 302, body: [], headers: { location } });
    let requests = 0;
    other.on("request", () => (requests += 1));
    await listed({ open });
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
    if (requests === 0) return "not followed";
    return tokens.length > 0 ? "followed, with the token" : "followed, without the token";
  },
  "answer of 100 MB": async ({ forge, open }) => {
    forge.intercept = () => ({ status: 200, body: ["x".repeat(HUGE_BYTES)] });
    const { end, answer } = await listed({ open });
    if (end === "failed") return "refused";
    const { data = answer } = answer as { readonly data?: unknown };
    return JSON.stringify(data).length > HUGE_BYTES ? "read to its end" : "its beginning is the answer";
  },
};

async function tried(client: TriedClient, folder: string): Promise<Readonly<Record<string, string>>> {
  const outcomes: Record<string, string> = {};
  for (const [name, run] of Object.entries(CASES)) {
    const forge = await ForgeServer.start(client.forge);
    forge.basePath = client.basePath ?? "";
    const open = await client.load(folder);
    try {
      outcomes[name] = await run({ forge, open: (withinMs) => open(forge.url, withinMs) });
    } finally {
      // Requests that the forge does not describe are no subject of this trial.
      await forge.end().catch(() => undefined);
    }
  }
  return outcomes;
}

/** In a process of its own, without what other clients loaded. */
function loadMs(at: number, folder: string): number {
  const program = `
    const { CLIENTS } = await import(${JSON.stringify(new URL("clients.ts", import.meta.url).href)});
    const beganMs = performance.now();
    await CLIENTS[${at}].load(${JSON.stringify(folder)});
    console.log(performance.now() - beganMs);`;
  const runs = [1, 2, 3].map(() =>
    Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" })),
  );
  return Math.min(...runs);
}

const root = await mkdtemp(join(tmpdir(), "forge-clients-"));
try {
  const rows: string[][] = [["Case", ...CLIENTS.map(({ label }) => label)]];
  const columns: (readonly string[])[] = [];
  for (const [at, client] of CLIENTS.entries()) {
    const folder = join(root, String(at));
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), "{}");
    const bytes = client.packages.length === 0 ? 0 : install(folder, client.packages);
    const outcomes = await tried(client, folder);
    const size =
      bytes === 0
        ? "in the package"
        : `${(bytes / 1_000_000).toFixed(1)} MB, ${loadMs(at, folder).toFixed(0)} ms`;
    columns.push([...Object.values(outcomes), size]);
  }
  const names = [...Object.keys(CASES), "installed bytes, time to load"];
  for (const [at, name] of names.entries()) rows.push([name, ...columns.map((column) => column[at] ?? "")]);
  rows.splice(1, 0, rows[0]?.map(() => "---") ?? []);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log(`\n${CLIENTS.flatMap(({ packages }) => packages).join(", ")}`);
} finally {
  await rm(root, { recursive: true, maxRetries: 3 });
}
