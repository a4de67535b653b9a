import { readQueue } from "../../../../src/aws/queue/read-queue.ts";
import { ChangeInbox } from "../../../../src/controller/changes/change-inbox.ts";
import type { EnforcedNow } from "../../../../src/controller/state/controller-state.ts";
import { ControllerCaches } from "../../../../src/controller/state/controller-caches.ts";
import { ControllerState } from "../../../../src/controller/state/controller-state.ts";
import { parseQueueUrl } from "../../../../src/model/aws/queue-url.ts";
import type { QueueHealth } from "../../../../src/model/answers/queue-health.ts";
import { passOf } from "../../../support/pass/passes.ts";
import { MemoryTelemetry } from "../../../support/fakes/memory-telemetry.ts";
import { FakeController, SETTINGS } from "../../../support/fakes/fake-controller.ts";

const QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/111122223333/changes";
export const ACCOUNTS = new Set(["111122223333"]);

class CountingTelemetry extends MemoryTelemetry {
  readonly outcomes: string[] = [];
  /** Each value of the gauge, in order. */
  readonly readable: number[] = [];

  override count(_name?: string, labels: Readonly<Record<string, string>> = {}): void {
    this.outcomes.push(labels["outcome"] ?? "");
  }

  override gauge(metric: string, value: number): void {
    if (metric === "change_queue_readable") this.readable.push(value);
  }
}

/** The inbox of a process on a record that outlives it, and a queue that delivers again what is not deleted. */
export class InboxWorld {
  readonly telemetry = new CountingTelemetry();
  readonly fake = new FakeController();
  state = new ControllerState();
  inbox = this.restart();
  /** The queue: the bodies that are not deleted. */
  bodies: string[] = [];
  /** Asked before each receive and each delete: an error is the answer. */
  refuse: (call: "receive" | "remove", nth: number) => Error | null = () => null;
  /** A message that was received stays hidden for one receive. */
  hides = false;
  #calls = { receive: 0, remove: 0 };

  /** A new process: nothing in memory is left. */
  restart(): ChangeInbox {
    const { desired } = passOf();
    this.state = new ControllerState();
    this.state.enforce({
      compilation: { desired, objects: [], invalid: new Map() },
      brokenFileKeys: new Map(),
      accounts: desired.accounts,
    } as unknown as EnforcedNow);
    const ports = { ...this.fake.ports(), telemetry: this.telemetry };
    const context = { state: this.state, caches: new ControllerCaches(), settings: SETTINGS, ports };
    this.inbox = new ChangeInbox(context, () => undefined);
    this.inbox.addQueue(QUEUE_URL, ACCOUNTS);
    return this.inbox;
  }

  get health(): QueueHealth | undefined {
    return this.state.changeQueues.all[0]?.health;
  }

  /** Reads the queue until a round would begin and it is done. */
  async read(isDone: () => boolean): Promise<void> {
    const address = parseQueueUrl(QUEUE_URL);
    if (address.kind === "err") throw new Error(address.error);
    const ending = new AbortController();
    const { clock } = this.fake;
    const answer = (call: "receive" | "remove"): void => {
      this.#calls[call] += 1;
      const refused = this.refuse(call, this.#calls[call]);
      if (refused !== null) throw refused;
    };
    const queue = {
      address: address.value,
      receive: async () => {
        if (isDone()) ending.abort();
        ending.signal.throwIfAborted();
        answer("receive");
        if (this.hides && this.#calls.receive % 2 === 0) return [];
        return this.bodies.slice(0, 10).map(messageOf);
      },
      remove: async (messages: readonly { readonly receipt: string }[]) => {
        answer("remove");
        const gone = messages.map(({ receipt }) => receipt);
        this.bodies = this.bodies.filter((body) => !gone.includes(body));
      },
    };
    await readQueue(
      {
        queue,
        purpose: "changes",
        handle: (bodies) => this.inbox.receive(bodies, ACCOUNTS),
        report: (failure) => this.inbox.queueAnswered(QUEUE_URL, failure),
        receivedElsewhere: (count) => this.inbox.receivedElsewhere(QUEUE_URL, count),
        clock: {
          nowMs: () => clock.nowMs(),
          sleep: (durationMs) => {
            clock.set(clock.nowMs() + durationMs);
            return Promise.resolve();
          },
        },
        random: { next: () => 0 },
        telemetry: this.telemetry,
      },
      ending.signal,
    );
  }
}

function messageOf(body: string) {
  return { id: body, sentMs: 0, receiveCount: 1, body, receipt: body };
}

export function named(name: string): Error {
  return Object.assign(new Error(`${name} of the test`), { name });
}
