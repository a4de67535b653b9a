/**
 * `node bin/launch.mjs tools/write-cast.ts`: plays the demo in a terminal of 80 columns (by `script` of util-linux), and writes
 * what it printed, with the pauses of the run, as the moving picture of the README. Nothing in it is typed by hand.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { castSvg, COLUMNS } from "./cast/cast-svg.ts";
import { terminalLines, type PrintedChunk } from "./cast/terminal-lines.ts";

const COMMAND = "npm run demo -- --once";
const FILE = fileURLToPath(new URL("../docs/pictures/demo.svg", import.meta.url));

const chunks = await play();
const svg = castSvg({
  command: COMMAND,
  lines: terminalLines(chunks),
  title:
    "The demo of Grantkeeper in a terminal: eight steps, from observing two accounts to the verified record",
});
writeFileSync(FILE, svg);
console.log(`${FILE}: ${svg.length} bytes`);

/** @throws Error if the demo fails: a picture of that would be wrong */
async function play(): Promise<readonly PrintedChunk[]> {
  const quiet = COMMAND.replace("npm run", "npm run --silent");
  const terminal = `stty cols ${COLUMNS} rows 40 -echo; ${quiet}`;
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", terminal, "/dev/null"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      TERM: "xterm-256color",
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      CI: undefined,
    },
  });
  const printed: PrintedChunk[] = [];
  const beganMs = performance.now();
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => printed.push({ atMs: performance.now() - beganMs, text }));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`the demo ended with ${code}`);
  return printed;
}
