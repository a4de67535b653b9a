import type { AuditEntry } from "../../audit/entry.ts";
import { UNRECORDED_SHOWN_MS, unrecordedCount } from "../../model/changes/unrecorded-write.ts";
import type { UnrecordedEntry } from "../ports/audit-log.ts";
import { RecentEntries, type EntryPorts } from "./recent-entries.ts";

/** Of older entries with writes, only the number of their writes is kept. */
const KEPT_WITH_WRITES = 1_000;
/** A flood leaves an entry for each ten writes. */
const KEPT = 100_000;
const HOUR_MS = 3_600_000;

/** The writes by roles of Grantkeeper of the last seven days that are not in the record. */
export class RecentUnrecorded {
  readonly #entries: RecentEntries<UnrecordedEntry>;

  constructor(ports: EntryPorts) {
    this.#entries = new RecentEntries(ports, {
      kind: "unrecorded-writes",
      withinMs: UNRECORDED_SHOWN_MS,
      isKept: (entry: AuditEntry): entry is UnrecordedEntry => entry.kind === "unrecorded-writes",
      shortened,
    });
  }

  /** Newest first; those of an account and hour that only count are one. */
  async read(): Promise<readonly UnrecordedEntry[]> {
    return counted(await this.#entries.read());
  }
}

function shortened(newest: readonly UnrecordedEntry[]): readonly UnrecordedEntry[] {
  let withWrites = 0;
  return newest.slice(0, KEPT).map((entry) => {
    if (entry.writes.length > 0) withWrites += 1;
    return withWrites <= KEPT_WITH_WRITES || entry.writes.length === 0 ? entry : withoutWrites(entry);
  });
}

function withoutWrites(entry: UnrecordedEntry): UnrecordedEntry {
  return { ...entry, writes: [], omitted: unrecordedCount([entry]) };
}

function counted(newest: readonly UnrecordedEntry[]): readonly UnrecordedEntry[] {
  const entries = new Map<string, UnrecordedEntry>();
  for (const entry of newest) {
    const hour = Math.floor(Date.parse(entry.at) / HOUR_MS);
    const id = entry.writes.length > 0 ? String(entry.seq) : `${entry.accountId} ${hour}`;
    const newer = entries.get(id);
    entries.set(id, newer === undefined ? entry : { ...newer, omitted: newer.omitted + entry.omitted });
  }
  return [...entries.values()];
}
