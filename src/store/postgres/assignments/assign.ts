import type { AccountId } from "../../../model/aws/ids.ts";
import { StoreError } from "../../errors.ts";
import type { Database } from "../database.ts";

const ASSIGN = "SELECT account_id, epoch FROM assign_accounts($1, $2, $3)";
const WITHDRAW = "SELECT account_id FROM withdraw_assignments($1)";

/**
 * Assigns accounts to a replica. No pass of this process over them may run.
 * @returns those that it has now; the others are assigned already, or the lease of the replica has ended
 * @throws StoreError `lease-lost` if this process is not the active one
 */
export async function assignAccounts(
  database: Database,
  replica: string,
  accounts: readonly AccountId[],
): Promise<readonly AccountId[]> {
  const values = [epochOf(database), accounts, replica];
  const rows = await database.append<{ readonly account_id: AccountId }>("assign accounts", ASSIGN, values);
  return rows.map(({ account_id: accountId }) => accountId).toSorted();
}

/**
 * Withdraws the accounts of replicas whose lease has ended: this process makes their passes again.
 * @throws StoreError `lease-lost` if this process is not the active one
 */
export async function withdrawAccounts(database: Database): Promise<readonly AccountId[]> {
  const values = [epochOf(database)];
  const rows = await database.append<{ readonly account_id: AccountId }>(
    "withdraw accounts",
    WITHDRAW,
    values,
  );
  return rows.map(({ account_id: accountId }) => accountId).toSorted();
}

function epochOf({ writer, name }: Database): number {
  if (writer.kind === "active") return writer.epoch;
  throw new StoreError("lease-lost", `this process is not the active replica of ${name}`);
}
