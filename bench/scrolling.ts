/**
 * `npm run build && node bin/launch.mjs bench/scrolling.ts [functions] [rounds]` measures how smoothly the list of the page scrolls, in
 * Debian's Chromium with a screen of 1366 × 768, which it scrolls by 400 pixels in each frame. The controller runs in this process with its real
 * record and API, and AWS is in its memory. It writes bench/scrolling.json. For each round:
 *
 * - `frameMs`: the time from one frame to the next. It includes what other processes take from the browser: `machine.loadBefore`.
 * - `frameCpuMs`: the processor time of the page's own thread for one frame, the mean. A display of 60 Hz has 16.7 ms.
 * - `longTasks`: the number of tasks that blocked the page for 50 ms or longer, and the longest of them.
 * - `rowsAtMost`: rows that existed at a time.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { chromium, type Page } from "playwright-core";
import { clock, SILENT } from "../src/compose/ports.ts";
import { startApi, TOKEN } from "./api.ts";
import { compileAll, parseAll } from "./desired.ts";
import { generate } from "./generate.ts";
import { openController, writeRepository } from "./in-process.ts";
import { liveAccounts } from "./live.ts";
import { machine } from "./machine.ts";
import { tenths } from "./measure.ts";
import { MemoryAws } from "./memory-aws.ts";

const FRAMES = 600;
const WITHIN_MS = 120_000;
const PAGE = join(import.meta.dirname, "../dist/page");

const functions = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);
if (!existsSync(join(PAGE, "index.html"))) throw new Error(`there is no page in ${PAGE}: npm run build`);
const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
const files = generate(functions);
writeRepository(folder, files);
const aws = new MemoryAws(liveAccounts(compileAll(parseAll(files)).desired, "converged"), clock);
const { controller, sessions } = openController(folder, { aws, telemetry: SILENT, mode: "observe" });
const stop = new AbortController();
void controller.run(stop.signal);
const { control } = controller;
const { url } = await startApi(control, { sessions, telemetry: SILENT, pageFolder: PAGE });
while (!control.readiness().ready || control.readiness().comparing.length > 0) await timer(100);
const measuredOn = machine();
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ baseURL: url, viewport: { width: 1_366, height: 768 } });
page.setDefaultTimeout(WITHIN_MS);
await signIn(page);
const measured = [];
for (let round = 1; round <= rounds; round += 1) measured.push(await scrolledRound(page));
const results = { at: new Date().toISOString(), machine: measuredOn, functions, rounds: measured };
writeFileSync(new URL("scrolling.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
await browser.close();
stop.abort();
rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
process.exit(0);

async function signIn(tab: Page): Promise<void> {
  const answer = await fetch(`${url}/auth/local/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ user: "bench" }),
  });
  const { path } = (await answer.json()) as { readonly path: string };
  await tab.goto(path);
  await tab.getByRole("button").click();
  await tab.waitForURL("**/ui/");
}

async function scrolledRound(tab: Page): Promise<object> {
  await tab.goto("/ui/");
  await tab.getByText(/bindings.*, live/).waitFor();
  const network = await tab.context().newCDPSession(tab);
  await network.send("Performance.enable", { timeDomain: "threadTicks" });
  const taskSeconds = async (): Promise<number> => {
    const { metrics } = await network.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
  };
  const before = await taskSeconds();
  const { times, longTasks, rowsAtMost } = await tab.evaluate(scrollInPage, FRAMES);
  const frameCpuMs = tenths((((await taskSeconds()) - before) * 1_000) / FRAMES);
  const sorted = times
    .slice(1)
    .map((time, at) => time - (times[at] ?? time))
    .sort((a, b) => a - b);
  const at = (part: number): number => tenths(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
  const found = {
    frames: sorted.length,
    frameMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) },
    frameCpuMs,
    longTasks: { count: longTasks.length, longestMs: Math.max(0, ...longTasks) },
    rowsAtMost,
  };
  process.stderr.write(`${JSON.stringify(found)}\n`);
  return found;
}

interface InPage {
  readonly PerformanceObserver: new (
    found: (list: { getEntries(): readonly { readonly duration: number }[] }) => void,
  ) => {
    observe(options: { readonly type: "longtask" }): void;
    disconnect(): void;
  };
  readonly document: { querySelectorAll(selector: string): { readonly length: number } };
  scrollBy(x: number, y: number): void;
  requestAnimationFrame(then: (nowMs: number) => void): void;
}

/** Runs in the browser: nothing of this module is there. */
async function scrollInPage(frames: number) {
  const view = globalThis as unknown as InPage;
  const times: number[] = [];
  const longTasks: number[] = [];
  let rowsAtMost = 0;
  const observer = new view.PerformanceObserver((list) => {
    longTasks.push(...list.getEntries().map(({ duration }) => duration));
  });
  observer.observe({ type: "longtask" });
  await new Promise<void>((done) => {
    const step = (nowMs: number): void => {
      times.push(nowMs);
      rowsAtMost = Math.max(rowsAtMost, view.document.querySelectorAll(".rows > [role=row]").length);
      view.scrollBy(0, 400);
      if (times.length <= frames) view.requestAnimationFrame(step);
      else done();
    };
    view.requestAnimationFrame(step);
  });
  observer.disconnect();
  return { times, longTasks, rowsAtMost };
}
