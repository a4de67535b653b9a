/**
 * `npm run build && node bin/launch.mjs bench/first-view.ts [functions] [views]` measures how long the page takes from its address to the
 * first rows of the list, in Debian's Chromium on a screen of 1366 × 768, each time in a browser context whose cache is empty. The
 * controller runs in this process with its real record and API, and AWS is in its memory. Before each view, no one asks it for six
 * seconds, so that it keeps nothing of an earlier read of the record. It writes bench/first-view.json, and ends with 1 if a view took a
 * second or longer, or 300 kB or more. `afterStart` is the first view of all, for which the controller also computes every object once:
 * it has no limit. Of each view:
 *
 * - `shownMs`: by the clock, until the rows are visible. It includes what other processes take from both: `machine.loadBefore`.
 * - `cpuMs`: the processor time of the page's own thread until then.
 * - `bytes`: of the answers as the network carries them, without the later pages of the list, which are not needed for the view.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as timer } from "node:timers/promises";
import type { Page } from "playwright-core";
import { machine } from "./machine.ts";
import { tenths } from "./measure.ts";
import { openPageSite, threadTime } from "./page-site.ts";

const SHOWN_MS = 1_000;
const BYTES = 300_000;
const KEPT_MS = 6_000;

const functions = Number(process.argv[2] ?? 10_000);
const count = Number(process.argv[3] ?? 10);
const site = await openPageSite(functions);
const measuredOn = machine();
const afterStart = await firstView();
const views: View[] = [];
for (let view = 1; view <= count; view += 1) views.push(await firstView());
const slowestMs = Math.max(...views.map(({ shownMs }) => shownMs));
const mostBytes = Math.max(...views.map(({ bytes }) => bytes));
const sorted = views.map(({ shownMs }) => shownMs).sort((a, b) => a - b);
const verdict = {
  medianMs: sorted[Math.floor(sorted.length / 2)],
  slowestMs,
  mostBytes,
  isReached: slowestMs < SHOWN_MS && mostBytes < BYTES,
};
const results = { at: new Date().toISOString(), machine: measuredOn, functions, verdict, afterStart, views };
writeFileSync(new URL("first-view.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
process.stderr.write(`${JSON.stringify(verdict)}\n`);
await site.close();
process.exit(verdict.isReached ? 0 : 1);

interface View {
  readonly shownMs: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

async function firstView(): Promise<View> {
  await timer(KEPT_MS);
  const context = await site.context();
  const page = await context.newPage();
  const cpuMs = await threadTime(page);
  const received = await receivedBytes(page);
  const beganMs = performance.now();
  await page.goto("/ui/", { waitUntil: "commit" });
  await page.locator('[role="rowgroup"].rows > [role="row"]').first().waitFor();
  const shownMs = tenths(performance.now() - beganMs);
  const found = { shownMs, cpuMs: tenths(await cpuMs()), bytes: received() };
  // The rest of the list would otherwise be a part of the next view.
  await page.getByText(/bindings.*, live/).waitFor();
  await context.close();
  process.stderr.write(`${JSON.stringify(found)}\n`);
  return found;
}

/** Of the answers so far, with their headers. */
async function receivedBytes(page: Page): Promise<() => number> {
  const network = await page.context().newCDPSession(page);
  const bytesOf = new Map<string, number>();
  network.on("Network.requestWillBeSent", ({ requestId, request }) => {
    if (!new URL(request.url).searchParams.has("continue")) bytesOf.set(requestId, 0);
  });
  network.on("Network.responseReceived", ({ requestId, response }) => {
    if (bytesOf.has(requestId)) bytesOf.set(requestId, response.encodedDataLength);
  });
  network.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const before = bytesOf.get(requestId);
    if (before !== undefined) bytesOf.set(requestId, before + encodedDataLength);
  });
  await network.send("Network.enable");
  return () => bytesOf.values().reduce((total, bytes) => total + bytes, 0);
}
