import type { AuditLog } from "../ports/audit-log.ts";
import type { Clock } from "../ports/clock.ts";
import type { Revert } from "../ports/control.ts";

const DAY_MS = 86_400_000;
/** The maximum number of reverts kept for one day. The audit has all of them. */
const KEPT = 1_000;

interface RevertPorts {
  readonly audit: Pick<AuditLog, "entries">;
  readonly clock: Pick<Clock, "nowMs">;
}

/**
 * The reverts of the last 24 hours. Each entry is read once: a push to thousands of functions ends as many differences,
 * and an overview that reads only the newest entries would miss a revert of the previous night.
 */
export class RecentReverts {
  readonly #ports: RevertPorts;
  #bySeq: ReadonlyMap<number, Revert> = new Map();
  #readTo: number | null = null;

  constructor(ports: RevertPorts) {
    this.#ports = ports;
  }

  /** Newest first. */
  async read(): Promise<readonly Revert[]> {
    const sinceMs = this.#ports.clock.nowMs() - DAY_MS;
    const from = this.#readTo === null ? { sinceMs } : { fromSeq: this.#readTo + 1 };
    // Two concurrent reads find the same entries: each is kept once.
    const found = new Map(this.#bySeq);
    let readTo = this.#readTo;
    for await (const entry of this.#ports.audit.entries({ kind: "drift-ended", ...from })) {
      readTo = entry.seq;
      if (entry.kind === "drift-ended" && entry.how === "reverted") found.set(entry.seq, entry);
    }
    const newest = [...found.values()]
      .filter(({ at }) => Date.parse(at) >= sinceMs)
      .sort((a, b) => b.seq - a.seq)
      .slice(0, KEPT);
    if ((readTo ?? 0) >= (this.#readTo ?? 0)) {
      this.#bySeq = new Map(newest.map((revert) => [revert.seq, revert]));
      this.#readTo = readTo;
    }
    return newest;
  }
}
