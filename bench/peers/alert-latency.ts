import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { setTimeout as timer } from "node:timers/promises";
import { REGION } from "./bundles.ts";
import type { AlertReceiver } from "./receiver.ts";
import type { Administrator } from "./replay.ts";

/** From the answer of a call that opens a role until the alert about it arrives at a webhook, in ms. */
export interface AlertLatency {
  readonly changes: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}

interface Opened {
  readonly roleName: string;
  /** What the text of its alert contains. */
  readonly functionName: string;
}

const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" },
});
const WITHIN_MS = 30_000;
const EVERY_MS = 2;

/** One change after the other, each of another role, as people make them. */
export async function measureAlerts(
  { endpoint, credentials }: Administrator,
  roles: readonly Opened[],
  receiver: AlertReceiver,
): Promise<AlertLatency> {
  const client = new IAMClient({ endpoint, region: REGION, credentials });
  const times: number[] = [];
  try {
    for (const { roleName, functionName } of roles) {
      const input = { RoleName: roleName, PolicyName: "opened", PolicyDocument: OPEN };
      await client.send(new PutRolePolicyCommand(input));
      const answeredMs = Date.now();
      times.push((await alertAbout(functionName, receiver, answeredMs)) - answeredMs);
    }
  } finally {
    client.destroy();
  }
  const sorted = times.toSorted((a, b) => a - b);
  const medianMs = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return { changes: times.length, medianMs, slowestMs: sorted.at(-1) ?? 0 };
}

async function alertAbout(functionName: string, receiver: AlertReceiver, sinceMs: number): Promise<number> {
  for (const untilMs = Date.now() + WITHIN_MS; Date.now() < untilMs; await timer(EVERY_MS)) {
    const found = receiver.received.find(
      ({ atMs, text }) => atMs >= sinceMs && text.includes(functionName) && text.includes("opened"),
    );
    if (found !== undefined) return found.atMs;
  }
  throw new Error(`no alert about ${functionName} within ${WITHIN_MS} ms`);
}
