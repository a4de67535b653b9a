import type { AccountId } from "../../../model/aws/ids.ts";
import type { PastWrite } from "../../../model/keys/key-record.ts";
import { pastWrite, type FinishedRow } from "../../rows/write-rows.ts";
import type { Database } from "../database.ts";

/** Our finished writes that changed AWS, oldest first. */
export async function writesSince(
  database: Database,
  accountId: AccountId,
  sinceMs: number,
): Promise<readonly PastWrite[]> {
  const sql = `SELECT * FROM writes WHERE account_id = $1 AND finished_ms >= $2
    AND outcome IN ('applied', 'found-applied') ORDER BY finished_ms, intent`;
  const rows = await database.read<FinishedRow>("read the journal", sql, [accountId, sinceMs]);
  return rows.map(pastWrite);
}
