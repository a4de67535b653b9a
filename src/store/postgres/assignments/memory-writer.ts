import type { PassMemoryWriter } from "../../../controller/ports/assigned/pass-memories.ts";
import type { PassMemory, PassMemoryRow } from "../../../model/passes/pass-memory.ts";
import { MemoryTexts, memoryRow } from "../../rows/memory-rows.ts";
import type { Database } from "../database.ts";

/** A view has about 7 KB: a statement with 100 of them is short. */
const TEXTS_AT_A_TIME = 100;
const MISSING = `SELECT digest FROM unnest($2::TEXT[]) AS digest
  WHERE NOT EXISTS (SELECT 1 FROM pass_texts AS t WHERE t.account_id = $1 AND t.digest = digest.digest)`;
const PUT = `INSERT INTO pass_texts (account_id, digest, text)
  SELECT $1, given.digest, given.text FROM unnest($2::TEXT[], $3::TEXT[]) AS given (digest, text)
  ON CONFLICT DO NOTHING RETURNING digest`;

/** Writes the memory of passes. The database has the texts of the row before: most of them do not change from pass to pass. */
export class PostgresMemoryWriter implements PassMemoryWriter {
  readonly #database: Database;
  readonly #program: string;
  readonly #texts = new MemoryTexts();

  constructor(database: Database, program: string) {
    this.#database = database;
    this.#program = program;
  }

  async prepare(memory: PassMemory): Promise<PassMemoryRow> {
    const { accountId } = memory;
    const { row, texts } = memoryRow(memory, this.#texts);
    const doing = "write the memory of a pass";
    const found = await this.#database.read<{ readonly digest: string }>(doing, MISSING, [
      accountId,
      row.digests,
    ]);
    const missing = new Set(found.map(({ digest }) => digest));
    const toWrite = texts.filter(({ digest }) => missing.has(digest));
    for (let at = 0; at < toWrite.length; at += TEXTS_AT_A_TIME) {
      const part = toWrite.slice(at, at + TEXTS_AT_A_TIME);
      const values = [accountId, part.map(({ digest }) => digest), part.map(({ text }) => text)];
      await this.#database.write(doing, PUT, values);
    }
    return { ...row, program: this.#program };
  }
}
