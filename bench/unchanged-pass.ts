/**
 * `node bin/launch.mjs bench/unchanged-pass.ts [bindings ...]`, by default 1000 10000 100000: the processor time and the peak
 * memory of a pass over every account in which nothing has changed. Each size has a process of its own, with the memory
 * settings of a controller. The controller has its real record and a real Git repository. AWS is in the memory of the same
 * process, so the calls cost nothing, and `accountsMib` of the peak is theirs. Over 10,000 bindings, each manifest has ten targets.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { clock, SILENT } from "../src/compose/ports.ts";
import { growHeapUntilReady } from "../src/compose/process/heap-growth.ts";
import { compileAll, parseAll, present } from "./desired.ts";
import { generate, type Files } from "./generate.ts";
import { openController, writeRepository, type OpenController } from "./in-process.ts";
import { liveAccounts } from "./live.ts";
import { machine } from "./machine.ts";
import { measureAsync, middle, type Cost } from "./measure.ts";
import { MemoryAws } from "./memory-aws.ts";

interface UnchangedPass {
  readonly bindings: number;
  /** The median of all passes by processor time. */
  readonly pass: Cost;
  /** Of the process during the passes; null if the system does not report it. */
  readonly peakMemoryMib: number | null;
  /** The part of it in which AWS is. */
  readonly accountsMib: number;
}

const SIZES = ["1000", "10000", "100000"];
/** A revision of more manifests has too many YAML parts. */
const MOST_MANIFESTS = 10_000;
const TARGETS = 10;
const PASSES = 3;
const WITHIN_MS = 1_800_000;
const LAUNCHER = new URL("../bin/launch.mjs", import.meta.url).href;

const sizes = process.argv.slice(2);
const [first, size] = sizes;
if (first === "in-this-process") {
  process.stdout.write(`${JSON.stringify(await measured(Number(size)))}\n`);
  process.exit(0);
}
process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), machine: machine() })}\n`);
for (const each of sizes.length === 0 ? SIZES : sizes) {
  // The program that replaces this process gets the same options of Node, and has a file.
  const launched = `process.execArgv.length = 0; (await import("${LAUNCHER}")).launchSmall("bench/unchanged-pass", ["in-this-process", "${each}"])`;
  execFileSync(process.execPath, ["--input-type=module", "-e", launched], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function measured(bindings: number): Promise<UnchangedPass> {
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
  try {
    const before = usedMib();
    const aws = openAccounts(folder, filesOf(bindings));
    const accountsMib = usedMib() - before;
    const open = openController(folder, { aws, telemetry: SILENT, mode: "observe" });
    const stop = new AbortController();
    const endGrowth = await growHeapUntilReady({ stateDir: folder, changes: open.controller.changes });
    void open.controller.run(stop.signal);
    // The first one records what was compared, and the second one that nothing has changed since.
    await compared(open);
    await compared(open);
    await expectSynced(open, bindings);
    resetPeak();
    const passes: { readonly cost: Cost }[] = [];
    for (let pass = 0; pass < PASSES; pass += 1) passes.push(await measureAsync(() => compared(open)));
    stop.abort();
    await endGrowth();
    return { bindings, pass: middle(passes).cost, peakMemoryMib: peakMib(), accountsMib };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Nothing but the accounts stays in memory. */
function openAccounts(folder: string, files: Files): MemoryAws {
  writeRepository(folder, files);
  return new MemoryAws(liveAccounts(compileAll(parseAll(files)).desired, "converged"), clock);
}

function filesOf(bindings: number): Files {
  if (bindings <= MOST_MANIFESTS) return generate(bindings);
  const { "platform/accounts.yaml": accounts } = generate(bindings);
  const manifests = Object.entries(generate(bindings / TARGETS)).map(
    ([path, text]) => [path, text.replace(/accounts: \[account-(\d+)\], /, withTargets)] as const,
  );
  return { ...Object.fromEntries(manifests), "platform/accounts.yaml": present(accounts) };
}

function withTargets(_: string, account: string): string {
  const numbers = Array.from({ length: TARGETS }, (_, at) => Number(account) * TARGETS + at);
  return `accounts: [${numbers.map((at) => `account-${String(at).padStart(3, "0")}`).join(", ")}], `;
}

/** @throws Error if it is not so: then other work was measured */
async function expectSynced({ store }: OpenController, bindings: number): Promise<void> {
  const records = await store.keySummaries();
  const synced = records.filter(
    ({ key, status }) => key.startsWith("function/") && status?.sync === "Synced",
  );
  if (synced.length !== bindings) throw new Error(`${synced.length} of ${bindings} bindings match Git`);
}

/** Every account is read and compared. */
async function compared({ controller: { control } }: OpenController): Promise<void> {
  const untilMs = performance.now() + WITHIN_MS;
  while (!control.readiness().ready) await timer(100);
  const started = await control.reconcile({ kind: "all" }, "bench");
  if (started.kind === "err") throw new Error(started.error.message);
  while (!present(control.reconciled(started.value.token)).done) {
    if (performance.now() > untilMs) throw new Error("the functions were not compared");
    await timer(20);
  }
}

/** After a collection. */
function usedMib(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return Math.round(process.memoryUsage().heapUsed / 1_048_576);
}

/** The peak before does not count. Only Linux can reset it. */
function resetPeak(): void {
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
}

function peakMib(): number | null {
  if (process.platform !== "linux") return null;
  const status = readFileSync("/proc/self/status", "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024);
}
