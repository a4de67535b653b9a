/**
 * The queue of change events under kills: two callers change two roles, both events are in one batch, and the controller is
 * killed with SIGKILL between receiving, recording and deleting this batch, and before and after it reverts a change. Then the
 * delete of a batch is lost, so that it is received again, and another reader holds a batch until its time-out, and takes one away.
 */
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { AuditEntry } from "../../src/audit/entry.ts";
import type { QueueState } from "../../src/simulator/sqs/state.ts";
import type { EventDelivery } from "../../src/simulator/cloudtrail/deliveries.ts";
import type { Moment } from "../../src/simulator/watchers.ts";
import { addAccessKey, addUser, type AccessKey } from "../../src/simulator/world.ts";
import { BASE_ACCOUNT } from "../../src/simulator/seed.ts";
import { DELIVERY } from "../support/installation/change-events.ts";
import { PROD, roleNameOf } from "../support/installation/estate.ts";
import { KillCase, type Prepared } from "../support/installation/kill-case.ts";
import { readEntries } from "../support/record/ledger.ts";
import { changeProblems } from "./change-problems.ts";

/** Of two roles, each has its own caller. */
const CHANGED = [
  { name: "begun", caller: "alice" },
  { name: "called", caller: "bob" },
] as const;
const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" },
});

type Round = Pick<Kill, "round" | "isKnown">;

interface Kill {
  /** Also the name of the policies that the callers put. */
  readonly round: string;
  readonly operation: "ReceiveMessage" | "DeleteMessageBatch" | "DeleteRolePolicy";
  readonly when: Moment["when"];
  /** The events were recorded before the kill, so that the next controller knows the callers. */
  readonly isKnown: boolean;
}

/** One installation each: after a few reverts of one role Grantkeeper would stop to revert it. */
const OF_THE_BATCH: readonly Kill[] = [
  { round: "received", operation: "ReceiveMessage", when: "after", isKnown: false },
  { round: "recorded", operation: "DeleteMessageBatch", when: "before", isKnown: true },
  { round: "deleted", operation: "DeleteMessageBatch", when: "after", isKnown: true },
];
const OF_REVERTS: readonly Kill[] = [
  { round: "intended", operation: "DeleteRolePolicy", when: "before", isKnown: true },
  { round: "reverted", operation: "DeleteRolePolicy", when: "after", isKnown: true },
];
/** The delete of the batch is lost. */
const REPEATED = "repeated";
/** Another reader receives the batch and does not delete it. */
const HELD = "held";
/** Another reader deletes the batch. */
const REMOVED = "removed";
const QUEUE_URL = `https://sqs.us-east-1.amazonaws.com/${BASE_ACCOUNT}/changes`;

/**
 * Of the callers and the other reader, which are not what is examined. Between two rounds their connections would be idle for longer than the
 * simulator keeps them: a request on one that is being closed is reset. A call that is sent twice changes nothing more: a policy is
 * put once, and a batch that was received is received again, or deleted.
 */
const CLIENT = {
  region: "us-east-1",
  maxAttempts: 5,
  requestHandler: { httpAgent: { keepAlive: false } },
} as const;

/** @returns what is wrong; empty: nothing */
export async function queueFaults(prepared: Prepared, folder: string): Promise<readonly string[]> {
  return [
    ...(await faultsOf(prepared, `${folder}-batch`, (faults) => faults.ofTheBatch())),
    ...(await faultsOf(prepared, `${folder}-reverts`, (faults) => faults.ofReverts())),
  ];
}

async function faultsOf(
  prepared: Prepared,
  folder: string,
  run: (faults: QueueFaults) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const killed = await KillCase.open(prepared, folder, "controller");
  try {
    await killed.converge();
    const convergedSeq = (await readEntries(killed.stateDir)).at(-1)?.seq ?? 0;
    const faults = new QueueFaults(killed, convergedSeq);
    return await run(faults).finally(() => faults.close());
  } catch (error) {
    return [String(error)];
  } finally {
    await killed.close();
  }
}

