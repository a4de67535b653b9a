import pg from "pg";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import { StoreError } from "../errors.ts";
import { endsLease, isBroken, postgresStoreError } from "./failure.ts";
import { connectionOptions, serverName, type DatabaseServer } from "./server.ts";

type Value = string | number | null | Buffer | readonly (string | null | Buffer)[];

/** A statement that each connection of the server parses and plans once: for the frequent ones. */
export interface PreparedStatement {
  /** Unique in this program. */
  readonly name: string;
  readonly text: string;
}

/** Runs one statement, or several without values. */
export type Query = <Row>(sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;

/** What each write of a process needs. */
export type Writer =
  | { readonly kind: "any" }
  /** It has the lease of the controller. */
  | { readonly kind: "active"; readonly epoch: number }
  /** It has the accounts that are assigned to it. */
  | {
      readonly kind: "assigned";
      readonly replica: string;
      /** The assignment under which the passes of the account run; 0: there is none. */
      readonly epochOf: (accountId: AccountId) => number;
    };

export interface DatabaseOptions {
  readonly server: DatabaseServer;
  readonly telemetry: Telemetry;
}

/** The connections that renew the lease, and those that append: reads of the API must delay neither. */
const LEASING = 1;
const APPENDING = 2;
const OTHERS = 8;

/**
 * A statement never takes longer, and no client that stopped keeps others from the head for longer. The answer may be late
 * by a round trip; after that, the connection counts as broken.
 */
const TIMEOUTS = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 8_000,
  statement_timeout: 5_000,
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 1_000,
};

const BIGINT = 20;

/** A connected PostgreSQL database. */
export class Database {
  /** Of the server and the database, without a user or a password. */
  readonly name: string;
  readonly #leasing: pg.Pool;
  readonly #appending: pg.Pool;
  readonly #others: pg.Pool;
  readonly #telemetry: Telemetry;
  #writer: Writer = { kind: "any" };
  #ended: (refusal: StoreError) => void = () => undefined;

  constructor({ server, telemetry }: DatabaseOptions) {
    this.name = serverName(server);
    this.#telemetry = telemetry;
    this.#leasing = this.#pool(server, LEASING);
    this.#appending = this.#pool(server, APPENDING);
    this.#others = this.#pool(server, OTHERS);
  }

  /** What each write needs from now on. */
  get writer(): Writer {
    return this.#writer;
  }

  /**
   * From now on a write is refused, in its transaction, if another process may write instead.
   * @param ended called before the caller of that write has its answer
   */
  writeOnlyAs(writer: Writer, ended: (refusal: StoreError) => void): void {
    this.#writer = writer;
    this.#ended = ended;
  }

  /** @throws StoreError */
  async read<Row>(doing: string, sql: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    return this.#storing(doing, () => rowsOf<Row>(this.#others, sql, values));
  }

  /** A statement about the lease itself, on a connection that nothing else uses. @throws StoreError */
  async lease<Row>(doing: string, sql: string, values: readonly Value[]): Promise<readonly Row[]> {
    return this.#storing(doing, () => rowsOf<Row>(this.#leasing, sql, values));
  }

  /** A statement that returns the rows that it changed, and may be repeated. @throws StoreError @returns their number */
  async write(doing: string, sql: string, values: readonly Value[] = []): Promise<number> {
    return this.transaction(doing, async (query) => (await query(sql, values)).length);
  }

  /** A statement that must not be repeated. @throws StoreError `unsure` if the connection broke */
  async append<Row>(
    doing: string,
    statement: string | PreparedStatement,
    values: readonly Value[],
  ): Promise<readonly Row[]> {
    const client = await this.#storing(doing, () => this.#appending.connect());
    let failure: unknown;
    try {
      return await rowsOf<Row>(client, statement, values);
    } catch (cause) {
      failure = cause;
      if (!isBroken(cause)) throw this.#failure(doing, cause);
      throw new StoreError("unsure", `cannot ${doing}: the connection to the database broke`, cause);
    } finally {
      client.release(isBroken(failure));
    }
  }

  /** Runs `work` in one transaction. @throws StoreError */
  async transaction<T>(doing: string, work: (query: Query) => Promise<T>): Promise<T> {
    return this.#storing(doing, async () => {
      const client = await this.#others.connect();
      let failure: unknown;
      try {
        await client.query("BEGIN");
        await this.#checkMayWrite(client);
        const result = await work((sql, values = []) => rowsOf(client, sql, values));
        await client.query("COMMIT");
        return result;
      } catch (cause) {
        failure = cause;
        if (!isBroken(cause)) await client.query("ROLLBACK").catch(() => undefined);
        throw cause;
      } finally {
        client.release(isBroken(failure));
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#leasing, this.#appending, this.#others].map((pool) => pool.end()));
  }

  #pool(server: DatabaseServer, max: number): pg.Pool {
    const types = new pg.TypeOverrides();
    // Numbers of rows and times are far below the limit of a number.
    types.setTypeParser(BIGINT, Number);
    const pool = new pg.Pool({
      ...connectionOptions(server),
      max,
      types,
      allowExitOnIdle: true,
      ...TIMEOUTS,
    });
    // Without a listener, an idle connection that breaks would end the process.
    pool.on("error", (cause) => this.#broke(cause));
    pool.on("connect", (client) => client.on("error", (cause) => this.#broke(cause)));
    return pool;
  }

  async #storing<T>(doing: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      throw this.#failure(doing, cause);
    }
  }

  #failure(doing: string, cause: unknown): unknown {
    const failure = postgresStoreError(doing, cause);
    if (endsLease(failure)) this.#ended(failure);
    return failure;
  }

  async #checkMayWrite(client: pg.PoolClient): Promise<void> {
    const writer = this.#writer;
    if (writer.kind === "active") await client.query("SELECT check_lease($1, 0)", [writer.epoch]);
    if (writer.kind === "assigned")
      await client.query("SELECT check_assignments('{}', $1, '{}', 0)", [writer.replica]);
  }

  #broke(cause: Error): void {
    this.#telemetry.warn("a connection to the database broke", {
      database: this.name,
      reason: cause.message,
    });
  }
}

async function rowsOf<Row>(
  client: Pick<pg.Pool, "query">,
  statement: string | PreparedStatement,
  values: readonly Value[],
): Promise<readonly Row[]> {
  const query = typeof statement === "string" ? { text: statement } : statement;
  // Without values the simple protocol is used, which takes several statements.
  const { rows } = await client.query(
    values.length === 0 ? query.text : { ...query, values: parameters(values) },
  );
  return rows as Row[];
}

/** PostgreSQL has no NUL in texts: a name or a text of a receiver that contains one is stored with another character. */
function parameters(values: readonly Value[]): unknown[] {
  const withoutNul = (value: Value): unknown => {
    if (typeof value === "string") return value.replaceAll("\0", "\ufffd");
    return Array.isArray(value) ? value.map(withoutNul) : value;
  };
  return values.map(withoutNul);
}
