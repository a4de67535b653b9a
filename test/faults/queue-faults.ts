/**
 * The queue of change events under kills: two callers change two roles, both events are in one batch, and the controller is
 * killed with SIGKILL between receiving, recording and deleting this batch. Once more, another reader takes the batch away.
 */
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { AuditEntry } from "../../src/audit/entry.ts";
import type { Attribution } from "../../src/model/changes/attribution.ts";
import type { QueueState } from "../../src/simulator/sqs/state.ts";
import type { Moment } from "../../src/simulator/watchers.ts";
import { addAccessKey, addUser, type AccessKey } from "../../src/simulator/world.ts";
import { BASE_ACCOUNT } from "../../src/simulator/seed.ts";
import { DELIVERY } from "../support/installation/change-events.ts";
import { PROD, roleNameOf } from "../support/installation/estate.ts";
import { KillCase, type Prepared } from "../support/installation/kill-case.ts";
import { readEntries } from "../support/record/ledger.ts";

type DriftFound = Extract<AuditEntry, { readonly kind: "drift-found" }>;

/** Of two roles, each has its own caller. */
const CHANGED = [
  { name: "begun", caller: "alice" },
  { name: "called", caller: "bob" },
] as const;
const OPEN = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "dynamodb:PutItem", Resource: "*" },
});

interface Kill {
  /** Also the name of the policies that the callers put. */
  readonly round: string;
  readonly operation: "ReceiveMessage" | "DeleteMessageBatch";
  readonly when: Moment["when"];
  /** The events were recorded before the kill, so that the next controller knows the callers. */
  readonly isKnown: boolean;
}

const KILLS: readonly Kill[] = [
  { round: "received", operation: "ReceiveMessage", when: "after", isKnown: false },
  { round: "recorded", operation: "DeleteMessageBatch", when: "before", isKnown: true },
  { round: "deleted", operation: "DeleteMessageBatch", when: "after", isKnown: true },
];
const LAST_ROUND = "taken";

/** @returns what is wrong; empty: nothing */
export async function queueFaults(prepared: Prepared, folder: string): Promise<readonly string[]> {
  const killed = await KillCase.open(prepared, folder, "controller");
  try {
    await killed.converge();
    const convergedSeq = (await readEntries(killed.stateDir)).at(-1)?.seq ?? 0;
    const faults = new QueueFaults(killed, convergedSeq);
    return await faults.problems().finally(() => faults.close());
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
  /** The last entry before the changes. */
  readonly #convergedSeq: number;
  /** The last changes. */
  #round = "";

  constructor(killed: KillCase, convergedSeq: number) {
    this.#case = killed;
    this.#convergedSeq = convergedSeq;
    const { world } = killed.simulator;
    const config = { endpoint: killed.simulator.endpoint, region: "us-east-1", maxAttempts: 1 };
    const clientOf = (name: string): IAMClient => {
      const { arn } = addUser(world, PROD, name);
      const key = addAccessKey(world, { accountId: PROD, principalArn: arn });
      return new IAMClient({ ...config, credentials: credentialsOf(key) });
    };
    this.#callers = new Map(CHANGED.map(({ caller }) => [caller, clientOf(caller)]));
    const root = `arn:aws:iam::${BASE_ACCOUNT}:root`;
    const reader = addAccessKey(world, { accountId: BASE_ACCOUNT, principalArn: root });
    this.#otherReader = new SQSClient({ ...config, credentials: credentialsOf(reader) });
    killed.readsEvents = true;
    // They are hidden until both are in the queue, so that they are received together.
    killed.simulator.sendEvents({ ...DELIVERY, delayMs: 3_600_000 });
    // Then a batch that no one deleted is received again.
    this.#queue.visibilityTimeoutSeconds = 1;
  }

  async problems(): Promise<readonly string[]> {
    for (const kill of KILLS)
      await this.#case.killOn(
        (moment) => this.#isFatal(moment, kill),
        async () => {
          await this.#rest();
          await this.#change(kill.round);
        },
      );
    await this.#change(LAST_ROUND);
    await this.#takeAway();
    await this.#case.runUntil("every change was reverted, and every message deleted", () => this.#isAtRest());
    return [...(await this.#case.problems()), ...(await this.#foundProblems())];
  }

  close(): void {
    for (const client of this.#callers.values()) client.destroy();
    this.#otherReader.destroy();
  }

  get #queue(): QueueState {
    const queue = this.#case.simulator.world.accounts[BASE_ACCOUNT]?.queues?.["us-east-1"]?.["changes"];
    if (queue === undefined) throw new Error("there is no queue");
    return queue;
  }

  /** Not of an earlier batch. An answer without messages is not fatal. */
  #isFatal({ operation, when }: Moment, kill: Kill): boolean {
    const { messages } = this.#queue;
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

  /** A second reader of the same queue, such as another installation. */
  async #takeAway(): Promise<void> {
    const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${BASE_ACCOUNT}/changes`;
    const received = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await this.#otherReader.send(received);
    const entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await this.#otherReader.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries }));
  }

  /** Each change is found once, and nothing else; no one but its caller is named. */
  async #foundProblems(): Promise<readonly string[]> {
    const entries = (await readEntries(this.#case.stateDir)).filter(({ seq }) => seq > this.#convergedSeq);
    const found = entries.filter((entry) => entry.kind === "drift-found");
    const rounds = [...KILLS, { round: LAST_ROUND, isKnown: false }];
    const problems = rounds.flatMap(({ round, isKnown }) =>
      CHANGED.flatMap(({ name, caller }) => changeProblems(found, { round, name, caller, isKnown })),
    );
    const lines = found.flatMap(({ changes }) => changes).length;
    const expected = rounds.length * CHANGED.length;
    return lines === expected ? problems : [...problems, `${lines} differences were found, not ${expected}`];
  }
}

interface Change {
  readonly round: string;
  readonly name: string;
  readonly caller: string;
  readonly isKnown: boolean;
}

function changeProblems(found: readonly DriftFound[], change: Change): readonly string[] {
  const { round, name, caller, isKnown } = change;
  const ofKey = found.filter(({ key }) => key.endsWith(`/${name}`));
  const entries = ofKey.filter(({ changes }) => changes.some((line) => line.includes(round)));
  if (entries.length !== 1) return [`the change "${round}" of ${name} was found ${entries.length} times`];
  const authors = entries.flatMap(({ authors: all = [] }) => all);
  const ofChange = authors.filter(({ difference }) => difference.includes(round));
  const names = ofChange.flatMap(({ attribution }) => namesOf(attribution));
  const others = names.filter((one) => one !== caller);
  return [
    ...others.map((one) => `the change "${round}" of ${name} is attributed to ${one}, not ${caller}`),
    ...(isKnown && names.length === 0 ? [`no one is named for the change "${round}" of ${name}`] : []),
  ];
}

function namesOf(attribution: Attribution): readonly string[] {
  if (attribution.kind === "unknown") return [];
  const changes = attribution.kind === "named" ? [attribution.change] : attribution.changes;
  return changes.map(({ actor }) => actor.name);
}

function credentialsOf({ id, secret }: AccessKey) {
  return { accessKeyId: id, secretAccessKey: secret };
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
