import { SILENT } from "../../src/compose/ports.ts";
import type { Clock } from "../../src/controller/ports/clock.ts";
import type { ReplicaIdentity } from "../../src/model/network/replica.ts";
import {
  openReplica,
  type LeasedRecord,
  type OpenReplica,
  type PostgresOptions,
} from "../../src/store/postgres/open.ts";
import { serverOf } from "./postgres-engine.ts";

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

/** Of a process of its own, which writes nothing to its log. */
export function holderOptions(url: string, stateDir: string): PostgresOptions {
  return {
    server: serverOf(url),
    instance: "test-1",
    stateDir,
    clock: null,
    telemetry: SILENT,
    anchors: { file: null, log: false },
  };
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
