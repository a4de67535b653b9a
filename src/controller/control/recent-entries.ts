import type { AuditEntry } from "../../audit/entry.ts";
import { DEPARTURE_SHOWN_MS } from "../../model/aws/found-account.ts";
import type { AuditLog, Departure, Revert } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";

const DAY_MS = 86_400_000;
/** The maximum number of entries kept. The audit has all of them. */
const KEPT = 1_000;

export interface EntryPorts {
  readonly audit: Pick<AuditLog, "entries" | "newestSeq">;
  readonly clock: Pick<Clock, "nowMs">;
}

interface WantedEntries<Kept extends AuditEntry> {
  readonly kind: Kept["kind"];
  readonly withinMs: number;
  readonly isKept: (entry: AuditEntry) => entry is Kept;
  /** Of the entries of that time, newest first: those that are kept. Missing: the newest ones. */
  readonly shortened?: (newest: readonly Kept[]) => readonly Kept[];
}

/**
 * The entries of one kind of the last hours. Each entry is read once: a push to thousands of functions ends as many
 * differences, and an overview that reads only the newest entries would miss a revert of the previous night.
 */
export class RecentEntries<Kept extends AuditEntry> {
  readonly #ports: EntryPorts;
  readonly #wanted: WantedEntries<Kept>;
  #bySeq: ReadonlyMap<number, Kept> = new Map();
  #readTo: number | null = null;

  constructor(ports: EntryPorts, wanted: WantedEntries<Kept>) {
    this.#ports = ports;
    this.#wanted = wanted;
  }

  /** Newest first. */
  async read(): Promise<readonly Kept[]> {
    const { withinMs, shortened = (newest) => newest.slice(0, KEPT) } = this.#wanted;
    const sinceMs = this.#ports.clock.nowMs() - withinMs;
    const newestSeq = await this.#ports.audit.newestSeq();
    // Two concurrent reads find the same entries: each is kept once.
    const found = new Map(this.#bySeq);
    for await (const entry of this.#later(newestSeq, sinceMs)) found.set(entry.seq, entry);
    const recent = [...found.values()].filter(({ at }) => Date.parse(at) >= sinceMs);
    const newest = shortened(recent.sort((a, b) => b.seq - a.seq));
    if (newestSeq >= (this.#readTo ?? 0)) {
      this.#bySeq = new Map(newest.map((entry) => [entry.seq, entry]));
      this.#readTo = newestSeq;
    }
    return newest;
  }

  /** Those that were not read yet. Most reads of an overview find no new entry of any kind. */
  async *#later(toSeq: number, sinceMs: number): AsyncGenerator<Kept> {
    if (toSeq === this.#readTo) return;
    const { kind, isKept } = this.#wanted;
    const from = this.#readTo === null ? { sinceMs } : { fromSeq: this.#readTo + 1 };
    for await (const entry of this.#ports.audit.entries({ kind, toSeq, ...from }))
      if (isKept(entry)) yield entry;
  }
}

/** The reverts of the last 24 hours. */
export function recentReverts(ports: EntryPorts): RecentEntries<Revert> {
  const isKept = (entry: AuditEntry): entry is Revert =>
    entry.kind === "drift-ended" && entry.how === "reverted";
  return new RecentEntries(ports, { kind: "drift-ended", withinMs: DAY_MS, isKept });
}

/** The accounts that left an AccountSet in the last seven days. */
export function recentDepartures(ports: EntryPorts): RecentEntries<Departure> {
  const isKept = (entry: AuditEntry): entry is Departure => entry.kind === "account-left";
  return new RecentEntries(ports, { kind: "account-left", withinMs: DEPARTURE_SHOWN_MS, isKept });
}
