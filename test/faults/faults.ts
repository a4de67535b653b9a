/**
 * `npm run faults`: converges ten bindings with a controller that is killed with SIGKILL before, or after, one of its
 * calls, once for each call; the next controller must end as if nothing had happened. Leaves its figures as JSON.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import PQueue from "p-queue";
import { CALLED_BY_TOPIC, estate, functions, READ_ORDERS, WRITE_ORDERS } from "../support/estate.ts";
import { KillCase, prepare, type Prepared } from "../support/kill-case.ts";
import { settingsIn } from "../support/world-settings.ts";

const BEGUN = estate(functions(["begun"], READ_ORDERS));
const NAMES = Array.from({ length: 9 }, (_, index) => `f${index + 1}`);
const PUSHED = {
  ...BEGUN,
  ...functions(NAMES.slice(0, 8), READ_ORDERS),
  ...functions(NAMES.slice(8), WRITE_ORDERS + CALLED_BY_TOPIC),
};
const RESULTS = "bench/results/faults.json";

interface Outcome {
  /** Counted from 1 over the calls of a converge that nobody disturbs. */
  readonly call: number;
  readonly when: "before" | "after";
  readonly died: boolean;
  readonly problems: readonly string[];
}

const began = performance.now();
const root = await mkdtemp(join(tmpdir(), "faults-"));
const prepared = await prepare(BEGUN, PUSHED);
try {
  const figures = await measure();
  const text = `${JSON.stringify(figures, null, 2)}\n`;
  mkdirSync("bench/results", { recursive: true });
  writeFileSync(RESULTS, text);
  console.log(text.trimEnd());
  if (figures.failed.length > 0) process.exitCode = 1;
} finally {
  await prepared.installation.stop();
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
}

async function measure() {
  const { calls, writes, expected } = await undisturbed(prepared);
  // One more than there are cores: each also waits, for disks and for processes to end.
  const queue = new PQueue({ concurrency: availableParallelism() + 1 });
  const places = Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) => [
    { call, when: "before" as const },
    { call, when: "after" as const },
  ]);
  const outcomes = await Promise.all(places.map((place) => queue.add(() => dieAt(place, expected))));
  return {
    what: "kill -9 before and after every call of converging ten bindings",
    bindings: NAMES.length + 1,
    calls,
    writes,
    deaths: outcomes.filter(({ died }) => died).length,
    converged: outcomes.filter(({ problems }) => problems.length === 0).length,
    failed: outcomes.filter(({ problems }) => problems.length > 0),
    seconds: Math.round((performance.now() - began) / 1_000),
  };
}

/** What one controller that nobody kills does, and leaves. */
async function undisturbed(
  from: Prepared,
): Promise<{ readonly calls: number; readonly writes: number; readonly expected: string }> {
  const left = await KillCase.open(from, join(root, "undisturbed"), "controller");
  try {
    await left.converge();
    const calls = left.simulator.calls();
    const writes = calls.filter(({ effective }) => effective).length;
    return { calls: calls.length, writes, expected: JSON.stringify(settingsIn(left.simulator.world)) };
  } finally {
    await left.close();
  }
}

async function dieAt(place: Pick<Outcome, "call" | "when">, expected: string): Promise<Outcome> {
  const folder = join(root, `${place.when}-${place.call}`);
  const killed = await KillCase.open(prepared, folder, "controller");
  let died = false;
  try {
    died = await killed.killAt({ at: place.call, when: place.when, counts: "calls" });
    await killed.converge();
    const problems = [...(await killed.problems())];
    if (JSON.stringify(settingsIn(killed.simulator.world)) !== expected) problems.push("it ended otherwise");
    return { ...place, died, problems };
  } catch (error) {
    return { ...place, died, problems: [String(error)] };
  } finally {
    await killed.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
