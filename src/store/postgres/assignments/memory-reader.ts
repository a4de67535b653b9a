import type { DeclaredOf, PassMemoryReader } from "../../../controller/ports/assigned/pass-memories.ts";
import type { KeyView } from "../../../model/answers/key-view.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { PassMemory } from "../../../model/passes/pass-memory.ts";
import { MemoryTexts, parsedMemory, parsedText, type ViewRow } from "../../rows/memory-rows.ts";
import type { Database } from "../database.ts";

/** $1, $2: the accounts with the versions that were read before; their text is read again only if it changed. $3: this program. */
const ROWS = `SELECT a.account_id, m.version, CASE WHEN m.version IS DISTINCT FROM known.version THEN m.text END AS text
  FROM assignment AS a
  LEFT JOIN pass_memories AS m ON m.account_id = a.account_id AND m.epoch = a.epoch AND m.program = $3
  LEFT JOIN unnest($1::TEXT[], $2::BIGINT[]) AS known (account_id, version) ON known.account_id = a.account_id
  WHERE a.replica IS NOT NULL ORDER BY a.account_id`;
const TEXTS = "SELECT digest, text FROM pass_texts WHERE account_id = $1 AND digest = ANY ($2)";
const DOING = "read the memory of passes";

interface MemoryRowRead {
  readonly account_id: AccountId;
  /** null: no pass of the assignment has ended. */
  readonly version: number | null;
  /** null: there is none, or it was read before. */
  readonly text: string | null;
}

interface ReadMemory {
  readonly version: number;
  readonly memory: PassMemory;
  readonly rows: ReadonlyMap<Key, ViewRow>;
}

type ValueOf = (digest: string) => ReturnType<typeof parsedText> | undefined;

/** Reads the memory of passes that other replicas made. */
export class PostgresMemoryReader implements PassMemoryReader {
  readonly #database: Database;
  readonly #program: string;
  readonly #texts = new MemoryTexts();
  #read: ReadonlyMap<AccountId, ReadMemory> = new Map();

  constructor(database: Database, program: string) {
    this.#database = database;
    this.#program = program;
  }

  async read(declared: DeclaredOf): Promise<ReadonlyMap<AccountId, PassMemory | null>> {
    const before = [...this.#read];
    const rows = await this.#database.read<MemoryRowRead>(DOING, ROWS, [
      before.map(([accountId]) => accountId),
      before.map(([, { version }]) => String(version)),
      this.#program,
    ]);
    const read = new Map<AccountId, ReadMemory>();
    for (const row of rows) {
      const memory = await this.#memoryOf(row, declared);
      if (memory !== undefined) read.set(row.account_id, memory);
    }
    this.#read = read;
    return new Map(rows.map(({ account_id: id }) => [id, read.get(id)?.memory ?? null]));
  }

  /** undefined: there is none. */
  async #memoryOf(
    { account_id: accountId, version, text }: MemoryRowRead,
    declared: DeclaredOf,
  ): Promise<ReadMemory | undefined> {
    const before = this.#read.get(accountId);
    if (version === null) return undefined;
    if (text === null) return before;
    const { rest, views: rows } = parsedMemory(text);
    const values = await this.#valuesOf(accountId, this.#unknownOf(rows, before, declared));
    const views = rows.map((row) =>
      this.#viewOf(row, { before, declared, valueOf: (digest) => values.get(digest) }),
    );
    const found = views.filter((view) => view !== null);
    // A newer row has replaced the texts meanwhile: the next read has it.
    if (found.length < views.length) return before;
    const memory = { accountId, ...rest, views: new Map(found.map((view) => [view.key, view])) };
    return { version, memory, rows: new Map(rows.map((row) => [row.key, row])) };
  }

  /** The digests of the texts that neither the memory before nor the revision in force has. */
  #unknownOf(
    rows: readonly ViewRow[],
    before: ReadMemory | undefined,
    declared: DeclaredOf,
  ): readonly string[] {
    return rows.flatMap((row) => {
      const known = before?.rows.get(row.key);
      const views = known?.view === row.view ? [] : [row.view];
      const isKnown = row.desired === null || known?.desired === row.desired;
      return isKnown || this.#isDeclared(row, declared) ? views : [...views, row.desired];
    });
  }

  #isDeclared({ key, desired }: ViewRow, declared: DeclaredOf): boolean {
    const state = declared(key);
    return state !== undefined && this.#texts.ofDeclared(state).digest === desired;
  }

  async #valuesOf(
    accountId: AccountId,
    digests: readonly string[],
  ): Promise<ReadonlyMap<string, ReturnType<typeof parsedText>>> {
    if (digests.length === 0) return new Map();
    const rows = await this.#database.read<{ readonly digest: string; readonly text: string }>(DOING, TEXTS, [
      accountId,
      digests,
    ]);
    return new Map(rows.map(({ digest, text }) => [digest, parsedText(text)]));
  }

  /** null: a text of it is missing. */
  #viewOf(
    row: ViewRow,
    {
      before,
      declared,
      valueOf,
    }: {
      readonly before: ReadMemory | undefined;
      readonly declared: DeclaredOf;
      readonly valueOf: ValueOf;
    },
  ): KeyView | null {
    const known = before?.rows.get(row.key);
    const view = before?.memory.views.get(row.key);
    if (view !== undefined && known !== undefined && isEqual(known, row)) return view;
    const stored = known?.view === row.view ? view : valueOf(row.view);
    const desired = this.#desiredOf(row, {
      known: known?.desired === row.desired ? view : undefined,
      declared,
      valueOf,
    });
    return stored === undefined || desired === undefined ? null : { ...stored, desired, readAt: row.readAt };
  }

  #desiredOf(
    row: ViewRow,
    {
      known,
      declared,
      valueOf,
    }: { readonly known: KeyView | undefined; readonly declared: DeclaredOf; readonly valueOf: ValueOf },
  ): KeyView["desired"] | undefined {
    if (row.desired === null) return null;
    if (this.#isDeclared(row, declared)) return declared(row.key);
    return known === undefined ? valueOf(row.desired) : known.desired;
  }
}

function isEqual(a: ViewRow, b: ViewRow): boolean {
  return a.view === b.view && a.desired === b.desired && a.readAt === b.readAt;
}