class QueueFaults {
  readonly #case: KillCase;
  readonly #callers: ReadonlyMap<string, IAMClient>;
  readonly #otherReader: SQSClient;
  readonly #queue: QueueState;
  /** The last entry before the changes. */
  readonly #convergedSeq: number;
  /** The last changes. */
  #round = "";

  constructor(killed: KillCase, convergedSeq: number) {
    this.#case = killed;
    this.#convergedSeq = convergedSeq;
    const { world } = killed.simulator;
    const config = { ...CLIENT, endpoint: killed.simulator.endpoint };
    const clientOf = (name: string): IAMClient => {
      const { arn } = addUser(world, PROD, name);
      const key = addAccessKey(world, { accountId: PROD, principalArn: arn });
      return new IAMClient({ ...config, credentials: credentialsOf(key) });
    };
    this.#callers = new Map(CHANGED.map(({ caller }) => [caller, clientOf(caller)]));
    const root = `arn:aws:iam::${BASE_ACCOUNT}:root`;
    const reader = addAccessKey(world, { accountId: BASE_ACCOUNT, principalArn: root });
    this.#otherReader = new SQSClient({ ...config, credentials: credentialsOf(reader) });
    // They are hidden until both are in the queue, so that they are received together.
    this.#queue = sendEvents(killed, { delayMs: 3_600_000 });
  }

  async ofTheBatch(): Promise<readonly string[]> {
    await this.#killOnEach(OF_THE_BATCH);
    await this.#change(REMOVED);
    await this.#deleteElsewhere(await this.#receiveElsewhere());
    await this.#case.runUntil("every change was reverted, and every message deleted", () => this.#isAtRest());
    return this.#problemsOf([...OF_THE_BATCH, { round: REMOVED, isKnown: false }]);
  }

