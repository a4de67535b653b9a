import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { setTimeout as timer } from "node:timers/promises";
import { REGION } from "./bundles.ts";
import type { AlertReceiver } from "./receiver.ts";
import { PeerReplay, type Administrator } from "./replay.ts";

/** From the answer of a call that opens a role until the alert about it arrives at a webhook, in ms. */
export interface AlertLatency {
  readonly changes: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
}

interface OpenedRole {
  /** The text of its alert contains it. */
  readonly functionName: string;
  readonly openedMs: number;
}

const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" },
});
const CHANGE_EVERY_MS = 1_000;
const WITHIN_MS = 60_000;
const PROBE_EVERY_MS = 20;

/** So many changes, one each second, each of another role. They do not wait for the alerts about those before. */
export async function measureAlerts(
  administrator: Administrator,
  changes: number,
  receiver: AlertReceiver,
): Promise<AlertLatency> {
  const opened = await openRoles(administrator, changes);
  const untilMs = Date.now() + WITHIN_MS;
  const times: number[] = [];
  for (const { functionName, openedMs } of opened)
    times.push((await alertAbout(functionName, receiver, untilMs)) - openedMs);
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return { changes: times.length, medianMs: quantile(0.5), p99Ms: quantile(0.99), slowestMs: quantile(1) };
}

async function openRoles(
  { endpoint, credentials }: Administrator,
  changes: number,
): Promise<readonly OpenedRole[]> {
  const replay = new PeerReplay({ endpoint, credentials });
  const bundles = (await replay.bundles()).slice(0, changes);
  replay.close();
  const client = new IAMClient({ endpoint, region: REGION, credentials });
  const opened: OpenedRole[] = [];
  const startedMs = Date.now();
  try {
    for (const [at, { RoleName, FunctionName: functionName }] of bundles.entries()) {
      await timer(Math.max(0, startedMs + at * CHANGE_EVERY_MS - Date.now()));
      await client.send(new PutRolePolicyCommand({ RoleName, PolicyName: "opened", PolicyDocument: OPEN }));
      opened.push({ functionName, openedMs: Date.now() });
    }
  } finally {
    client.destroy();
  }
  return opened;
}

async function alertAbout(functionName: string, receiver: AlertReceiver, untilMs: number): Promise<number> {
  for (; Date.now() < untilMs; await timer(PROBE_EVERY_MS)) {
    const found = receiver.received.find(
      ({ text }) => text.includes(functionName) && text.includes("opened"),
    );
    if (found !== undefined) return found.atMs;
  }
  throw new Error(`no alert about ${functionName} within ${WITHIN_MS} ms`);
}
