/**
 * `node bin/launch.mjs bench/against-start.ts DIRECTORY [bindings] [rounds]` compares the start with that of another
 * clone, in which `npm ci` ran, such as the one of an earlier revision: until every account was compared, the processor
 * time of the controller and the time from the start of its process. Both start in turns, and the first start of each
 * fills the compile cache and does not count. The processor time is the one to trust where something else runs on the
 * machine; the time by the clock needs an idle machine. It writes nothing.
 */
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as generating from "./generate.ts";
import type * as installing from "./installation.ts";
import { cpuMsOf } from "./installation.ts";

const HERE = fileURLToPath(new URL("..", import.meta.url));
/** More than this is slower, and not noise. */
const TOLERANCE_PERCENT = 5;

/** Earlier clones were ready when every account was compared, and have no other event. */
type Started = Pick<installing.Controller, "child" | "readyMs" | "stop"> &
  Partial<Pick<installing.Controller, "comparedMs">>;

/** Of this clone or an earlier one, which generated the files itself. */
interface Installation {
  openSurroundings(world: generating.Files | number): Promise<{ close(): Promise<void> }>;
  startController(surroundings: object, state: string): Promise<Started>;
}

interface Side {
  readonly cpuMs: number[];
  readonly wallMs: number[];
  start(state: string): Promise<{ readonly cpuMs: number; readonly wallMs: number }>;
  close(): Promise<void>;
}

const [directory, bindings = "100", rounds = "6"] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: against-start.ts DIRECTORY [bindings] [rounds]");
const before = await openSide(resolve(directory));
const after = await openSide(HERE);
for (let round = 0; round <= Number(rounds); round += 1) {
  for (const side of [before, after]) {
    const { cpuMs, wallMs } = await side.start(`state-${round}`);
    if (round === 0) continue;
    side.cpuMs.push(cpuMs);
    side.wallMs.push(wallMs);
  }
}
console.table({
  "processor time, best, ms": compared(({ cpuMs }) => Math.min(...cpuMs)),
  "processor time, middle, ms": compared(({ cpuMs }) => middleOf(cpuMs)),
  "by the clock, best, ms": compared(({ wallMs }) => Math.min(...wallMs)),
  "by the clock, middle, ms": compared(({ wallMs }) => middleOf(wallMs)),
});
await before.close();
await after.close();

function compared(of: (side: Side) => number): object {
  const [old, now] = [of(before), of(after)];
  const percent = Math.round((now / old - 1) * 1_000) / 10;
  return { before: Math.round(old), after: Math.round(now), percent, isSlower: percent > TOLERANCE_PERCENT };
}

function middleOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) / 2)] ?? 0;
}

async function openSide(clone: string): Promise<Side> {
  const moduleOf = async (name: string): Promise<unknown> =>
    import(pathToFileURL(join(clone, "bench", name)).href);
  const installation = (await moduleOf("installation.ts")) as Installation;
  const { generate } = (await moduleOf("generate.ts")) as typeof generating;
  const generatesItself = !("buildPackage" in installation);
  const count = Number(bindings);
  const surroundings = await installation.openSurroundings(generatesItself ? count : generate(count));
  return {
    cpuMs: [],
    wallMs: [],
    start: async (state) => {
      const started = await installation.startController(surroundings, state);
      const cpuMs = cpuMsOf(started.child) ?? NaN;
      await started.stop();
      return { cpuMs, wallMs: started.comparedMs ?? started.readyMs };
    },
    close: () => surroundings.close(),
  };
}
