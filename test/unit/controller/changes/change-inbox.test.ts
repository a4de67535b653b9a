import { beforeEach, describe, expect, test } from "@jest/globals";
import { BINDING } from "../../../support/pass/passes.ts";
import { changeMessage } from "../../../support/aws/change-message.ts";
import { ACCOUNTS, InboxWorld, named } from "./inbox-world.ts";

const change = (id: string, record: Readonly<Record<string, unknown>> = {}): string =>
  changeMessage({
    record: {
      eventID: id,
      requestParameters: { roleName: BINDING.role.name, policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      ...record,
    },
  });

let world: InboxWorld;

beforeEach(() => {
  world = new InboxWorld();
});

const recorded = (): readonly string[] => [...world.fake.store.changeRecords.keys()];

describe("a flood of 2,000 messages", () => {
  test("that concern no key is counted by few outcomes, deleted, and leaves nothing in the record or the queue of keys", async () => {
    const kinds = [
      (id: string) =>
        change(id, { requestParameters: { roleName: "of-no-one", policyArn: "arn:aws:iam::aws:policy/X" } }),
      (id: string) => change(id, { eventName: "CreateUser" }),
      (id: string) => change(id, { errorCode: "AccessDenied" }),
      (id: string) => changeMessage({ envelope: { account: "999900001111" }, record: { eventID: id } }),
    ];
    world.bodies = Array.from({ length: 2_000 }, (_, at) => kinds[at % 4]?.(`e${at}`) ?? "");

    await world.read(() => world.bodies.length === 0);

    const counts = Map.groupBy(world.telemetry.outcomes, (outcome) => outcome);
    expect(new Map([...counts].map(([outcome, all]) => [outcome, all.length]))).toEqual(
      new Map([
        ["unrelated", 500],
        ["foreign", 500],
        ["failed-call", 500],
        ["contradictory", 500],
      ]),
    );
    expect(world.fake.store.commits).toBe(0);
    expect(world.state.queue.depth()).toBe(0);
  });

  test("of changes of one key makes one key due", async () => {
    world.bodies = Array.from({ length: 2_000 }, (_, at) => change(`e${at}`));

    await world.read(() => world.bodies.length === 0);

    expect(world.state.queue.depth()).toBe(1);
    expect(world.telemetry.outcomes).toHaveLength(2_000);
  });
});

describe("an event", () => {
  test("is kept in the queue, and makes nothing due, while the record cannot be written", async () => {
    world.bodies = [change("e1")];
    world.fake.store.failure = new Error("the disk is full");
    await world.read(() => world.telemetry.readable.length === 2);

    expect(world.bodies).toHaveLength(1);
    expect(world.state.queue.depth()).toBe(0);
    expect(world.health).toEqual({ kind: "read" });

    world.fake.store.failure = null;
    await world.read(() => world.bodies.length === 0);

    expect(recorded()).toEqual(["e1"]);
    expect(world.state.queue.depth()).toBe(1);
  });

  test("that is delivered again because it could not be deleted causes no second read", async () => {
    world.bodies = [change("e1")];
    world.refuse = (call, nth) => (call === "remove" && nth === 1 ? named("ServiceUnavailable") : null);

    await world.read(() => world.telemetry.outcomes.length === 1);
    const work = world.state.queue.take(Infinity);
    world.state.queue.done(BINDING.accountId);
    await world.read(() => world.bodies.length === 0);

    expect(work).toMatchObject({ scope: { kind: "keys", keys: [BINDING.key] } });
    expect(world.telemetry.outcomes).toEqual(["read", "repeated"]);
    expect(world.state.queue.depth()).toBe(0);
    expect(recorded()).toEqual(["e1"]);
  });

  test("that was recorded before the process was killed is read once more, and recorded once", async () => {
    await world.inbox.receive([change("e1")], ACCOUNTS);
    const [before] = world.fake.store.changeRecords.values();
    world.fake.clock.set(world.fake.clock.nowMs() + 60_000);

    world.restart();
    world.bodies = [change("e1")];
    await world.read(() => world.bodies.length === 0);

    expect(world.state.queue.depth()).toBe(1);
    expect([...world.fake.store.changeRecords.values()]).toEqual([before]);
  });
});

describe("a message that is no event", () => {
  test.each([
    ["malformed", "no JSON"],
    ["malformed", change("e9", { eventTime: "yesterday" })],
    ["oversized", "x".repeat(300_000)],
  ])(
    "stays in the queue, is counted once a receive as %s, and does not block the others",
    async (kind, poison) => {
      world.bodies = [poison, change("e1"), change("e2")];
      await world.read(() => world.telemetry.outcomes.length === 4);

      expect(world.bodies).toEqual([poison]);
      expect(recorded()).toEqual(["e1", "e2"]);
      expect(world.telemetry.outcomes).toEqual([kind, "read", "read", kind]);
      expect(world.telemetry.lines).toEqual([]);
    },
  );
});

describe("a queue", () => {
  test.each([
    ["is missing", "QueueDoesNotExist", /check changeEvents, which names arn:aws:sqs:.*:changes/],
    ["is forbidden", "AccessDenied", /allow sqs:ReceiveMessage, sqs:DeleteMessage/],
  ])("that %s is shown with its fix, asked again, and read as soon as it answers", async (_, code, fix) => {
    world.refuse = (call, nth) => (call === "receive" && nth <= 3 ? named(code) : null);
    const beganMs = world.fake.clock.nowMs();
    await world.read(() => world.telemetry.readable.length === 2);

    expect(world.telemetry.readable).toEqual([0, 0]);
    expect(world.health).toEqual({
      kind: "failing",
      sinceMs: beganMs,
      failure: { code, reason: expect.any(String), fix: expect.stringMatching(fix) },
    });

    world.bodies = [change("e1")];
    await world.read(() => world.bodies.length === 0);

    expect(world.telemetry.readable.at(-1)).toBe(1);
    expect(world.health).toEqual({ kind: "read" });
    expect(recorded()).toEqual(["e1"]);
  });

  test("whose messages may not be deleted is failing until a delete succeeds, also while it is empty", async () => {
    world.bodies = [change("e1")];
    world.hides = true;
    world.refuse = (call, nth) => (call === "remove" && nth <= 3 ? named("AccessDenied") : null);
    const beganMs = world.fake.clock.nowMs();
    await world.read(() => world.telemetry.readable.length === 6);

    expect(world.telemetry.readable).toEqual([0, 0, 0, 0, 0, 0]);
    expect(world.health).toMatchObject({
      kind: "failing",
      sinceMs: beganMs,
      failure: { code: "AccessDenied" },
    });
    expect(world.telemetry.lines.map(({ text }) => text)).toEqual([
      "messages of the queue cannot be deleted",
    ]);

    world.telemetry.readable.length = 0;
    await world.read(() => world.bodies.length === 0);

    expect(world.telemetry.readable.at(-1)).toBe(1);
    expect(world.health).toEqual({ kind: "read" });
  });
});

describe("an event of an account whose passes another replica makes", () => {
  let rows: string[];
  let failure: Error | null;
  beforeEach(() => {
    [rows, failure] = [[], null];
    world.fake.dueWriter = {
      write: async (_account, keys) => {
        if (failure !== null) throw failure;
        rows = [...rows, ...(keys === "all" ? ["all"] : keys)];
        return [];
      },
      open: async () => new Set(),
      removeReturned: async () => undefined,
    };
    world.restart();
    world.state.assigned.read(new Map([[BINDING.accountId, null]]));
  });

  test("is deleted from the queue only after its key is due in the record, for the other replica", async () => {
    world.bodies = [change("e1")];
    failure = new Error("the database does not answer");
    await world.read(() => world.telemetry.outcomes.length === 2);
    expect([world.bodies.length, rows]).toEqual([1, []]);

    failure = null;
    await world.read(() => world.bodies.length === 0);

    expect(rows).toEqual([BINDING.key]);
    expect(recorded()).toEqual(["e1"]);
    expect(world.state.queue.depth()).toBe(0);
  });
});