  async ofReverts(): Promise<readonly string[]> {
    await this.#killOnEach(OF_REVERTS);
    await this.#loseDelete();
    await this.#change(HELD);
    await this.#receiveElsewhere();
    await this.#case.runUntil("every change was reverted, and every message deleted", () => this.#isAtRest());
    return this.#problemsOf([
      ...OF_REVERTS,
      { round: REPEATED, isKnown: true },
      { round: HELD, isKnown: false },
    ]);
  }

  async #killOnEach(kills: readonly Kill[]): Promise<void> {
    for (const kill of kills)
      await this.#case.killOn(
        (moment) => this.#isFatal(moment, kill),
        async () => {
          await this.#rest();
          await this.#change(kill.round);
        },
      );
  }

  async #problemsOf(rounds: readonly Round[]): Promise<readonly string[]> {
    return [...(await this.#case.problems()), ...(await this.#foundProblems(rounds))];
  }

  close(): void {
    for (const client of this.#callers.values()) client.destroy();
    this.#otherReader.destroy();
  }

  /** Not of an earlier batch. An answer without messages is not fatal. */
  #isFatal({ operation, when }: Moment, kill: Kill): boolean {
    const { messages } = this.#queue;
    if (operation === "DeleteRolePolicy")
      return this.#round === kill.round && operation === kill.operation && when === kill.when;
    const isReceived = messages.every(({ receipt }) => receipt !== null);
    const isOfRound =
      this.#round === kill.round && (operation === "DeleteMessageBatch" || messages.length > 0);
    return isOfRound && isReceived && operation === kill.operation && when === kill.when;
  }

  /** A new controller has read everything without a difference, in an earlier second: CloudTrail has whole seconds. */
  async #rest(): Promise<void> {
    const startedMs = Date.now();
    await this.#case.until("a sweep without a difference", async () => {
      if (!this.#isAtRest()) return false;
      const sweptMs = await this.#case.lastSweepMs();
      return sweptMs !== null && sweptMs >= startedMs;
    });
    const restedMs = Date.now();
    await this.#case.until("the second after the next", () => secondOf(Date.now()) > restedMs + 1_000);
  }

  /** Shows the events of the reverts too. */
  #isAtRest(): boolean {
    this.#show();
    const roles = this.#case.simulator.world.accounts[PROD]?.iam.roles ?? {};
    const left = CHANGED.flatMap(({ name }) => Object.keys(roles[roleNameOf(name)]?.inline ?? {}));
    return left.length === CHANGED.length && this.#queue.messages.length === 0;
  }

  async #change(PolicyName: string): Promise<void> {
    for (const { name, caller } of CHANGED) {
      const put = { RoleName: roleNameOf(name), PolicyName, PolicyDocument: OPEN };
      await this.#callers.get(caller)?.send(new PutRolePolicyCommand(put));
    }
    this.#round = PolicyName;
    this.#show();
  }

  #show(): void {
    for (const message of this.#queue.messages) if (message.receipt === null) message.hiddenUntilMs = 0;
  }

  /** A controller that runs receives the batch again after the time-out, with other receipts. */
  async #loseDelete(): Promise<void> {
    let hasChanged = false;
    await this.#case.runUntil("every change whose messages were not deleted is reverted", async () => {
      if (hasChanged) return this.#isAtRest();
      await this.#rest();
      this.#case.simulator.addFault({
        operation: "DeleteMessageBatch",
        times: 1,
        kind: { kind: "dropped-request" },
      });
      await this.#change(REPEATED);
      hasChanged = true;
      return false;
    });
  }

  /** A second reader of the same queue, such as another installation. @returns the receipts */
  async #receiveElsewhere(): Promise<readonly (string | undefined)[]> {
    const received = new ReceiveMessageCommand({ QueueUrl: QUEUE_URL, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await this.#otherReader.send(received);
    if (Messages.length !== CHANGED.length)
      throw new Error(`the other reader got ${Messages.length} messages`);
    return Messages.map(({ ReceiptHandle }) => ReceiptHandle);
  }

  async #deleteElsewhere(receipts: readonly (string | undefined)[]): Promise<void> {
    const Entries = receipts.map((ReceiptHandle, at) => ({ Id: String(at), ReceiptHandle }));
    await this.#otherReader.send(new DeleteMessageBatchCommand({ QueueUrl: QUEUE_URL, Entries }));
  }

  /** Each change is found once, and nothing else; no one but its caller is named, and no revert counts as a write of a thief. */
  async #foundProblems(rounds: readonly Round[]): Promise<readonly string[]> {
    const entries = (await readEntries(this.#case.stateDir)).filter(({ seq }) => seq > this.#convergedSeq);
    const found = entries.filter((entry) => entry.kind === "drift-found");
    const problems = rounds.flatMap(({ round, isKnown }) =>
      CHANGED.flatMap(({ name, caller }) => changeProblems(found, { round, name, caller, isKnown })),
    );
    problems.push(...unrecordedProblems(entries));
    const lines = found.flatMap(({ changes }) => changes).length;
    const expected = rounds.length * CHANGED.length;
    return lines === expected ? problems : [...problems, `${lines} differences were found, not ${expected}`];
  }
}

/** Writes of Grantkeeper that count as those of another caller. */
export function unrecordedProblems(entries: readonly AuditEntry[]): readonly string[] {
  const writes = entries.flatMap((entry) => (entry.kind === "unrecorded-writes" ? entry.writes : []));
  return writes.map(
    ({ call, requestId }) => `our own ${call} (request ${requestId ?? "unknown"}) counts as one of a thief`,
  );
}

/** From now on the controllers read the events of prod. @returns the queue of these events */
export function sendEvents(killed: KillCase, delivery: Partial<EventDelivery> = {}): QueueState {
  killed.readsEvents = true;
  killed.simulator.sendEvents({ ...DELIVERY, ...delivery });
  const queue = killed.simulator.world.accounts[BASE_ACCOUNT]?.queues?.["us-east-1"]?.["changes"];
  if (queue === undefined) throw new Error("there is no queue");
  // Then what a killed controller had received is soon received again.
  queue.visibilityTimeoutSeconds = 1;
  return queue;
}

function credentialsOf({ id, secret }: AccessKey) {
  return { accessKeyId: id, secretAccessKey: secret };
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
