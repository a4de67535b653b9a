import { parseCheckpoint } from "../../../audit/checkpoint.ts";
import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import { StoreError } from "../../errors.ts";
import type { OutsideCopy } from "../../outside-copy.ts";
import { fromRow } from "../../rows/audit-rows.ts";
import type { Database } from "../database.ts";
import { PostgresEntryReader } from "./entry-reader.ts";

/** The copies of checkpoints outside. A failed copy is repeated at the next checkpoint, in this run or a later one. */
export class CheckpointCopies {
  readonly #database: Database;
  readonly #reader: PostgresEntryReader;
  readonly #outside: readonly OutsideCopy[];
  readonly #telemetry: Telemetry;
  #copying: Promise<void> = Promise.resolve();

  constructor(database: Database, outside: readonly OutsideCopy[], telemetry: Telemetry) {
    this.#database = database;
    this.#reader = new PostgresEntryReader(database);
    this.#outside = outside;
    this.#telemetry = telemetry;
  }

  get names(): readonly string[] {
    return this.#outside.map(({ name }) => name);
  }

  /** Copies one after the other and never rejects. */
  copy(): Promise<void> {
    this.#copying = this.#copying.then(() => this.#copyToAll());
    return this.#copying;
  }

  async #copyToAll(): Promise<void> {
    for (const copy of this.#outside) await this.#copyTo(copy);
  }

  async #copyTo(copy: OutsideCopy): Promise<void> {
    let missing = 0;
    try {
      const sql = `SELECT entries.* FROM unanchored JOIN entries USING (seq) WHERE copy = $1 ORDER BY seq`;
      const { rows, documents } = await this.#reader.selected(sql, [copy.name]);
      missing = rows.length;
      for (const row of rows) {
        const checkpoint = parseCheckpoint(fromRow(row, documents));
        if (checkpoint === undefined)
          throw new StoreError("damaged", `audit entry ${row.seq} is no checkpoint`);
        await copy.write(checkpoint);
        const done = "DELETE FROM unanchored WHERE copy = $1 AND seq = $2 RETURNING 1";
        await this.#database.write("note a copy", done, [copy.name, row.seq]);
        missing -= 1;
      }
    } catch (cause) {
      this.#telemetry.error("audit checkpoint was not copied outside", {
        copy: copy.name,
        reason: cause instanceof Error ? cause.message : String(cause),
      });
    }
    this.#telemetry.gauge("audit_unanchored_checkpoints", missing, { copy: copy.name });
  }
}
