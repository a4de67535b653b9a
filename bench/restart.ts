/**
 * `node bin/launch.mjs bench/restart.ts [functions] [rounds]`: the start of a controller until its first revision is
 * compiled, cold with an empty state directory and again with that of the process before, which has the parsed files. The
 * accounts do not exist in the simulated AWS, so that no comparison runs at the same time. It prints the processor time,
 * user and system, which is the one to trust where something else runs, and the time by the clock.
 */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { PARSED_FILES_FILE } from "../src/store/parsed-files.ts";
import { generate } from "./generate.ts";
import {
  cpuMsOf,
  openSurroundings,
  peakMemoryMib,
  startReady,
  until,
  type Surroundings,
} from "./installation.ts";

interface ReadyCost {
  readonly cpuMs: number | null;
  readonly wallMs: number;
  readonly peakMemoryMib: number | null;
}

const [functions = "10000", rounds = "3"] = process.argv.slice(2);
const STATE = "state";
const repository = generate(Number(functions));
const files = Object.keys(repository).length;
const surroundings = await openSurroundings(generate(1), { repository });
try {
  // The first start fills the compile cache of Node.
  await costOfStart(surroundings);
  for (let round = 0; round < Number(rounds); round += 1) {
    rmSync(join(surroundings.folder, STATE), { recursive: true });
    const cold = await costOfStart(surroundings);
    const cached = await costOfStart(surroundings);
    process.stdout.write(`${JSON.stringify({ functions: Number(functions), cold, cached })}\n`);
  }
} finally {
  await surroundings.close();
}

async function costOfStart(around: Surroundings): Promise<ReadyCost> {
  const { child, readyMs, stop } = await startReady(around, STATE);
  const cost = {
    cpuMs: cpuMsOf(child),
    wallMs: Math.round(readyMs),
    peakMemoryMib: peakMemoryMib(child),
  };
  const stored = (): true | undefined => (storedFiles(around) >= files ? true : undefined);
  await until("the parsed files are stored", child, stored, { everyMs: 1_000 });
  await stop();
  return cost;
}

/** A controller stores them some time after it is ready. */
function storedFiles({ folder }: Surroundings): number {
  const path = join(folder, STATE, PARSED_FILES_FILE);
  if (!existsSync(path)) return 0;
  const db = new Database(path, { readonly: true });
  try {
    return Number(db.prepare("SELECT count(*) FROM parsed_files").pluck().get());
  } finally {
    db.close();
  }
}
