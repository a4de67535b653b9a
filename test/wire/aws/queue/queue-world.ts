import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach } from "@jest/globals";
import { Queue } from "../../../../src/aws/queue/queue.ts";
import { Clients, PUBLIC_AWS } from "../../../../src/aws/requests/clients.ts";
import { parseQueueUrl, type QueueAddress } from "../../../../src/model/aws/queue-url.ts";
import { addQueue, type QueueState } from "../../../../src/simulator/sqs/state.ts";
import { startSimulator, type Simulator } from "../../../../src/simulator/simulator.ts";
import { addAccessKey, addAccount, addUser, emptyWorld } from "../../../../src/simulator/world.ts";
import { PROCESS } from "../../../support/network/process.ts";

export const ACCOUNT = "111122223333";
export const REGION = "eu-central-1";
export const { signal: never } = new AbortController();

/** A simulated account with the queue `pushes`; new for each test. */
interface QueueWorld {
  readonly account: ReturnType<typeof addAccount>;
  readonly state: QueueState;
  readonly sender: SQSClient;
  readonly clients: Clients;
  readonly simulator: Simulator;
  /** Also the clock of the simulator. */
  nowMs: number;
}

let current: QueueWorld | null = null;

export function world(): QueueWorld {
  if (current === null) throw new Error("no test is running");
  return current;
}

/** The tests of the describe block that calls this have a new one each. */
export function useQueueWorld(): void {
  beforeEach(async () => {
    const all = emptyWorld();
    const account = addAccount(all, { id: ACCOUNT, regions: [REGION, "us-east-1"] });
    const user = addUser(all, ACCOUNT, "base");
    const key = addAccessKey(all, { accountId: ACCOUNT, principalArn: user.arn });
    const state = addQueue(account, REGION, "pushes");
    const nowMs = Date.parse("2026-11-28T09:30:00Z");
    const simulator = await startSimulator({ world: all, nowMs: () => current?.nowMs ?? nowMs });
    const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
    const clients = new Clients({
      ...PROCESS,
      network: { ...PUBLIC_AWS, simulator: simulator.endpoint },
      baseCredentials: credentials,
      fetchTimeoutMs: 5_000,
    });
    const sender = new SQSClient({
      region: REGION,
      endpoint: simulator.endpoint,
      credentials,
      maxAttempts: 1,
    });
    current = { account, state, sender, clients, simulator, nowMs };
  });

  afterEach(async () => {
    const { clients, sender, simulator } = world();
    current = null;
    clients.close();
    sender.destroy();
    await simulator.close();
  });
}

export function address(name = "pushes"): QueueAddress {
  const parsed = parseQueueUrl(`https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`);
  if (parsed.kind === "err") throw new Error(parsed.error);
  return parsed.value;
}

export const queue = (name?: string): Queue => new Queue(address(name), world().clients);

export const send = (MessageBody: string) =>
  world().sender.send(new SendMessageCommand({ QueueUrl: address().url, MessageBody }));
