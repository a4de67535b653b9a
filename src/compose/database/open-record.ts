import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { ControllerPorts } from "../../controller/settings.ts";
import { StoreError } from "../../store/errors.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { ReplicaIdentity } from "../../model/network/replica.ts";
import type { AssignedRecord, LeasedRecord, OpenReplica } from "../../store/postgres/open.ts";
import type { OpenStore } from "../../store/sqlite/open.ts";
import { clock, NOT_SHARED, random } from "../ports.ts";
import { stateFiles } from "../state-files.ts";
import { VERSION } from "../version.ts";

/** The record of a controller, and how long this process may write to AWS in an account. */
export interface ControllerRecord
  extends
    OpenStore,
    Pick<
      ControllerPorts,
      "inForce" | "assignedMemories" | "holders" | "assigner" | "dueWriter" | "eventFacts"
    > {
  readonly writeLeftMs: (accountId: AccountId) => number;
}

/** One of the replicas of an installation. */
export interface ControllerReplica extends Pick<OpenReplica, "active" | "isAway" | "followed" | "leave"> {
  /** As the other replicas know it. */
  readonly id: string;
  /** @returns null: another replica is active @throws StoreError */
  readonly claim: () => Promise<LeasedControllerRecord | null>;
  /** @throws StoreError if it could not take over, or the signal's reason */
  readonly wait: (signal: AbortSignal) => Promise<LeasedControllerRecord>;
  /** As of `OpenReplica`. @throws StoreError */
  readonly join: () => Promise<AssignedControllerRecord>;
}

/** The record of a standby for the accounts that are assigned to it. */
export type AssignedControllerRecord = AssignedRecord & Pick<ControllerRecord, "writeLeftMs">;

/** The record of the active replica. */
export interface LeasedControllerRecord extends ControllerRecord {
  /** Resolves if another replica has the record now. */
  readonly lost: Promise<Error>;
}

/** null: the record is in the state directory. @throws StoreError */
export async function openControllerReplica(
  config: Config,
  telemetry: Telemetry,
): Promise<ControllerReplica | null> {
  if (config.database === null) return null;
  await refuseUnmoved(config);
  const { databaseServer } = await import("./server.ts");
  const { openReplica } = await import("../../store/postgres/open.ts");
  const server = databaseServer(config.database);
  const holder = { replica: await replicaIdentity(config), clock, steadyMs: () => performance.now() };
  const options = { ...databaseOptions(config, telemetry), server };
  const replica = await openReplica(options, holder);
  return {
    ...replica,
    id: holder.replica.id,
    claim: async () => {
      const record = await replica.claim();
      return record === null ? null : recordOf(record, config, telemetry);
    },
    wait: async (signal) => recordOf(await replica.wait(signal), config, telemetry),
    join: async () => {
      const record = await replica.join();
      return { ...record, writeLeftMs: (accountId) => record.assigned.leftMs(accountId) };
    },
  };
}

export async function replicaIdentity({ http }: Config): Promise<ReplicaIdentity> {
  const { catalogueDigest } = await import("../../manifest/schema/reference.ts");
  return {
    id: random.hex(16),
    host: hostname(),
    pid: process.pid,
    version: VERSION,
    catalogueDigest,
    address: http.replicaUrl,
  };
}

async function recordOf(
  record: LeasedRecord,
  { stateDir, replicas }: Config,
  telemetry: Telemetry,
): Promise<LeasedControllerRecord> {
  const { HttpAccountHolders } = await import("../../http/replica/ask-holder.ts");
  const { existingAuditKey } = await import("../../store/audit-key.ts");
  const { proofOf } = await import("../../store/replica-proof.ts");
  const { lease, holderOf, store } = record;
  const holders = new HttpAccountHolders({
    holderOf,
    proofOf: (question) => proofOf(question, existingAuditKey(stateDir)),
    nowMs: () => store.nowMs(),
    clock,
    telemetry,
    version: VERSION,
  });
  return {
    ...record,
    assignedMemories: record.memories,
    assigner: replicas.shareAccounts ? record.assigner : null,
    holders,
    writeLeftMs: () => lease.leftMs(),
    lost: lease.lost,
  };
}

/** An empty database would hide the suspensions and the history of the file. */
async function refuseUnmoved({ stateDir }: Config): Promise<void> {
  const { DATABASE_FILE } = await import("../../store/sqlite/open.ts");
  const { retiredTo } = await import("../../store/sqlite/retired.ts");
  const path = join(stateDir, DATABASE_FILE);
  if (existsSync(path) && retiredTo(path) === null)
    throw new StoreError(
      "not-moved",
      `state.database is set, and the record of this installation is in ${path}`,
    );
}

/** The record in the state directory. @throws StoreError */
export async function openFile(config: Config, telemetry: Telemetry): Promise<ControllerRecord> {
  const { openStore } = await import("../../store/sqlite/open.ts");
  const options = { ...commonOptions(config, telemetry), clock, shrinks: config.audit.retention !== null };
  return { ...openStore(options), ...NOT_SHARED, writeLeftMs: () => Infinity };
}

/** All but the server. */
export function databaseOptions(config: Config, telemetry: Telemetry) {
  const common = commonOptions(config, telemetry);
  const anchors = { ...common.anchors, newest: stateFiles(config.stateDir).newestEntry };
  return { ...common, anchors, instance: config.instance, clock: null };
}

function commonOptions({ stateDir }: Config, telemetry: Telemetry) {
  return { stateDir, telemetry, anchors: { file: stateFiles(stateDir).auditAnchors, log: true } };
}
