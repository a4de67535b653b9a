import type { createColors } from "picocolors";
import { counted } from "../../src/text/phrases.ts";
import type { DemoEvent } from "./journal.ts";
import { KEY_LINES } from "./keys.ts";
import type { ReplicaSnapshot, Snapshot } from "./snapshot.ts";

type Paint = ReturnType<typeof createColors>;

const SHOWN_EVENTS = 9;
const COLUMNS = { mark: 5, url: 24, process: 19, table: 23 } as const;

export interface Screen {
  readonly snapshot: Snapshot;
  readonly selected: number;
  readonly events: readonly DemoEvent[];
}

/** At most 80 columns. */
export function screenLines({ snapshot, selected, events }: Screen, paint: Paint): readonly string[] {
  const { replicas, readAtMs } = snapshot;
  const read =
    readAtMs === null
      ? "was not read: no replica has started yet, or the database does not answer."
      : `is as of ${new Date(readAtMs).toISOString().slice(11, 19)}Z, read from the database.`;
  return [
    paint.bold(`Grantkeeper demo: ${counted(replicas.length, "replica")} on one PostgreSQL, simulated AWS`),
    "",
    paint.dim(row(["", "ADDRESS", "PROCESS", "LEASE", "/READYZ"])),
    ...replicas.map((replica) => replicaLine(replica, selected, paint)),
    paint.dim(`     LEASE ${read}`),
    "",
    ...events.slice(-SHOWN_EVENTS).map(eventLine),
    "",
    "The active replica does all the work: accounts are not divided yet.",
    ...KEY_LINES,
  ];
}

function replicaLine(replica: ReplicaSnapshot, selected: number, paint: Paint): string {
  const { number, url, readyz } = replica;
  const mark = `${number === selected ? ">" : " "} ${number}`;
  const line = row([mark, url, processText(replica), leaseText(replica), String(readyz ?? "no answer")]);
  return replica.row?.state === "active" ? paint.green(line) : line;
}

function row([mark = "", url = "", process = "", table = "", readyz = ""]: readonly string[]): string {
  const { mark: first, url: second, process: third, table: fourth } = COLUMNS;
  return mark.padEnd(first) + url.padEnd(second) + process.padEnd(third) + table.padEnd(fourth) + readyz;
}

function processText({ process, exitCode }: ReplicaSnapshot): string {
  return process === "ended" && exitCode !== null ? `ended, code ${exitCode}` : process;
}

/** As the table has it: a process that was killed is active there until its lease ends. */
function leaseText({ row: record }: ReplicaSnapshot): string {
  if (record === null) return "-";
  const { state, leaseEndsMs, seenMs, readAtMs } = record;
  if (state === "active" && leaseEndsMs !== null)
    return `active, ${Math.ceil((leaseEndsMs - readAtMs) / 1_000)}s left`;
  return state === "lost" ? `lost, seen ${Math.floor((readAtMs - seenMs) / 1_000)}s ago` : state;
}

export function eventLine({ atMs, text }: DemoEvent): string {
  return `${(atMs / 1_000).toFixed(1).padStart(7)} s  ${text}`;
}
