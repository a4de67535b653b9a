import type { Assigner, Holder } from "../../../controller/ports/assigned/assigner.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { Follows } from "../../../model/network/replica.ts";
import type { Database } from "../database.ts";
import { assignAccounts } from "./assign.ts";

const HOLDERS = `SELECT r.id, r.version, r.follows, (SELECT digest FROM in_force) AS in_force,
  ARRAY(SELECT a.account_id FROM assignment AS a WHERE a.replica = r.id ORDER BY a.account_id) AS accounts
  FROM replica AS r WHERE r.expires > clock_timestamp() ORDER BY r.id`;
/** No row is locked that has the number already. */
const LIMIT = `UPDATE replica SET share = $1
  WHERE expires > clock_timestamp() AND share IS DISTINCT FROM $1 RETURNING id`;

interface HolderRow {
  readonly id: string;
  readonly version: string;
  /** JSON of `Follows`; null: it states nothing. */
  readonly follows: string | null;
  readonly in_force: string | null;
  readonly accounts: readonly AccountId[];
}

/** @param program the version of this program: another one could not read what the passes of the standby have found */
export function accountAssigner(database: Database, program: string): Assigner {
  return {
    holders: async () => {
      const rows = await database.read<HolderRow>("read the replicas with accounts", HOLDERS);
      return rows.map((row) => holderOf(row, program));
    },
    limit: async (share) => {
      await database.write("limit the accounts of a replica", LIMIT, [share]);
    },
    assign: (replica, accounts) => assignAccounts(database, replica, accounts),
  };
}

function holderOf({ id, version, follows, in_force: inForce, accounts }: HolderRow, program: string): Holder {
  const stated = follows === null ? null : (JSON.parse(follows) as Follows);
  const isCurrent = stated !== null && stated.reason === null && stated.digest === inForce;
  return { id, canTake: isCurrent && inForce !== null && version === program, accounts };
}
