import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { examineQueue } from "../../../src/aws/queue/examine.ts";
import { Queue } from "../../../src/aws/queue/queue.ts";
import { readQueue } from "../../../src/aws/queue/read-queue.ts";
import { Clients, PUBLIC_AWS } from "../../../src/aws/requests/clients.ts";
import { parseQueueUrl, type QueueAddress } from "../../../src/model/aws/queue-url.ts";
import { addQueue, type QueueState } from "../../../src/simulator/sqs/state.ts";
import { startSimulator, type Simulator } from "../../../src/simulator/simulator.ts";
import {
  addAccessKey,
  addAccount,
  addUser,
  emptyWorld,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { PROCESS } from "../../support/network/process.ts";

const ACCOUNT = "111122223333";
const REGION = "eu-central-1";
const { signal: never } = new AbortController();

let world: WorldState;
let account: ReturnType<typeof addAccount>;
let simulator: Simulator;
let state: QueueState;
let clients: Clients;
let sender: SQSClient;
let nowMs: number;
let logged: string[];
let gauges: number[];
let codes: (string | null)[];

beforeEach(async () => {
  world = emptyWorld();
  account = addAccount(world, { id: ACCOUNT, regions: [REGION, "us-east-1"] });
  const user = addUser(world, ACCOUNT, "base");
  const key = addAccessKey(world, { accountId: ACCOUNT, principalArn: user.arn });
  state = addQueue(account, REGION, "pushes");
  nowMs = Date.parse("2026-11-28T09:30:00Z");
  logged = [];
  gauges = [];
  codes = [];
  simulator = await startSimulator({ world, nowMs: () => nowMs });
  const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
  clients = new Clients({
    ...PROCESS,
    network: { ...PUBLIC_AWS, simulator: simulator.endpoint },
    baseCredentials: credentials,
    fetchTimeoutMs: 5_000,
  });
  sender = new SQSClient({ region: REGION, endpoint: simulator.endpoint, credentials, maxAttempts: 1 });
});

afterEach(async () => {
  clients.close();
  sender.destroy();
  await simulator.close();
});

function address(name = "pushes"): QueueAddress {
  const parsed = parseQueueUrl(`https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`);
  if (parsed.kind === "err") throw new Error(parsed.error);
  return parsed.value;
}

const queue = (name?: string): Queue => new Queue(address(name), clients);
const send = (MessageBody: string) =>
  sender.send(new SendMessageCommand({ QueueUrl: address().url, MessageBody }));

/** Reads until `isDone`, looked at whenever the reader pauses; a pause moves the clock. */
async function read(
  handle: (bodies: readonly string[]) => void,
  isDone: () => boolean,
  of = queue(),
): Promise<readonly number[]> {
  const ending = new AbortController();
  const pauses: number[] = [];
  const clock = {
    nowMs: () => nowMs,
    sleep: async (durationMs: number) => {
      pauses.push(durationMs);
      nowMs += durationMs;
      if (isDone()) ending.abort();
    },
  };
  const telemetry = {
    info: (message: string) => void logged.push(message),
    warn: (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`),
    error: (message: string, fields?: object) => void logged.push(`${message} ${JSON.stringify(fields)}`),
    gauge: (_name: string, value: number) => void gauges.push(value),
  };
  const report = (failure: { readonly code: string } | null): void => void codes.push(failure?.code ?? null);
  const random = { next: () => 0 };
  await readQueue({ queue: of, handle, report, clock, random, telemetry }, ending.signal);
  return pauses;
}

describe("the reader of a queue", () => {
  test("hands over every message and deletes it afterwards, and asks an empty queue once a second", async () => {
    for (let at = 0; at < 12; at += 1) await send(`message ${at}`);
    const got: string[][] = [];

    const pauses = await read(
      (bodies) => {
        // Nothing is deleted before it was handled.
        expect(state.messages.length).toBeGreaterThanOrEqual(bodies.length);
        got.push([...bodies]);
      },
      () => state.messages.length === 0,
    );

    expect(got.map((bodies) => bodies.length)).toEqual([10, 2]);
    expect(state.messages).toEqual([]);
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
      () => state.messages.length === 0,
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
      () => nowMs > Date.parse("2026-11-28T09:32:00Z"),
      queue("missing"),
    );

    expect(pauses.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    expect(logged).toEqual([
      expect.stringMatching(
        /QueueDoesNotExist.*check codecommit.queueUrl: arn:aws:sqs:.*:missing does not exist/,
      ),
    ]);
    expect(new Set(gauges)).toEqual(new Set([0]));
    expect(codes[0]).toContain("QueueDoesNotExist");
  });

  test("reports a queue that answers again", async () => {
    await read(
      () => undefined,
      () => {
        if (codes.length === 2) addQueue(account, REGION, "late");
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
        handle: () => undefined,
        report: () => logged.push("reported"),
        clock: { nowMs: () => nowMs, sleep: () => Promise.reject(new Error("not called")) },
        random: { next: () => 0 },
        telemetry: {
          info: () => undefined,
          warn: () => logged.push("warned"),
          error: () => logged.push("error"),
          gauge: () => logged.push("measured"),
        },
      },
      ending.signal,
    );

    expect(logged).toEqual([]);
  });
});

describe("doctor examines a queue without receiving a message", () => {
  const policy = (...statements: readonly object[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const rule = `arn:aws:events:${REGION}:${ACCOUNT}:rule/pushes`;
  const allowed = { Effect: "Allow", Action: "sqs:SendMessage" };
  test.each([
    {
      because: "only the rule may send",
      given: policy({
        ...allowed,
        Principal: { Service: "events.amazonaws.com" },
        Condition: { ArnEquals: { "aws:SourceArn": rule } },
      }),
      outcome: "passed",
      detail: /1 message waits$/,
    },
    {
      because: "any rule may send",
      given: policy({ ...allowed, Principal: { Service: "events.amazonaws.com" } }),
      outcome: "warning",
      detail: /add the condition aws:SourceArn/,
    },
    {
      because: "anyone may send",
      given: policy({ ...allowed, Principal: "*" }),
      outcome: "warning",
      detail: /lets anyone send/,
    },
    {
      because: "anyone may send under a condition, which EventBridge can fulfil",
      given: policy({
        ...allowed,
        Principal: "*",
        Condition: { ArnEquals: { "aws:SourceArn": rule } },
      }),
      outcome: "passed",
      detail: /1 message waits$/,
    },
    {
      because: "any rule may send by a second statement",
      given: policy(
        {
          ...allowed,
          Principal: { Service: "events.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": rule } },
        },
        { ...allowed, Principal: { Service: ["events.amazonaws.com"] } },
      ),
      outcome: "warning",
      detail: /add the condition aws:SourceArn/,
    },
    { because: "no one may send", given: null, outcome: "warning", detail: /no push arrives/ },
    { because: "the policy cannot be read", given: "{", outcome: "warning", detail: /no push arrives/ },
  ])("$because", async ({ given, outcome, detail }) => {
    await send("one");
    state.policy = given;

    expect(await examineQueue(queue(), never)).toEqual({ outcome, detail: expect.stringMatching(detail) });
    expect(state.messages).toMatchObject([{ receiveCount: 0 }]);
  });

  test("and names a queue that does not exist", async () => {
    expect(await examineQueue(queue("missing"), never)).toEqual({
      outcome: "failed",
      detail: expect.stringMatching(/QueueDoesNotExist: .*; check codecommit.queueUrl/),
    });
  });
});

describe("the simulated queue", () => {
  const receive = (input: object = {}) =>
    sender.send(new ReceiveMessageCommand({ QueueUrl: address().url, ...input }));

  test("hides a received message for its visibility timeout; an old receipt deletes nothing", async () => {
    await send("one");
    const first = await queue().receive(never);
    expect(await queue().receive(never)).toEqual([]);

    nowMs += 30_000;
    const second = await queue().receive(never);
    await queue().remove(first, never);
    expect(state.messages).toHaveLength(1);
    await queue().remove(second, never);

    expect(state.messages).toEqual([]);
  });

  test.each([
    { because: "more messages than ten", input: { MaxNumberOfMessages: 11 }, name: "InvalidParameterValue" },
    { because: "a wait over 20 seconds", input: { WaitTimeSeconds: 21 }, name: "InvalidParameterValue" },
    {
      because: "another account",
      input: { QueueUrl: "https://h/999900001111/pushes" },
      name: "QueueDoesNotExist",
    },
  ])("refuses $because", async ({ input, name }) => {
    await expect(receive(input)).rejects.toMatchObject({ name });
  });

  test("refuses an empty message, an empty batch, and repeated ids in one", async () => {
    await expect(send("")).rejects.toMatchObject({ name: "InvalidParameterValue" });
    await expect(queue().remove([], never)).rejects.toMatchObject({
      name: expect.stringContaining("EmptyBatch"),
    });
  });

  test("shows the attributes that are asked for", async () => {
    const asked = new GetQueueAttributesCommand({ QueueUrl: address().url, AttributeNames: ["All"] });

    expect((await sender.send(asked)).Attributes).toEqual({
      QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:pushes`,
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      VisibilityTimeout: "30",
    });
  });
});
