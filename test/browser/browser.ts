/**
 * `npm run browser`: the tests of the web page in Debian's Chromium. Without it they are skipped with one line, and with
 * CI=true that fails. With `PAGE_PICTURES=FOLDER` they leave pictures of every screen.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CHROMIUM } from "../support/page/browsing.ts";
import { buildPage } from "../../tools/page/build-page.ts";
import { PAGE_FOLDER } from "../support/page/page-folder.ts";

const JEST = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  "node_modules/jest/bin/jest.js",
  "--config=jest.browser.config.mjs",
  // A browser needs a core of its own.
  "--runInBand",
];

if (existsSync(CHROMIUM)) {
  await buildPage(fileURLToPath(new URL("../..", import.meta.url)), PAGE_FOLDER);
  const { status } = spawnSync(process.execPath, [...JEST, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  console.log(`browser: skipped: there is no ${CHROMIUM} (Debian: chromium)`);
  process.exitCode = process.env["CI"] === "true" ? 1 : 0;
}
