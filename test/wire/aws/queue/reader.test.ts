import { beforeEach, describe, expect, test } from "@jest/globals";
import { readQueue } from "../../../../src/aws/queue/read-queue.ts";
import { addQueue } from "../../../../src/simulator/sqs/state.ts";
import { queue, REGION, send, useQueueWorld, world } from "./queue-world.ts";

let logged: string[];
let gauges: number[];
let codes: (string | null)[];
let elsewhere: number[];

beforeEach(() => {
  logged = [];
  gauges = [];
  codes = [];
  elsewhere = [];
});

/** Reads until `isDone`, looked at whenever the reader pauses; a pause moves the clock. */
async function read(
  handle: (bodies: readonly string[]) => void,
  isDone: () => boolean,
  of = queue(),
): Promise<readonly number[]> {
  const ending = new AbortController();
  const pauses: number[] = [];
  const clock = {
    nowMs: () => world().nowMs,
    sleep: async (durationMs: number) => {
      pauses.push(durationMs);
      world().nowMs += durationMs;
      if (isDone()) ending.abort();
    },
  };
  const telemetry = {
    info: (message: string) => void logged.push(message),
    warn: (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`),
    error: (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`),
    gauge: (_name: string, value: number) => void gauges.push(value),
    count: (_name: string, _labels?: object, by = 1) => void elsewhere.push(by),
  };
  const report = (failure: { readonly code: string } | null): void => void codes.push(failure?.code ?? null);
  const random = { next: () => 0 };
  const deletesAll = (bodies: readonly string[]): readonly number[] => {
    handle(bodies);
    return [];
  };
  await readQueue(
    {
      queue: of,
      purpose: "pushes",
      handle: deletesAll,
      report,
      receivedElsewhere: (count) => elsewhere.push(count),
      clock,
      random,
      telemetry,
    },
    ending.signal,
  );
  return pauses;
}

describe("the reader of a queue", () => {
  useQueueWorld();

  test("hands over every message and deletes it afterwards, and asks an empty queue once a second", async () => {
    for (let at = 0; at < 12; at += 1) await send(`message ${at}`);
    const got: string[][] = [];

    const pauses = await read(
      (bodies) => {
        // Nothing is deleted before it was handled.
        expect(world().state.messages.length).toBeGreaterThanOrEqual(bodies.length);
        got.push([...bodies]);
      },
      () => world().state.messages.length === 0,
    );

    expect(got.map((bodies) => bodies.length)).toEqual([10, 2]);
    expect(world().state.messages).toEqual([]);
    expect(pauses).toEqual([1_000]);
  });

  test("deletes nothing if the handler fails, hands the message over again, and does not call the queue unreadable", async () => {
    await send("one");
    let calls = 0;

    await read(
      () => {
        calls += 1;
        if (calls === 1) throw new Error("the disk is full");
      },
      () => world().state.messages.length === 0,
    );

    expect(calls).toBe(2);
    expect(logged).toEqual([
      expect.stringMatching(/^messages of the queue were not handled .*the disk is full/),
    ]);
    expect(new Set(gauges)).toEqual(new Set([1]));
    expect(new Set(codes)).toEqual(new Set([null]));
  });

  test("waits ever longer while the queue cannot be read, and logs it once with its fix", async () => {
    const pauses = await read(
      () => undefined,
      () => world().nowMs > Date.parse("2026-11-28T09:32:00Z"),
      queue("missing"),
    );

    expect(pauses.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(logged).toEqual([
      expect.stringMatching(
        /QueueDoesNotExist.*check codecommit.queueUrl, which names arn:aws:sqs:.*:missing/,
      ),
    ]);
    expect(new Set(gauges)).toEqual(new Set([0]));
    expect(codes[0]).toContain("QueueDoesNotExist");
  });

  test("logs a cause that takes the place of another one, with its own fix", async () => {
    const Statement = [{ Effect: "Deny", Action: "sqs:*", Resource: "*" }];
    let rounds = 0;

    await read(
      () => undefined,
      () => {
        rounds += 1;
        if (rounds === 2) world().account.denials = JSON.stringify({ Version: "2012-10-17", Statement });
        return rounds === 4;
      },
      queue("missing"),
    );

    expect(logged).toEqual([
      expect.stringContaining("check codecommit.queueUrl"),
      expect.stringContaining("allow sqs:ReceiveMessage"),
    ]);
  });

  test("notes that someone else had received a message, once no earlier process can have received it", async () => {
    const received = (id: string): void => {
      const { state, nowMs } = world();
      state.messages.push({ id, body: id, sentMs: nowMs, receiveCount: 1, receipt: "x", hiddenUntilMs: 0 });
    };
    received("before");
    let rounds = 0;

    await read(
      () => undefined,
      () => {
        rounds += 1;
        if (rounds > 1) return true;
        expect(elsewhere).toEqual([]);
        world().nowMs += 600_000;
        received("after");
        return false;
      },
    );

    // The counter of the metric, and the note for the status.
    expect(elsewhere).toEqual([1, 1]);
    expect(logged[0]).toContain("someone else receives messages of the queue");
  });

  test("reports a queue that answers again", async () => {
    await read(
      () => undefined,
      () => {
        if (codes.length === 2) addQueue(world().account, REGION, "late");
        return codes.at(-1) === null;
      },
      queue("late"),
    );

    expect(gauges).toEqual([0, 0, 1]);
    expect(logged.at(-1)).toBe("the queue is read again");
  });

  test("ends immediately when it is stopped, and reports nothing", async () => {
    const ending = new AbortController();
    ending.abort();

    await readQueue(
      {
        queue: queue(),
        purpose: "pushes",
        handle: () => [],
        report: () => logged.push("reported"),
        receivedElsewhere: () => logged.push("noted"),
        clock: { nowMs: () => world().nowMs, sleep: () => Promise.reject(new Error("not called")) },
        random: { next: () => 0 },
        telemetry: {
          info: () => undefined,
          warn: () => logged.push("warned"),
          error: () => logged.push("error"),
          gauge: () => logged.push("measured"),
          count: () => logged.push("counted"),
        },
      },
      ending.signal,
    );

    expect(logged).toEqual([]);
  });
});
