import type { createColors } from "picocolors";
import { counted } from "../../src/text/phrases.ts";
import type { DemoEvent } from "./journal.ts";
import { COMMAND } from "../root.ts";
import { KEY_LINES } from "./keys.ts";
import { readyReplica, type ReplicaSnapshot, type Snapshot } from "./snapshot.ts";

type Paint = ReturnType<typeof createColors>;

const SHOWN_EVENTS = 9;
const COLUMNS = { mark: 4, url: 16, process: 16, table: 21, accounts: 14 } as const;

export interface Screen {
  readonly snapshot: Snapshot;
  readonly selected: number;
  readonly events: readonly DemoEvent[];
  /** The operator's files, in the order of the replicas. */
  readonly configs: readonly string[];
}

/** At most 80 columns. */
export function screenLines(
  { snapshot, selected, events, configs }: Screen,
  paint: Paint,
): readonly string[] {
  const { replicas, readAtMs } = snapshot;
  const read =
    readAtMs === null
      ? "were not read: no replica has started, or the database is away."
      : `are as of ${new Date(readAtMs).toISOString().slice(11, 19)}Z, read from the database.`;
  return [
    paint.bold(`Grantkeeper demo: ${counted(replicas.length, "replica")} on one PostgreSQL, simulated AWS`),
    "",
    paint.dim(row(["", "ADDRESS", "PROCESS", "LEASE", "ACCOUNTS", "/READYZ"])),
    ...replicas.map((replica) => replicaLine(replica, selected, paint)),
    paint.dim(`    LEASE and ACCOUNTS ${read}`),
    "",
    ...events.slice(-SHOWN_EVENTS).map(eventLine),
    "",
    "The active replica assigns accounts to the standbys, which make their passes.",
    ...getLines(readyReplica(snapshot), configs),
    ...KEY_LINES,
  ];
}

/** The token in the state directory of a replica is known to that replica alone. */
function getLines(ready: number | null, configs: readonly string[]): readonly string[] {
  const config = ready === null ? undefined : configs[ready - 1];
  return [
    "In another terminal, in this folder:",
    ...(config === undefined
      ? ["  get replicas needs an active replica", ""]
      : [`  ${COMMAND} get replicas -o wide --config \\`, `    ${config}`]),
  ];
}

function replicaLine(replica: ReplicaSnapshot, selected: number, paint: Paint): string {
  const { number, url, readyz } = replica;
  const mark = `${number === selected ? ">" : " "} ${number}`;
  const line = row([
    mark,
    url.replace("http://", ""),
    processText(replica),
    leaseText(replica),
    replica.accounts.join(",") || "-",
    String(readyz ?? "no answer"),
  ]);
  return replica.row?.state === "active" ? paint.green(line) : line;
}

function row(cells: readonly string[]): string {
  const widths = Object.values(COLUMNS);
  return cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("");
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
