import type { AccountId } from "../../../model/aws/ids.ts";
import type { ReplicaIdentity } from "../../../model/network/replica.ts";
import type { Database } from "../database.ts";

const HOLDER = `SELECT r.id, r.host, r.pid, r.address FROM assignment AS a JOIN replica AS r ON r.id = a.replica
  WHERE a.account_id = $1`;

export type AccountHolder = Pick<ReplicaIdentity, "id" | "host" | "pid" | "address">;

/** The replica to which the account is assigned now; null: to none. @throws StoreError */
export async function holderOf(database: Database, accountId: AccountId): Promise<AccountHolder | null> {
  const [row] = await database.read<AccountHolder>("read who makes the passes", HOLDER, [accountId]);
  return row ?? null;
}
