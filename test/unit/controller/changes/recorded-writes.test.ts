import { beforeEach, describe, expect, test } from "@jest/globals";
import { finish } from "../../../support/record/audit-facts.ts";
import { sessionOf, WRITER } from "../../../support/trail/own-role-events.ts";
import { OwnRoleWorld, ROLE } from "./own-role-world.ts";

let world: OwnRoleWorld;

beforeEach(async () => {
  world = new OwnRoleWorld();
  await world.begin();
});

describe("a write by a role of Grantkeeper is its own", () => {
  test("if the record has its request, although a proxy removed the user agent", async () => {
    const entry = await world.intended();
    await world.fake.audit.append([{ ...finish(entry, "applied"), requestId: "r-e1" }]);

    await world.receive(world.message("e1", { record: { userAgent: "" } }));

    expect(world.recorded()).toEqual([]);
  });

  test("if its event arrives before the end of the write is recorded", async () => {
    const entry = await world.intended();

    await world.receive(world.message("e1", { intent: entry.seq }));
    await world.inbox.judgeWaiting();
    await world.fake.audit.append([{ ...finish(entry, "applied"), requestId: "r-e1" }]);
    await world.inbox.judgeWaiting();

    expect(world.recorded()).toEqual([]);
  });

  test.each(["found-applied", "found-not-applied"] as const)(
    "if its answer was lost, and a later read ended its intent as %s",
    async (outcome) => {
      const entry = await world.intended();
      await world.fake.audit.append([{ ...finish(entry, outcome), requestId: null }]);

      await world.receive(world.message("e1", { intent: entry.seq }));
      await world.receive(world.message("e1", { intent: entry.seq }));

      expect(world.recorded()).toEqual([]);
    },
  );

  test("if a proxy removed the request from the answer", async () => {
    const entry = await world.intended();
    await world.fake.audit.append([{ ...finish(entry, "applied"), requestId: "" }]);

    await world.receive(world.message("e1", { intent: entry.seq }));

    expect(world.recorded()).toEqual([]);
  });

  test("if the process was killed before the end of the write was recorded", async () => {
    const entry = await world.intended();
    await world.receive(world.message("e1", { intent: entry.seq }));
    world.restart();
    await world.fake.audit.append([{ ...finish(entry, "found-applied"), requestId: null }]);

    await world.receive(world.message("e1", { intent: entry.seq }));
    await world.inbox.judgeWaiting();

    expect(world.recorded()).toEqual([]);
  });
});

describe("an intent explains one event", () => {
  test("of two with its call and input that arrive before its end, the one of another request is recorded", async () => {
    const entry = await world.intended();
    await world.receive(
      world.message("e1", { intent: entry.seq }),
      world.message("e2", { intent: entry.seq }),
    );
    expect(world.recorded()).toEqual([]);

    await world.fake.audit.append([{ ...finish(entry, "applied"), requestId: "r-e2" }]);
    await world.inbox.judgeWaiting();

    expect(world.recorded()).toEqual([["e1"]]);
  });

  test("of two whose intent lost its answer, the second is recorded", async () => {
    const entry = await world.intended();
    await world.fake.audit.append([{ ...finish(entry, "found-applied"), requestId: null }]);

    await world.receive(
      world.message("e1", { intent: entry.seq }),
      world.message("e2", { intent: entry.seq }),
    );

    expect(world.recorded()).toEqual([["e2"]]);
  });
});

describe("the event of a call whose answer was lost", () => {
  test("is in the record, so that a second one is recorded after a restart too", async () => {
    const entry = await world.intended();
    await world.fake.audit.append([{ ...finish(entry, "found-applied"), requestId: null }]);

    await world.receive(world.message("e1", { intent: entry.seq }));
    await world.receive(world.message("e1", { intent: entry.seq }));
    world.restart();
    await world.receive(world.message("e2", { intent: entry.seq }));
    await world.receive(world.message("e1", { intent: entry.seq }));

    expect(world.fake.audit.log.filter(({ kind }) => kind === "lost-answer-found")).toMatchObject([
      { intent: entry.seq, eventId: "e1", requestId: "r-e1" },
    ]);
    expect(world.recorded()).toEqual([["e2"]]);
  });
});

describe("nothing is recorded about a write", () => {
  test("that AWS refused, that only reads, or of another role with a session of the same name", async () => {
    await world.receive(
      world.message("e1", { record: { errorCode: "AccessDenied" } }),
      world.message("e2", { record: { eventName: "GetRole", readOnly: true } }),
      world.message("e3", {
        record: { userIdentity: sessionOf("arn:aws:iam::111122223333:role/deployer", "gk-pass-1") },
        intent: 1,
      }),
    );

    expect(world.recorded()).toEqual([]);
  });

  test.each([
    { userIdentity: { ...sessionOf(WRITER), invokedBy: "lambda.amazonaws.com" } },
    { sourceIPAddress: "lambda.amazonaws.com" },
    { sourceIPAddress: "AWS Internal" },
  ])(
    "of another service that AWS makes with the session when Grantkeeper changes a function: %j",
    async (by) => {
      const { detail, ...envelope } = JSON.parse(world.message("e1")) as { readonly detail: object };
      const grant = { ...detail, eventSource: "kms.amazonaws.com", eventName: "CreateGrant", ...by };

      await world.receive(JSON.stringify({ ...envelope, source: "aws.kms", detail: grant }));

      expect(world.telemetry.outcomes).toEqual(["foreign"]);
      expect(world.recorded()).toEqual([]);
    },
  );

  test("from before the record began: its entries may be those of a lost database", async () => {
    await world.receive(
      world.message("e1", { atMs: world.beganMs - 1_000 }),
      world.message("e2", { atMs: world.beganMs + 60_000 }),
    );

    expect(world.recorded()).toEqual([["e2"]]);
  });

  test("from between a backup and its restore: the entries of this time are gone", async () => {
    const backupAt = new Date(world.nowMs).toISOString();
    world.fake.clock.set(world.nowMs + 3_600_000);
    const lost = world.nowMs - 60_000;
    await world.fake.audit.append([
      { kind: "restored", version: "1", backupAt, lostUpTo: null, reason: null },
    ]);

    await world.receive(
      world.message("e1", { atMs: lost }),
      world.message("e2", { atMs: world.nowMs + 60_000 }),
    );

    expect(world.recorded()).toEqual([["e2"]]);
  });

  test("of an entry that the database lost, whose number another write has now; a later one with that number is found", async () => {
    const backupAt = new Date(world.nowMs).toISOString();
    world.fake.clock.set(world.nowMs + 60_000);
    const lost = world.nowMs - 30_000;
    await world.fake.audit.append([
      { kind: "restored", version: "1", backupAt, lostUpTo: 9, reason: "no newer standby" },
    ]);
    const again = await world.intended({ target: `${ROLE}-2` });

    await world.receive(
      world.message("e1", { atMs: lost, intent: again.seq }),
      world.message("e2", { atMs: world.nowMs + 60_000, intent: again.seq }),
    );

    expect(world.recorded()).toEqual([["e2"]]);
  });

  test("within ten minutes of such a time, while the clock of AWS is not known", async () => {
    world.fake.clockOffset = null;

    await world.receive(
      world.message("e1", { atMs: world.beganMs + 599_000 }),
      world.message("e2", { atMs: world.beganMs + 601_000 }),
    );

    expect(world.recorded()).toEqual([["e2"]]);
  });
});
