import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_ACCOUNT } from "../../src/simulator/seed.ts";
import { openSurroundings, type Surroundings } from "../installation.ts";
import { ACCOUNT, bundles } from "./bundles.ts";
import type { AlertReceiver } from "./receiver.ts";

export const LATENCY_MS = 20;
const QUEUE = "changes";

/**
 * Bundles in a simulated AWS that throttles at the published limits, takes 20 ms for each call and sends change events, and
 * a controller that reports to the receiver.
 */
export async function openWatched(count: number, receiver: AlertReceiver): Promise<Surroundings> {
  const queueUrl = `https://sqs.us-east-1.amazonaws.com/${BASE_ACCOUNT}/${QUEUE}`;
  const surroundings = await openSurroundings(bundles(count), {
    simulator: ["--limits", "--latency", String(LATENCY_MS)],
    settings: `changeEvents: [{ queueUrl: "${queueUrl}", accounts: ["${ACCOUNT}"] }]
alerts: [{ name: bench, webhook: "${receiver.url}", secretFile: ./alert-secret, perMinute: 600 }]
`,
  });
  writeFileSync(join(surroundings.folder, "alert-secret"), "the-secret-of-the-bench-alone");
  return surroundings;
}

/** After the administrator was added, which replaces the state of the simulated AWS. */
export async function sendEvents({ endpoint }: Pick<Surroundings, "endpoint">): Promise<void> {
  const delivery = { accountId: ACCOUNT, queueAccountId: BASE_ACCOUNT, region: "us-east-1", queue: QUEUE };
  await fetch(`${endpoint}/_simulator/events`, { method: "POST", body: JSON.stringify(delivery) });
}
