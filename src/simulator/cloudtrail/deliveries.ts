import { createHash } from "node:crypto";
import { addQueue, type QueueState } from "../sqs/state.ts";
import { accountOf, type WorldState } from "../world.ts";
import { trailEventBody, type RecordedCall } from "./trail-event.ts";

/** How the events of an account reach a queue. EventBridge promises neither order nor that an event arrives once. */
export interface EventDelivery {
  /** Of the calls. */
  readonly accountId: string;
  /** The account of the queue, if the events are forwarded. Default: that of the calls. */
  readonly queueAccountId?: string;
  /** Of the queue, which is created if it is missing. */
  readonly region: string;
  readonly queue: string;
  /** From the call until the message can be received. Default: none. */
  readonly delayMs?: number;
  /** Every nth event is lost. Default: none is. */
  readonly loseEvery?: number;
  /** Every nth event arrives twice. */
  readonly repeatEvery?: number;
  /** Every nth event overtakes those that wait in the queue. */
  readonly overtakeEvery?: number;
  /** What the events have as the address of the caller. Default: 127.0.0.1. */
  readonly sourceAddress?: string;
}

interface Active {
  readonly delivery: EventDelivery;
  /** The number of events so far. */
  count: number;
}

/** Sends an event of CloudTrail to queues after each call that changed IAM or Lambda. */
export class Deliveries {
  readonly #world: WorldState;
  #active: Active[] = [];

  constructor(world: WorldState) {
    this.#world = world;
  }

  add(delivery: EventDelivery): void {
    this.#queueOf(delivery);
    this.#active.push({ delivery, count: 0 });
  }

  clear(): void {
    this.#active = [];
  }

  send(call: Omit<RecordedCall, "sourceAddress">): void {
    for (const active of this.#active) {
      const { delivery } = active;
      if (delivery.accountId !== call.caller.account.id) continue;
      active.count += 1;
      if (isNth(active.count, delivery.loseEvery)) continue;
      const body = trailEventBody({ ...call, sourceAddress: delivery.sourceAddress ?? "127.0.0.1" });
      const times = isNth(active.count, delivery.repeatEvery) ? 2 : 1;
      for (let time = 1; time <= times; time += 1) this.#push(active, { body, nowMs: call.nowMs, time });
    }
  }

  /** Whether events are sent to this queue: a request to receive from it waits for them. */
  sendsTo(accountId: string, region: string, queue: string): boolean {
    return this.#active.some(
      ({ delivery }) =>
        queueAccountOf(delivery) === accountId && delivery.region === region && delivery.queue === queue,
    );
  }

  #push(
    { delivery, count }: Active,
    { body, nowMs, time }: { readonly body: string; readonly nowMs: number; readonly time: number },
  ): void {
    const queue = this.#queueOf(delivery);
    const id = createHash("sha256").update(`${delivery.queue} ${count} ${time}`).digest("hex").slice(0, 32);
    const hiddenUntilMs = nowMs + (delivery.delayMs ?? 0);
    const message = { id, body, sentMs: nowMs, receiveCount: 0, receipt: null, hiddenUntilMs };
    if (isNth(count, delivery.overtakeEvery)) queue.messages.unshift(message);
    else queue.messages.push(message);
  }

  #queueOf(delivery: EventDelivery): QueueState {
    const { region, queue } = delivery;
    const account = accountOf(this.#world, queueAccountOf(delivery));
    return account.queues?.[region]?.[queue] ?? addQueue(account, region, queue);
  }
}

function queueAccountOf({ accountId, queueAccountId }: EventDelivery): string {
  return queueAccountId ?? accountId;
}

function isNth(count: number, every: number | undefined): boolean {
  return every !== undefined && count % every === 0;
}
