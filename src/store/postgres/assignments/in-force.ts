import type {
  FollowedRecord,
  InForce,
  InForcePublication,
} from "../../../controller/ports/assigned/in-force.ts";
import type { Follows } from "../../../model/network/replica.ts";
import type { Database } from "../database.ts";
import { RecordTime } from "../record-time.ts";
import { PostgresStore } from "../store.ts";

const PUBLISH = `INSERT INTO in_force (id, digest, record) VALUES (1, $1, $2)
  ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, record = excluded.record RETURNING id`;
const READ = "SELECT record FROM in_force";
const REPORT = "UPDATE replica SET follows = $2 WHERE id = $1 RETURNING id";

/** Publishes for the active replica: one that lost the lease is refused. */
export function inForcePublication(database: Database): InForcePublication {
  return {
    publish: async (inForce) => {
      await database.write("show what is in force", PUBLISH, [inForce.digest, JSON.stringify(inForce)]);
    },
  };
}

/** @param replica its id */
export function followedRecord(database: Database, replica: string): FollowedRecord {
  const store = new PostgresStore({
    database,
    fresh: false,
    takeover: null,
    time: new RecordTime(database, null),
    settlements: { record: () => Promise.reject(new Error("a standby does not write the record")) },
    beforeClose: () => Promise.resolve(),
  });
  return {
    sources: () => store.sources(),
    appliedMarks: () => store.appliedMarks(),
    hasObject: (kind, namespace) => store.hasObject(kind, namespace),
    inForce: async () => {
      const [row] = await database.read<{ readonly record: string }>("read what is in force", READ);
      return row === undefined ? null : (JSON.parse(row.record) as InForce);
    },
    report: async (follows: Follows) => {
      await database.write("report the replica", REPORT, [replica, JSON.stringify(follows)]);
    },
  };
}
