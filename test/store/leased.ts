import type { Clock } from "../../src/controller/ports/clock.ts";
import type { ReplicaIdentity } from "../../src/model/network/replica.ts";
import {
  openReplica,
  type LeasedRecord,
  type OpenReplica,
  type PostgresOptions,
} from "../../src/store/postgres/open.ts";

interface Holder {
  readonly replica: ReplicaIdentity;
  readonly clock: Clock;
  readonly steadyMs: () => number;
}

/** A replica of a host, which no other one reaches. */
export function replicaOn(host: string, pid: number): ReplicaIdentity {
  const id = `${host}-${pid}-4f1c`;
  return { id, host, pid, version: "0.2.0", catalogueDigest: "c1", address: null };
}

/** The record, as soon as this replica has the lease. */
export async function openLeased(
  options: PostgresOptions,
  holder: Holder,
  signal: AbortSignal,
): Promise<LeasedRecord> {
  const replica: OpenReplica = await openReplica(options, holder);
  try {
    return (await replica.claim()) ?? (await replica.wait(signal));
  } catch (cause) {
    await replica.leave();
    throw cause;
  }
}
