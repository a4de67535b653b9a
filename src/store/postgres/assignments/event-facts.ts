import type { EventFactReader, EventFactWriter } from "../../../controller/ports/assigned/event-facts.ts";
import type { ChangeQueueView } from "../../../model/answers/queue-health.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { AccountEventFacts, SearchedEvents } from "../../../model/passes/event-facts.ts";
import type { Database } from "../database.ts";

const WRITE_QUEUES = `INSERT INTO queue_facts (id, text, at) VALUES (1, $1, clock_timestamp())
  ON CONFLICT (id) DO UPDATE SET text = excluded.text, at = excluded.at RETURNING id`;
const WRITE_ACCOUNTS = `INSERT INTO account_facts (account_id, text)
  SELECT given.account_id, given.text FROM unnest($1::TEXT[], $2::TEXT[]) AS given (account_id, text)
  ON CONFLICT (account_id) DO UPDATE SET text = excluded.text, version = DEFAULT RETURNING account_id`;
const ALL_ACCOUNTS = "SELECT account_id, text FROM account_facts";
const QUEUES = `SELECT text, (extract(epoch FROM clock_timestamp() - at) * 1000)::BIGINT AS age_ms FROM queue_facts`;
/** $1, $2: the accounts with the versions that were read before; 0: none. */
const ACCOUNTS = `SELECT f.account_id, f.version, f.text FROM account_facts AS f
  JOIN unnest($1::TEXT[], $2::BIGINT[]) AS known (account_id, version)
  ON known.account_id = f.account_id AND known.version <> f.version`;

interface FactRow {
  readonly account_id: AccountId;
  readonly version: number;
  readonly text: string;
}

/** As JSON has it. */
interface StoredFacts extends Omit<AccountEventFacts, "searched"> {
  readonly searched:
    | (Omit<SearchedEvents, "searches"> & {
        readonly searches: readonly (readonly [string, SearchOf])[];
      })
    | null;
}

type SearchOf = SearchedEvents["searches"] extends ReadonlyMap<string, infer Search> ? Search : never;

/** A replica that lost the lease is refused. */
export function eventFactWriter(database: Database): EventFactWriter {
  const doing = "state what change events have shown";
  return {
    writeQueues: async (queues) => {
      await database.write(doing, WRITE_QUEUES, [JSON.stringify(queues)]);
    },
    writeAccounts: async (facts) => {
      if (facts.size === 0) return;
      await database.write(doing, WRITE_ACCOUNTS, [[...facts.keys()], [...facts.values()].map(factText)]);
    },
    statedDenials: async () => {
      const read = "read the denied calls that were stated last";
      const rows = await database.read<Pick<FactRow, "account_id" | "text">>(read, ALL_ACCOUNTS);
      return new Map(rows.map(({ account_id: id, text }) => [id, factsIn(text).denials]));
    },
  };
}

export class PostgresEventFacts implements EventFactReader {
  readonly #database: Database;
  readonly #versions = new Map<AccountId, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  async queues(): ReturnType<EventFactReader["queues"]> {
    const [row] = await this.#database.read<{ readonly text: string; readonly age_ms: number }>(
      "read the state of the queues",
      QUEUES,
    );
    if (row === undefined) return null;
    return { queues: JSON.parse(row.text) as readonly ChangeQueueView[], ageMs: row.age_ms };
  }

  async accounts(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, AccountEventFacts>> {
    const versions = accounts.map((id) => String(this.#versions.get(id) ?? 0));
    const rows = await this.#database.read<FactRow>("read what change events have shown", ACCOUNTS, [
      accounts,
      versions,
    ]);
    for (const { account_id: id, version } of rows) this.#versions.set(id, version);
    return new Map(rows.map(({ account_id: id, text }) => [id, factsIn(text)]));
  }
}

function factText({ denials, searched }: AccountEventFacts): string {
  const stored: StoredFacts = {
    denials,
    searched: searched === null ? null : { ...searched, searches: [...searched.searches] },
  };
  return JSON.stringify(stored);
}

function factsIn(text: string): AccountEventFacts {
  const { denials, searched } = JSON.parse(text) as StoredFacts;
  return {
    denials,
    searched: searched === null ? null : { ...searched, searches: new Map(searched.searches) },
  };
}
