/**
 * `node bin/launch.mjs bench/page-many.ts [functions]`, by default 10,000: the tasks of five people on the web page, in Debian's Chromium, on the
 * controller as a process with a simulated AWS. They are those of test/browser/many.test.ts, which runs in CI with fewer functions, since the
 * first comparison of 10,000 takes more than a minute of the processor. It writes bench/page-many.json: `startMs`, until every account is
 * compared, and for each view `wallMs` (with the time that the test itself needs), `cpuMs` of the page's own thread, and the number of tasks
 * that blocked it for 50 ms or longer, with the longest. Times by the clock include what other processes take: `machine.loadBefore`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machine } from "./machine.ts";

const functions = process.argv[2] ?? "10000";
/** The first views of so many functions, while other processes take the processor. */
const WAITS_MS = 600_000;
const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
const measures = join(folder, "measures.json");
const asked = { PAGE_FUNCTIONS: functions, PAGE_MEASURES: measures, PAGE_WAITS_MS: String(WAITS_MS) };
const measuredOn = machine();
const { status } = spawnSync(
  process.execPath,
  [
    join(import.meta.dirname, "../test/browser/browser.ts"),
    "test/browser/many.test",
    `--testTimeout=${2 * WAITS_MS}`,
  ],
  { stdio: "inherit", env: { ...process.env, ...asked } },
);
if (status === 0) {
  const measured = JSON.parse(readFileSync(measures, "utf8")) as object;
  const results = { at: new Date().toISOString(), machine: measuredOn, ...measured };
  writeFileSync(new URL("page-many.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
}
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
