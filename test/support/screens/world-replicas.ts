import type { ReplicaRecord } from "../../../src/model/network/replica.ts";
import { NOW } from "../fakes/fake-control.ts";

/** When the table was read: the clock of the database differs from that of the controller. */
export const READ_MS = Date.parse(NOW) + 7_000;

/** A standby that started ten minutes ago, and was seen three seconds before the read. */
export function replica(host: string, change: Partial<ReplicaRecord> = {}): ReplicaRecord {
  return {
    id: `${host}4f1c09`.replaceAll("-", ""),
    host,
    pid: 1,
    version: "0.2.0",
    catalogueDigest: "c1",
    address: null,
    state: "standby",
    startedMs: READ_MS - 600_000,
    seenMs: READ_MS - 3_000,
    leaseEndsMs: null,
    following: null,
    accounts: [],
    readAtMs: READ_MS,
    ...change,
  };
}

export const ACTIVE = replica("gk-0", { state: "active", leaseEndsMs: READ_MS + 27_000 });
export const LOST = replica("gk-2", { state: "lost", seenMs: READ_MS - 240_000 });
