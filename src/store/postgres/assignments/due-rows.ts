import type { DueReader, DueRow, DueWriter } from "../../../controller/ports/assigned/due-rows.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { Database } from "../database.ts";

const WRITE = "INSERT INTO due (account_id, key) SELECT $1, unnest($2::TEXT[]) RETURNING id";
const OPEN = "SELECT id FROM due";
/** A row that was written after the account was assigned again is never seen without that assignment. */
const REMOVE_RETURNED = `DELETE FROM due WHERE NOT EXISTS (
    SELECT 1 FROM assignment AS a WHERE a.account_id = due.account_id AND a.replica IS NOT NULL
  ) RETURNING id`;
const READ = "SELECT id, account_id, key FROM due WHERE account_id = ANY ($1) ORDER BY id";
const REMOVE = "DELETE FROM due WHERE id = ANY ($1::BIGINT[]) RETURNING id";

interface IdRow {
  readonly id: number;
}

interface StoredDueRow extends IdRow {
  readonly account_id: AccountId;
  readonly key: Key | null;
}

export function dueWriter(database: Database): DueWriter {
  return {
    write: async (accountId, keys) => {
      const values = [accountId, keys === "all" ? [null] : keys];
      const rows = await database.transaction("write what is due", (query) => query<IdRow>(WRITE, values));
      return rows.map(({ id }) => id);
    },
    open: async () => new Set((await database.read<IdRow>("read what is due", OPEN)).map(({ id }) => id)),
    removeReturned: async () => {
      await database.write("remove what was due in returned accounts", REMOVE_RETURNED, []);
    },
  };
}

export function dueReader(database: Database): DueReader {
  return {
    read: async (accounts) => {
      const rows = await database.read<StoredDueRow>("read what is due", READ, [accounts]);
      return rows.map(({ id, account_id: accountId, key }): DueRow => ({ id, accountId, key }));
    },
    remove: async (ids) => {
      await database.write("remove what was due", REMOVE, [ids.map(String)]);
    },
  };
}
