import type { RunningController } from "../../cli/toolbox/toolbox.ts";
import { replicaLabel, type ReplicaRecord } from "../../model/network/replica.ts";
import type { HeldAccounts } from "../../http/replica/held-account.ts";
import { startStandbyServer } from "../api/http.ts";
import { followCertificate } from "../api/tls.ts";
import type { AssignedWork } from "./assigned.ts";
import { whileFollowing } from "./follower.ts";
import { takeRecord, type ControllerParts } from "./life.ts";
import type { ControllerReplica, LeasedControllerRecord } from "../database/open-record.ts";
import { openRunningController } from "./open-controller.ts";
import { loadParts } from "../process/load-parts.ts";
import type { ProcessParts } from "../process/open-process.ts";

/** Serves as a standby until this replica has the lease, and then runs the controller as a start does. */
export async function startStandby(
  open: ControllerParts,
  parts: ProcessParts,
  replica: ControllerReplica,
): Promise<Pick<RunningController, "url" | "standbyOf"> & { readonly running: Promise<void> }> {
  const { config, toClose } = open;
  const { telemetry } = parts;
  let held: HeldAccounts | null = null;
  const server = await startStandbyServer(config, { ...parts, ...replica, held: () => held });
  const unfollow = followCertificate(config, server, telemetry);
  let isServing = true;
  const endServer = async (): Promise<void> => {
    if (!isServing) return;
    isServing = false;
    await unfollow();
    await server.close();
  };
  toClose.push(endServer);
  const standbyOf = nameOf(replica.active());
  telemetry.info("this replica is a standby", { active: standbyOf });
  // A system-chosen port stays the same.
  const served = { ...config, http: { ...config.http, port: Number(new URL(server.url).port) } };
  const running = takeOver({ ...open, config: served }, parts, {
    replica,
    endServer,
    serve: (now) => (held = now),
  });
  return { url: server.url, standbyOf, running };
}

async function takeOver(
  open: ControllerParts,
  parts: ProcessParts,
  {
    replica,
    endServer,
    serve,
  }: Pick<AssignedWork, "serve"> & {
    readonly replica: ControllerReplica;
    readonly endServer: () => Promise<void>;
  },
): Promise<void> {
  const { stopping } = open.life;
  await loadParts(open.config);
  const { telemetry, routes } = parts;
  const following = { config: open.config, replica, telemetry, routes, serve };
  const record = await whileFollowing(following, () => waited(replica, stopping.signal));
  if (record === null) return;
  takeRecord(record, open);
  parts.telemetry.info("this replica has the lease and becomes active");
  const { controller } = await openRunningController(open, parts, {
    record: () => Promise.resolve(record),
    beforeServing: endServer,
  });
  await controller.run(stopping.signal);
}

/** null: the replica is to stop. */
async function waited(replica: ControllerReplica, stop: AbortSignal): Promise<LeasedControllerRecord | null> {
  try {
    return await replica.wait(stop);
  } catch (cause) {
    if (stop.aborted) return null;
    throw cause;
  }
}

function nameOf(active: ReplicaRecord | null): string {
  return active === null ? "no replica yet" : replicaLabel(active);
}
