/**
 * `node bin/launch.mjs bench/one-file.ts 1000 10000`: the cost of a push of one file until its first write, by number of
 * functions. The controller runs in this process with its real record and a real Git repository, and reads AWS from
 * memory. Processor time of the Git processes does not count.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { clock, SILENT } from "../src/compose/ports.ts";
import type { Store } from "../src/controller/ports/store.ts";
import type { Telemetry } from "../src/controller/ports/telemetry.ts";
import { compileAll, parseAll, present } from "./desired.ts";
import { generate } from "./generate.ts";
import { git, openController, writeRepository } from "./in-process.ts";
import { liveAccounts } from "./live.ts";
import { measureAsync, tenths, type Cost } from "./measure.ts";
import { MemoryAws } from "./memory-aws.ts";

interface OneFileCosts {
  readonly functions: number;
  /** From the push until the first write, and the processor time of each stage in ms. */
  readonly push: Cost & { readonly stages: Readonly<Record<string, number>> };
}

const WITHIN_MS = 300_000;

/** The processor time of each stage. Stages overlap if several passes run. */
class StageTimes {
  readonly #byName = new Map<string, number>();

  readonly telemetry: Telemetry = {
    ...SILENT,
    error: (text, fields) => void process.stderr.write(`${text} ${JSON.stringify(fields)}\n`),
    trace: async (start, work) => {
      const before = process.cpuUsage();
      try {
        return await SILENT.trace(start, work);
      } finally {
        const { user, system } = process.cpuUsage(before);
        this.#byName.set(start.name, (this.#byName.get(start.name) ?? 0) + (user + system) / 1_000);
      }
    },
  };

  reset(): void {
    this.#byName.clear();
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#byName].map(([name, ms]) => [name, tenths(ms)]));
  }
}

async function allSynced(store: Store, bindings: number): Promise<void> {
  const deadlineMs = performance.now() + WITHIN_MS;
  while (performance.now() < deadlineMs) {
    const records = await store.keySummaries();
    const synced = records.filter(({ status }) => status?.sync === "Synced").length;
    if (synced > bindings && synced === records.length) return;
    await timer(500);
  }
  throw new Error("the functions do not match Git");
}

async function measureOneFile(functions: number): Promise<OneFileCosts> {
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
  const files = generate(functions);
  const work = join(folder, "work");
  writeRepository(folder, files);
  const times = new StageTimes();
  const aws = new MemoryAws(liveAccounts(compileAll(parseAll(files)).desired, "converged"), clock);
  const { controller, store } = openController(folder, { aws, telemetry: times.telemetry, mode: "enforce" });
  const stop = new AbortController();
  void controller.run(stop.signal);
  await allSynced(store, functions);

  const path = present(Object.keys(files).find((name) => name.startsWith("teams/")));
  writeFileSync(join(work, path), present(files[path]).replace('description: "', 'description: "pushed '));
  git(work, "commit", "--all", "--message", "one file");
  git(work, "push", join(folder, "permissions.git"), "HEAD:main");
  // A fetch that began right before would delay the next one.
  await timer(1_500);
  times.reset();
  const { cost } = await measureAsync(async () => {
    const written = new Promise<void>((resolve) => void (aws.onWrite = resolve));
    controller.control.fetchSoon("bench", [null]);
    await written;
  });
  const stages = times.all();
  stop.abort();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  return { functions, push: { ...cost, stages } };
}

for (const functions of process.argv.slice(2).map(Number))
  process.stdout.write(`${JSON.stringify(await measureOneFile(functions))}\n`);
process.exit(0);
