/**
 * `npm run faults`: converges ten bindings with a controller that is killed with SIGKILL before, or after, one of its
 * calls, once for each call; the next controller must end as if nothing had happened, and must know each event of its writes as
 * one of Grantkeeper. Leaves its figures as JSON.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import PQueue from "p-queue";
import type { Moment } from "../../src/simulator/watchers.ts";
import {
  CALLED_BY_TOPIC,
  estate,
  functions,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../support/installation/estate.ts";
import { KillCase, prepare, type Prepared } from "../support/installation/kill-case.ts";
import { readEntries } from "../support/record/ledger.ts";
import { settingsIn } from "../support/installation/world-settings.ts";
import { queueFaults, sendEvents, unrecordedProblems } from "./queue-faults.ts";

const BEGUN = estate(functions(["begun"], READ_ORDERS));
const NAMES = Array.from({ length: 8 }, (_, index) => `f${index + 1}`);
const CALLED = functions(["called"], WRITE_ORDERS + CALLED_BY_TOPIC);
/** Ten bindings; most of them are there before their functions are, as it is when a team begins. */
const PUSHED = { ...BEGUN, ...CALLED, ...functions(NAMES, READ_ORDERS) };
const DEPLOYED = { ...BEGUN, ...CALLED };
const RESULTS = "bench/results/faults.json";

/** Calls, counted from 1 over an undisturbed converge; each controller of one installation dies at one of them. */
interface Deaths {
  readonly when: Moment["when"];
  readonly calls: readonly number[];
}

interface Outcome extends Deaths {
  readonly deaths: number;
  readonly problems: readonly string[];
}

const began = performance.now();
const root = await mkdtemp(join(tmpdir(), "faults-"));
const prepared = await prepare(BEGUN, PUSHED, DEPLOYED);
try {
  const figures = await measure();
  const text = `${JSON.stringify(figures, null, 2)}\n`;
  mkdirSync("bench/results", { recursive: true });
  writeFileSync(RESULTS, text);
  console.log(text.trimEnd());
  if (figures.failed.length + figures.changeQueue.length > 0) process.exitCode = 1;
} finally {
  await prepared.close();
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
}

async function measure() {
  const { calls, writes, firstWrite, expected } = await undisturbed(prepared);
  // One more than there are cores: each also waits, for disks and for processes to end.
  const queue = new PQueue({ concurrency: availableParallelism() + 1 });
  const all = [...deathsOf(calls, firstWrite, "before"), ...deathsOf(calls, firstWrite, "after")];
  // First: it takes longest.
  const changeQueue = queue.add(() => queueFaults(prepared, join(root, "change-queue")));
  const outcomes = await Promise.all(all.map((deaths) => queue.add(() => die(deaths, expected))));
  return {
    what: "kill -9 before and after every call of converging ten bindings",
    bindings: NAMES.length + 2,
    calls,
    writes,
    installations: outcomes.length,
    deaths: outcomes.reduce((sum, { deaths }) => sum + deaths, 0),
    converged: outcomes.filter(({ problems }) => problems.length === 0).length,
    failed: outcomes.filter(({ problems }) => problems.length > 0),
    changeQueue: await changeQueue,
    seconds: Math.round((performance.now() - began) / 1_000),
  };
}

/**
 * One installation for each call. Before the first write a controller leaves nothing behind that the next one could
 * not do again, so that one installation can outlive all of these.
 */
function deathsOf(calls: number, firstWrite: number, when: Moment["when"]): readonly Deaths[] {
  const places = Array.from({ length: calls }, (_, index) => index + 1);
  const reading = places.filter((call) => call < firstWrite);
  return [{ when, calls: reading }, ...places.slice(reading.length).map((call) => ({ when, calls: [call] }))];
}

interface Undisturbed {
  readonly calls: number;
  readonly writes: number;
  /** Which call it is. */
  readonly firstWrite: number;
  readonly expected: string;
}

/** The calls and the final state of one controller that is not killed. */
async function undisturbed(from: Prepared): Promise<Undisturbed> {
  const left = await KillCase.open(from, join(root, "undisturbed"), "controller");
  try {
    await left.converge();
    const calls = left.simulator.calls();
    return {
      calls: calls.length,
      writes: calls.filter(({ effective }) => effective).length,
      firstWrite: calls.findIndex(({ effective }) => effective) + 1,
      expected: JSON.stringify(settingsIn(left.simulator.world)),
    };
  } finally {
    await left.close();
  }
}

async function die({ when, calls }: Deaths, expected: string): Promise<Outcome> {
  const folder = join(root, `${when}-${calls.join("-").slice(0, 40)}`);
  const killed = await KillCase.open(prepared, folder, "controller");
  let deaths = 0;
  const queue = sendEvents(killed);
  try {
    for (const at of calls) deaths += Number(await killed.killAt({ at, when, counts: "calls" }));
    await killed.converge(() => queue.messages.length === 0);
    const problems = [
      ...(await killed.problems()),
      ...unrecordedProblems(await readEntries(killed.stateDir)),
    ];
    if (JSON.stringify(settingsIn(killed.simulator.world)) !== expected) problems.push("it ended otherwise");
    return { when, calls, deaths, problems };
  } catch (error) {
    return { when, calls, deaths, problems: [String(error)] };
  } finally {
    await killed.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
