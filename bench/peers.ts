/**
 * `node bin/launch.mjs bench/peers.ts [bundles]` measures what a pass without changes costs Grantkeeper and, by the
 * calls that they make, the tools that do a part of the same. All run after one another against one simulated AWS
 * that throttles at the published limits and takes 20 ms for each call. It writes bench/peers.json.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as timer } from "node:timers/promises";
import { startController, type Surroundings } from "./installation.ts";
import { measureLife, type PassCosts } from "./pass.ts";
import { measureAlerts, type AlertLatency } from "./peers/alert-latency.ts";
import { PEERS } from "./peers/patterns.ts";
import { startReceiver } from "./peers/receiver.ts";
import { addAdministrator, PeerReplay, type Replayed } from "./peers/replay.ts";
import { LATENCY_MS, openWatched, sendEvents } from "./peers/watched.ts";

/** The buckets of the simulated AWS are full again. */
const REFILLED_MS = 1_500;

const count = Number(process.argv[2] ?? 100);
const report = (text: string): void => void process.stderr.write(`${text}\n`);

const receiver = await startReceiver();
const surroundings = await openWatched(count, receiver);
try {
  const results = { at: new Date().toISOString(), latencyMs: LATENCY_MS, ...(await measured(surroundings)) };
  writeFileSync(new URL("peers.json", import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
} finally {
  await surroundings.close();
  receiver.close();
}

interface Measured {
  readonly grantkeeper: PassCosts;
  readonly alerts: AlertLatency;
  readonly peers: readonly Replayed[];
}

async function measured(surroundings: Surroundings): Promise<Measured> {
  const { endpoint } = surroundings;
  const administrator = await addAdministrator(endpoint);
  const replay = new PeerReplay(administrator);
  await sendEvents(surroundings);
  report("Grantkeeper");
  const controller = await startController(surroundings, "state");
  try {
    const grantkeeper = await measureLife(count, surroundings, controller);
    report("events");
    const alerts = await measureAlerts(administrator, Math.min(count, 50), receiver);
    await controller.stop();
    const peers: Replayed[] = [];
    for (const peer of PEERS) {
      report(peer.name);
      await timer(REFILLED_MS);
      peers.push(await replay.run(peer));
    }
    return { grantkeeper, alerts, peers };
  } finally {
    replay.close();
    await controller.stop();
  }
}
