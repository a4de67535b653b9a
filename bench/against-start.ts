/**
 * `node bin/launch.mjs bench/against-start.ts DIRECTORY [bindings] [rounds]` compares the start with that of another
 * clone, in which `npm ci` ran, such as the one of an earlier revision: the time from the start of the process until
 * every account was compared. Both start in turns, each in a process of its own. It is time by the clock, so nothing
 * else may run on the machine. The best of all rounds counts. It writes nothing.
 */
import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as starting from "./start.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));
/** More than this is slower, and not noise. */
const TOLERANCE_PERCENT = 5;

/** Earlier clones were ready when every account was compared, and have no other event. */
type Times = Pick<starting.StartTimes, "readyMs"> & Partial<Pick<starting.StartTimes, "comparedMs">>;

const [directory, bindings = "100", rounds = "5", side] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: against-start.ts DIRECTORY [bindings] [rounds]");
if (side === undefined) compareStarts(resolve(directory));
else await measureSide(directory);

function compareStarts(other: string): void {
  const found: { readonly before: number[]; readonly after: number[] } = { before: [], after: [] };
  for (let round = 0; round < Number(rounds); round += 1) {
    found.before.push(comparedMsOf(other));
    found.after.push(comparedMsOf(HERE));
  }
  const [before, after] = [Math.min(...found.before), Math.min(...found.after)];
  const percent = Math.round((after / before - 1) * 100);
  console.table({
    "start to compared, ms": { before, after, percent, isSlower: percent > TOLERANCE_PERCENT },
  });
}

function comparedMsOf(clone: string): number {
  const args = [
    join(clone, "bin/launch.mjs"),
    fileURLToPath(import.meta.url),
    clone,
    bindings,
    rounds,
    "side",
  ];
  const { readyMs, comparedMs = readyMs } = JSON.parse(
    execFileSync(process.execPath, args, { encoding: "utf8" }),
  ) as Times;
  return Math.min(...comparedMs);
}

async function measureSide(clone: string): Promise<void> {
  const { measureStart } = (await import(
    pathToFileURL(join(clone, "bench/start.ts")).href
  )) as typeof starting;
  process.stdout.write(JSON.stringify(await measureStart(Number(bindings), 1)));
}
