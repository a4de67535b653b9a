/**
 * `node bin/launch.mjs bench/peers.ts [bundles]` measures what a pass without changes costs Grantkeeper and, by the
 * calls that they make, the tools that do a part of the same. All run after one another against one simulated AWS
 * that throttles at the published limits and takes 20 ms for each call. It writes bench/peers.json.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { BASE_ACCOUNT } from "../src/simulator/seed.ts";
import { openSurroundings, startController, type Surroundings } from "./installation.ts";
import { measureLife, type PassCosts } from "./pass.ts";
import { measureAlerts, type AlertLatency } from "./peers/alert-latency.ts";
import { ACCOUNT, bundles } from "./peers/bundles.ts";
import { PEERS } from "./peers/patterns.ts";
import { startReceiver } from "./peers/receiver.ts";
import { addAdministrator, PeerReplay, type Administrator, type Replayed } from "./peers/replay.ts";

const LATENCY_MS = 20;
/** The buckets of the simulated AWS are full again. */
const REFILLED_MS = 1_500;

const count = Number(process.argv[2] ?? 100);
const report = (text: string): void => void process.stderr.write(`${text}\n`);

const receiver = await startReceiver();
const surroundings = await openSurroundings(bundles(count), {
  simulator: ["--limits", "--latency", String(LATENCY_MS)],
  settings: `changeEvents: [{ queueUrl: "https://sqs.us-east-1.amazonaws.com/${BASE_ACCOUNT}/changes", accounts: ["${ACCOUNT}"] }]
alerts: [{ name: bench, webhook: "${receiver.url}", secretFile: ./alert-secret, perMinute: 60 }]
`,
});
writeFileSync(join(surroundings.folder, "alert-secret"), "the-secret-of-the-bench-alone");
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
  await sendEvents(endpoint);
  report("Grantkeeper");
  const controller = await startController(surroundings, "state");
  try {
    const grantkeeper = await measureLife(count, surroundings, controller);
    report("events");
    const alerts = await alertsOf(administrator, replay);
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

async function alertsOf(administrator: Administrator, replay: PeerReplay): Promise<AlertLatency> {
  const roles = (await replay.bundles()).slice(0, 50);
  const opened = roles.map(({ RoleName: roleName, FunctionName: functionName }) => ({
    roleName,
    functionName,
  }));
  return measureAlerts(administrator, opened, receiver);
}

async function sendEvents(endpoint: string): Promise<void> {
  const delivery = {
    accountId: ACCOUNT,
    queueAccountId: BASE_ACCOUNT,
    region: "us-east-1",
    queue: "changes",
  };
  await fetch(`${endpoint}/_simulator/events`, { method: "POST", body: JSON.stringify(delivery) });
}
