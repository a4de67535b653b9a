import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { generate } from "./generate.ts";
import {
  cpuMsOf,
  openSurroundings,
  peakMemoryMib,
  startController,
  until,
  type Controller,
  type Surroundings,
} from "./installation.ts";
import { tenths } from "./measure.ts";

type Calls = Readonly<Record<string, number>>;

interface PassCost {
  readonly wallMs: number;
  /** User and system time of the controller; null if the system does not report it. */
  readonly cpuMs: number | null;
  /** Calls that the simulator answered, by operation. */
  readonly calls: Calls;
}

/** The life of one installation, from the start to a pass without changes. */
export interface PassCosts {
  readonly bindings: number;
  /** Start and first complete read; held for approval. */
  readonly first: PassCost;
  /** The time from the approval until every binding matches Git. */
  readonly converge: PassCost;
  /** A complete read without a write. */
  readonly unchanged: PassCost;
  /** The peak of the controller's process; null if the system does not report it. */
  readonly peakMemoryMib: number | null;
  /** The state directory at the end. */
  readonly stateMib: number;
}

export async function measurePass(bindings: number): Promise<PassCosts> {
  const surroundings = await openSurroundings(generate(bindings));
  try {
    const controller = await startController(surroundings, "state");
    try {
      return await measureLife(bindings, surroundings, controller);
    } finally {
      await controller.stop();
    }
  } finally {
    await surroundings.close();
  }
}

/** @param controller was just started, with an empty state directory */
export async function measureLife(
  bindings: number,
  surroundings: Surroundings,
  controller: Controller,
): Promise<PassCosts> {
  const first = {
    wallMs: tenths(controller.comparedMs),
    cpuMs: cpuMsOf(controller.child),
    calls: await surroundings.counts(),
  };
  const costOf = (work: () => Promise<void>): Promise<PassCost> =>
    measureCost(surroundings, controller, work);
  const converge = await costOf(() => approveAndWait(controller));
  const unchanged = await costOf(() => reconcile(controller));
  return {
    bindings,
    first,
    converge,
    unchanged,
    peakMemoryMib: peakMemoryMib(controller.child),
    stateMib: tenths(bytesOf(join(surroundings.folder, "state")) / 1_048_576),
  };
}

function bytesOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

async function measureCost(
  surroundings: Surroundings,
  { child }: Controller,
  work: () => Promise<void>,
): Promise<PassCost> {
  const before = await surroundings.counts();
  const cpuBeforeMs = cpuMsOf(child);
  const startedMs = performance.now();
  await work();
  const wallMs = tenths(performance.now() - startedMs);
  const cpuMs = cpuMsOf(child);
  const after = await surroundings.counts();
  const calls = Object.entries(after)
    .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return {
    wallMs,
    cpuMs: cpuMs === null ? null : cpuMs - (cpuBeforeMs ?? 0),
    calls: Object.fromEntries(calls),
  };
}

async function approveAndWait(controller: Controller): Promise<void> {
  for (const { status } of await controller.api.list("holds")) {
    await controller.api.create("approvals", { subject: status.subject, reason: "bench" });
  }
  const isDone = async (): Promise<true | undefined> => {
    const { status } = await controller.api.overview();
    const isSynced = status.accounts.every(
      ({ counts, passing }) => counts.synced === counts.bindings && !passing,
    );
    return isSynced ? true : undefined;
  };
  await until("everything matches Git", controller.child, isDone, { everyMs: 500 });
}

async function reconcile(controller: Controller): Promise<void> {
  const { metadata } = await controller.api.create("reconciliations", { all: true });
  const isDone = async (): Promise<true | undefined> => {
    const { status } = await controller.api.get("reconciliations", metadata.name);
    return status.done ? true : undefined;
  };
  await until("every key had a pass", controller.child, isDone, { everyMs: 100 });
}
