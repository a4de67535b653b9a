import type { Config } from "../../config/config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { ControllerReplica } from "../database/open-record.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { clock, eventLoop } from "../ports.ts";
import type { Close } from "../process/record-upkeep.ts";
import { controllerSettings } from "../settings.ts";
import { openNamespaceSources, openSource } from "../sources/open-source.ts";
import { makeAssignedPasses, type AssignedWork } from "./assigned.ts";

interface FollowerParts extends Pick<AssignedWork, "serve"> {
  readonly config: Config;
  readonly replica: Pick<ControllerReplica, "id" | "followed" | "join">;
  readonly telemetry: Telemetry;
  readonly routes: ProxyRoutes;
}

/**
 * Compiles what the active replica has in force, from mirrors of its own, and makes the passes of assigned accounts, while `work`
 * runs. When it returns, no source is open any more, and no account is assigned: the controller opens the same mirrors. A follower
 * that fails does not end `work`.
 */
export async function whileFollowing<Value>(
  following: FollowerParts,
  work: () => Promise<Value>,
): Promise<Value> {
  const ending = new AbortController();
  const running = follow(following, ending.signal);
  try {
    return await work();
  } finally {
    ending.abort();
    await running;
  }
}

/** Never rejects. */
async function follow(
  { config, replica, telemetry, routes, serve }: FollowerParts,
  signal: AbortSignal,
): Promise<void> {
  const toClose: Close[] = [];
  try {
    const source = await openSource(config, { telemetry, toClose });
    const namespaceSources = await openNamespaceSources(config, { telemetry, toClose });
    const { Follower } = await import("../../controller/following/follower.ts");
    const { catalogueDigest } = await import("../../manifest/schema/reference.ts");
    const settings = controllerSettings(config, catalogueDigest);
    const ports = { source, namespaceSources, clock, eventLoop, telemetry, record: replica.followed };
    const follower = new Follower({ settings, ports });
    const work = { config, settings, source, namespaceSources, telemetry, routes, replica, serve, follower };
    const passes = config.replicas.shareAccounts ? makeAssignedPasses(work, signal) : Promise.resolve();
    await Promise.all([follower.run(signal), passes]);
  } catch (cause) {
    const reason = `cannot open its sources: ${cause instanceof Error ? cause.message : String(cause)}`;
    telemetry.warn("this standby could not make passes", { reason, hint: "grantkeeper get replicas" });
    await replica.followed.report({ digest: null, reason }).catch(() => undefined);
  }
  for (const close of toClose.toReversed()) await Promise.resolve(close()).catch(() => undefined);
}
