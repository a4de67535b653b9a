import { counted } from "../../src/text/phrases.ts";
import { AT_MOST_MS, until } from "../wait.ts";
import type { ReplicaInstallation } from "./installation.ts";
import { type DemoEvent, Journal } from "./journal.ts";
import type { ReplicaProcess } from "./replica-process.ts";
import { eventLine } from "./screen.ts";
import { readyReplica, type ReplicaTable, type Snapshot } from "./snapshot.ts";

export interface OnceReport {
  readonly events: readonly DemoEvent[];
  /** From SIGTERM to the active replica until another one was ready. */
  readonly handOverMs: number;
}

/** Ends the active replica in order, waits until a standby is active, and starts the first one again, as a standby. @throws Error if a step did not happen in time */
export async function playReplicasOnce(
  { replicas }: ReplicaInstallation,
  table: ReplicaTable,
  signal: AbortSignal,
): Promise<OnceReport> {
  const beganMs = performance.now();
  const nowMs = (): number => performance.now() - beganMs;
  const journal = new Journal();
  const seen = async <T>(what: string, probe: (snapshot: Snapshot) => T | undefined): Promise<T> => {
    const look = async (): Promise<T | undefined> => {
      const snapshot = await table.snapshot(replicas);
      journal.observe(snapshot, nowMs());
      return probe(snapshot);
    };
    return until(what, look, { withinMs: AT_MOST_MS, signal });
  };
  const first = await seen("one replica is active, and the others are standbys", (snapshot) =>
    standbys(snapshot) === replicas.length - 1 ? (readyReplica(snapshot) ?? undefined) : undefined,
  );
  const others = replicas.filter(({ number }) => number !== first).map(({ number }) => number);
  journal.note(`standbys: ${others.length === 0 ? "none" : `replica ${others.join(", replica ")}`}`, nowMs());
  const leaving = numbered(replicas, first);
  leaving.stop();
  const askedMs = nowMs();
  journal.disturb(first, "asked to end (SIGTERM)", askedMs);
  await seen("another replica is active", (snapshot) => {
    const ready = readyReplica(snapshot);
    return ready === null || ready === first ? undefined : ready;
  });
  const handOverMs = Math.round(nowMs() - askedMs);
  await seen("the first replica has ended", () => (leaving.state === "ended" ? true : undefined));
  leaving.start();
  journal.disturb(first, "started again", nowMs());
  await seen("the first replica is a standby", (snapshot) =>
    standbys(snapshot) === replicas.length - 1 ? true : undefined,
  );
  return { events: journal.events, handOverMs };
}

/** For a terminal or a log: from when the times are, what happened, and the result. */
export function onceLines({ events, handOverMs }: OnceReport, replicas: number): readonly string[] {
  return [
    `${counted(replicas, "replica")} on one PostgreSQL, simulated AWS; times since all were started`,
    "",
    ...events.map(eventLine),
    "",
    `Handed over: another replica was ready ${(handOverMs / 1_000).toFixed(1)} s after SIGTERM to the active one.`,
  ];
}

function standbys({ replicas }: Snapshot): number {
  return replicas.filter(({ row, readyz }) => row?.state === "standby" && readyz === 503).length;
}

function numbered(replicas: readonly ReplicaProcess[], number: number): ReplicaProcess {
  const found = replicas.find((replica) => replica.number === number);
  if (found === undefined) throw new Error(`there is no replica ${number}`);
  return found;
}
