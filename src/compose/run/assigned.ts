import type { Config } from "../../config/config.ts";
import type { AssignedPasses } from "../../controller/assigned/assigned-passes.ts";
import type { Followed, Follower } from "../../controller/following/follower.ts";
import type { ControllerPorts, ControllerSettings } from "../../controller/settings.ts";
import type { HeldAccounts } from "../../http/replica/held-account.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { AssignedControllerRecord, ControllerReplica } from "../database/open-record.ts";
import { openAws } from "../aws.ts";
import { clock, eventLoop, NOT_SHARED, random } from "../ports.ts";
import type { Close } from "../process/record-upkeep.ts";
import { openRecorder } from "../record.ts";
import { publishedKeys } from "../../store/audit-key.ts";
import { isProofOf } from "../../store/replica-proof.ts";
import { VERSION } from "../version.ts";

/** How often it looks whether this process has compiled what is in force. */
const LOOK_MS = 1_000;
/** After a record that could not be opened. */
const AGAIN_MS = 10_000;

export interface AssignedWork extends Pick<ControllerPorts, "source" | "namespaceSources" | "telemetry"> {
  readonly config: Config;
  readonly settings: ControllerSettings;
  readonly routes: ProxyRoutes;
  readonly replica: Pick<ControllerReplica, "id" | "join">;
  /** While accounts can be assigned to this standby, it answers the active replica about them; null: no longer. */
  readonly serve: (held: HeldAccounts | null) => void;
  readonly follower: Pick<Follower, "followed">;
}

/**
 * Makes the passes of the accounts that the active replica assigns to this standby. When the signal has aborted and it returns, no
 * pass runs any more, and the accounts are returned. Never rejects.
 *
 *   apart ──this process has compiled what is in force──► joined ──the lease ended, or it could not follow for a minute──► apart
 */
export async function makeAssignedPasses(work: AssignedWork, signal: AbortSignal): Promise<void> {
  const { follower } = work;
  while (!signal.aborted) {
    const isDone = followedBy(follower) === null || (await hasJoined(work, signal));
    await clock.sleep(isDone ? LOOK_MS : AGAIN_MS, signal).catch(() => undefined);
  }
}

/** Not of another version: the active replica could not read what the passes have found. */
function followedBy({ followed }: Pick<Follower, "followed">): Followed | null {
  return followed?.inForce.version === VERSION ? followed : null;
}

/** Until the lease has ended, or it cannot follow; false: it could not open the record, or not close it. */
async function hasJoined(work: AssignedWork, signal: AbortSignal): Promise<boolean> {
  try {
    await whileJoined(work, signal);
    return true;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    work.telemetry.warn("this standby makes no passes", { reason, seconds: AGAIN_MS / 1_000 });
    return false;
  }
}

async function whileJoined(work: AssignedWork, signal: AbortSignal): Promise<void> {
  const toClose: Close[] = [];
  try {
    const record = await work.replica.join();
    // The last: only without a pass may the accounts be returned.
    toClose.push(() => record.store.close());
    await runPasses(work, { record, toClose, signal });
  } finally {
    for (const close of toClose.toReversed()) await close();
  }
}

async function runPasses(
  { config, settings, routes, follower, replica, serve, ...given }: AssignedWork,
  {
    record,
    toClose,
    signal,
  }: {
    readonly record: AssignedControllerRecord;
    readonly toClose: Close[];
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { source, namespaceSources, telemetry } = given;
  const { store, audit, settlements, outboxStore, memories, assigned, due, eventFacts, writeLeftMs } = record;
  const { AssignedPasses } = await import("../../controller/assigned/assigned-passes.ts");
  const { ControllerCaches } = await import("../../controller/state/controller-caches.ts");
  const aws = await openAws(config, { telemetry, routes, writeLeftMs });
  toClose.push(() => aws.close());
  const recorder = await openRecorder(config, { audit, settlements, outboxStore, telemetry, routes });
  const ports = {
    source,
    namespaceSources,
    telemetry,
    ...aws,
    store,
    audit,
    memories,
    clock,
    random,
    eventLoop,
    ...NOT_SHARED,
    // The active replica asks CloudTrail about all accounts.
    eventHistory: null,
    parsedFiles: null,
    reviewedSources: [],
    ...recorder,
  };
  const passes = new AssignedPasses({
    settings,
    ports,
    caches: new ControllerCaches(),
    assignment: assigned,
    due,
    eventFacts,
    followed: () => followedBy(follower),
  });
  const ending = new AbortController();
  const lose = ({ message: reason }: Error): void => {
    telemetry.warn("the accounts of this standby are no longer assigned to it", { reason });
    ending.abort();
  };
  void assigned.lost.then(lose);
  toClose.push(() => serve(null));
  serve(heldAccounts(passes, { config, replica, record }));
  telemetry.info("accounts can be assigned to this standby");
  await passes.run(AbortSignal.any([signal, ending.signal]));
}

function heldAccounts(
  passes: AssignedPasses,
  {
    config,
    replica,
    record,
  }: Pick<AssignedWork, "config" | "replica"> & { readonly record: AssignedControllerRecord },
): HeldAccounts {
  const { assigned, store } = record;
  return {
    replica: replica.id,
    version: VERSION,
    // A replica that was stopped does not know yet that another one has the account.
    account: (id) => (assigned.leftMs(id) > 0 ? passes.account(id) : null),
    isProof: (question, proof) => isProofOf(question, proof, publishedKeys(config.stateDir)),
    nowMs: () => store.nowMs(),
  };
}
