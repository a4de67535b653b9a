import type { Clock } from "../../controller/ports/clock.ts";
import type { Database } from "./database.ts";

/** The time of the record. All processes share the clock of the database; a test has its own. */
export class RecordTime {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "nowMs"> | null;

  /** @param clock null: that of the database */
  constructor(database: Database, clock: Pick<Clock, "nowMs"> | null) {
    this.#database = database;
    this.#clock = clock;
  }

  async nowMs(): Promise<number> {
    const fixedMs = this.fixedMs();
    if (fixedMs !== null) return fixedMs;
    const [row] = await this.#database.read<{ readonly now: number }>(
      "read the time",
      "SELECT now_ms() AS now",
    );
    if (row === undefined) throw new Error("the database returned no time");
    return row.now;
  }

  /** null: the database decides. */
  fixedMs(): number | null {
    return this.#clock?.nowMs() ?? null;
  }
}
