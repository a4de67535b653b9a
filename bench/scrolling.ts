/**
 * `npm run build && node bin/launch.mjs bench/scrolling.ts [functions] [rounds]` measures how smoothly the list of the page scrolls, in
 * Debian's Chromium with a screen of 1366 × 768, which it scrolls by 400 pixels in each frame. The controller runs in this process with its real
 * record and API, and AWS is in its memory. It writes bench/scrolling.json, and ends with 1 if a round was not smooth: more than one of twenty
 * frames missed more than one refresh of a display of 60 Hz, a frame needs more processor time than it has, or a task blocked the page. For each round:
 *
 * - `frameMs`: the time from one frame to the next. It includes what other processes take from the browser: `machine.loadBefore`.
 * - `frameCpuMs`: the processor time of the page's own thread for one frame, the mean. A display of 60 Hz has 16.7 ms.
 * - `longTasks`: the number of tasks that blocked the page for 50 ms or longer, and the longest of them.
 * - `rowsAtMost`: rows that existed at a time.
 */
import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { machine } from "./machine.ts";
import { tenths } from "./measure.ts";
import { openPageSite, threadTime } from "./page-site.ts";

const FRAMES = 600;
/** Of a display of 60 Hz. */
const FRAME_MS = 16.7;

const functions = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);
const site = await openPageSite(functions);
const measuredOn = machine();
const context = await site.context();
const page = await context.newPage();
const measured: Scrolled[] = [];
for (let round = 1; round <= rounds; round += 1) measured.push(await scrolledRound(page));
const verdict = {
  frameCpuMs: Math.max(...measured.map(({ frameCpuMs }) => frameCpuMs)),
  longestTaskMs: Math.max(...measured.map(({ longTasks }) => longTasks.longestMs)),
  isSmooth: measured.every(
    ({ frameMs, frameCpuMs, longTasks }) =>
      frameMs.p95 <= 2 * FRAME_MS && frameCpuMs <= FRAME_MS && longTasks.count === 0,
  ),
};
const results = { at: new Date().toISOString(), machine: measuredOn, functions, verdict, rounds: measured };
writeFileSync(new URL("scrolling.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
process.stderr.write(`${JSON.stringify(verdict)}\n`);
await site.close();
process.exit(verdict.isSmooth ? 0 : 1);

interface Scrolled {
  readonly frames: number;
  readonly frameMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly frameCpuMs: number;
  readonly longTasks: { readonly count: number; readonly longestMs: number };
  readonly rowsAtMost: number;
}

async function scrolledRound(tab: Page): Promise<Scrolled> {
  await tab.goto("/ui/");
  await tab.getByText(/bindings.*, live/).waitFor();
  const cpuMs = await threadTime(tab);
  const before = await cpuMs();
  const { times, longTasks, rowsAtMost } = await tab.evaluate(scrollInPage, FRAMES);
  const frameCpuMs = tenths(((await cpuMs()) - before) / FRAMES);
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
