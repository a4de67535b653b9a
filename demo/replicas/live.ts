import { setTimeout as timer } from "node:timers/promises";
import type { createColors } from "picocolors";
import type { ReplicaInstallation } from "./installation.ts";
import { Journal } from "./journal.ts";
import { keyOf } from "./keys.ts";
import { screenLines } from "./screen.ts";
import type { ReplicaTable } from "./snapshot.ts";

const EVERY_MS = 250;

export interface LiveParts {
  readonly installation: ReplicaInstallation;
  readonly table: ReplicaTable;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly paint: ReturnType<typeof createColors>;
  readonly ending: AbortController;
}

/** Shows the replicas and takes keys until a person quits. */
export async function watchReplicas(parts: LiveParts): Promise<void> {
  const { installation, table, output, paint, ending } = parts;
  const beganMs = performance.now();
  const nowMs = (): number => performance.now() - beganMs;
  const journal = new Journal();
  const selection = { number: 1 };
  const release = takeKeys(parts, { journal, selection, nowMs });
  const configs = installation.replicas.map(({ config }) => config);
  let shown = 0;
  try {
    while (!ending.signal.aborted) {
      const snapshot = await table.snapshot(installation.replicas);
      journal.observe(snapshot, nowMs());
      const screen = { snapshot, selected: selection.number, events: journal.events, configs };
      const lines = screenLines(screen, paint);
      // Back to the first line, and the rest of the screen is cleared.
      output.write(`${shown > 0 ? `\u001B[${shown}A` : ""}\u001B[J${lines.join("\n")}\n`);
      shown = lines.length;
      await timer(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  } finally {
    release();
  }
}

interface Taking {
  readonly journal: Journal;
  readonly selection: { number: number };
  readonly nowMs: () => number;
}

/** @returns gives the terminal back */
function takeKeys(
  { installation, input, ending }: LiveParts,
  { journal, selection, nowMs }: Taking,
): () => void {
  const { replicas } = installation;
  const onData = (text: string): void => {
    for (const character of text) {
      const key = keyOf(character, replicas.length);
      if (key.kind === "quit") ending.abort();
      if (key.kind === "select") selection.number = key.number;
      const replica = replicas[selection.number - 1];
      if (key.kind === "act" && replica !== undefined && key.action.act(replica))
        journal.disturb(replica.number, key.action.did, nowMs());
    }
  };
  input.setRawMode(true).setEncoding("utf8").on("data", onData).resume();
  return () => void input.off("data", onData).setRawMode(false).pause();
}
