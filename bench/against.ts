/**
 * `node bin/launch.mjs bench/against.ts DIRECTORY [manifests] [rounds]` compares the pure stages with those of another
 * clone, in which `npm ci` ran, such as the one of an earlier revision. Both compile the manifests of that clone, in
 * turns and each in a process of its own, so that what else runs on the machine disturbs both. The best CPU time of all
 * rounds counts. It writes nothing.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";
import type { StageCosts } from "./stages.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const ONE_SIDE = fileURLToPath(new URL("against-side.ts", import.meta.url));
/** More than this is slower, and not noise. */
const TOLERANCE_PERCENT = 5;

/** CPU milliseconds by stage. */
type Times = Readonly<Record<string, number>>;

const [directory, manifests = "10000", rounds = "3"] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: against.ts DIRECTORY [manifests] [rounds]");
const other = resolve(directory);
const best: { readonly before: Times[]; readonly after: Times[] } = { before: [], after: [] };
for (let round = 0; round < Number(rounds); round += 1) {
  best.before.push(timesOf(other));
  best.after.push(timesOf(HERE));
}
const [before, after] = [least(best.before), least(best.after)];
console.table(
  Object.fromEntries(
    Object.entries(before).map(([stage, ms]) => {
      const now = after[stage] ?? Number.NaN;
      const percent = Math.round((now / ms - 1) * 100);
      return [stage, { before: ms, after: now, percent, isSlower: percent > TOLERANCE_PERCENT }];
    }),
  ),
);

function timesOf(clone: string): Times {
  const launcher = join(clone, "bin/launch.mjs");
  const text = execFileSync(process.execPath, [launcher, ONE_SIDE, clone, other, manifests], {
    encoding: "utf8",
  });
  const { parse, compile, diffAndPlan } = JSON.parse(text) as StageCosts;
  const { converged, changed, empty } = diffAndPlan;
  const costs = { parse, compile, converged, changed, empty };
  const times = Object.fromEntries(Object.entries(costs).map(([stage, { cpuMs }]) => [stage, cpuMs]));
  // What `npm run bench` has a goal for.
  return { ...times, "compile + changed": compile.cpuMs + changed.cpuMs };
}

function least(times: readonly Times[]): Times {
  const stages = Object.keys(times[0] ?? {});
  return Object.fromEntries(
    stages.map((stage) => [stage, Math.min(...times.map((each) => each[stage] ?? Number.NaN))]),
  );
}
