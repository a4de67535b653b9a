import { beforeEach, describe, expect, test } from "@jest/globals";
import { finish } from "../../../support/record/audit-facts.ts";
import { unrecordedCount } from "../../../../src/model/changes/unrecorded-write.ts";
import { OwnRoleWorld, ROLE } from "./own-role-world.ts";

const HOUR_MS = 3_600_000;

let world: OwnRoleWorld;

beforeEach(async () => {
  world = new OwnRoleWorld();
  await world.begin();
});

/** As many writes that attach the same policy to the same role, in batches of ten. */
async function flood(writes: number, name = "e"): Promise<void> {
  for (let at = 0; at < writes; at += 10)
    await world.receive(...Array.from({ length: 10 }, (_, nth) => world.message(`${name}${at + nth}`)));
}

const entries = () => world.fake.audit.log.filter((entry) => entry.kind === "unrecorded-writes");

const THEFT = {
  record: {
    eventName: "UpdateAssumeRolePolicy",
    requestParameters: { roleName: "payments", policyDocument: "{}" },
  },
};

/** Counts the entries that are read from now on. */
function countReads(): () => number {
  const entries = world.fake.audit.entries.bind(world.fake.audit);
  let reads = 0;
  world.fake.audit.entries = async function* (range) {
    for await (const entry of entries(range)) {
      reads += 1;
      yield entry;
    }
  };
  return () => reads;
}

describe("a flood of unrecorded writes", () => {
  test("reads the other writes of its hour once, not for each event", async () => {
    for (let at = 0; at < 300; at += 1) {
      const entry = await world.intended({ target: `${ROLE}-${at}` });
      await world.fake.audit.append([{ ...finish(entry, "applied"), requestId: `own-${at}` }]);
    }
    await flood(10, "first");
    const reads = countReads();

    await flood(100);

    // For each batch of ten: the end of the record, its first entry, and nothing for each event.
    expect(reads()).toBeLessThanOrEqual(3 * 10);
    expect(world.recorded().flat()).toHaveLength(110);
  });

  test("hides no own write that is recorded during it", async () => {
    await flood(10, "first");
    const entry = await world.intended();
    await world.receive(world.message("own", { intent: entry.seq }));
    await world.fake.audit.append([{ ...finish(entry, "applied"), requestId: "r-own" }]);
    await world.inbox.judgeWaiting();

    await world.receive(world.message("own", { intent: entry.seq }), world.message("e1"));

    expect(world.recorded().at(-1)).toEqual(["e1"]);
  });

  test("of many hours, as after a long failure of the queue, is judged by the writes of each hour", async () => {
    const own: string[] = [];
    for (let hour = 0; hour < 40; hour += 1) {
      world.fake.clock.set(world.nowMs + HOUR_MS);
      const entry = await world.intended();
      own.push(world.message(`own-${hour}`, { record: { userAgent: "" } }));
      await world.fake.audit.append([{ ...finish(entry, "applied"), requestId: `r-own-${hour}` }]);
    }

    await world.receive(...own, world.message("e1"));
    await world.receive(...own.toReversed());

    expect(world.recorded()).toEqual([["e1"]]);
  });
});

describe("after 200 unrecorded writes in an hour and account", () => {
  test("the others are only counted, in an entry for each batch, so that a kill loses none", async () => {
    await flood(300);
    world.restart();

    expect(world.recorded().flat()).toHaveLength(200);
    expect(entries().map(({ omitted }) => omitted)).toEqual([
      ...Array.from({ length: 20 }, () => 0),
      ...Array.from({ length: 10 }, () => 10),
    ]);
    expect(unrecordedCount(entries())).toBe(300);
  });

  test("the first of another call, or on another object, is recorded", async () => {
    await flood(200);

    await world.receive(
      world.message("theft", THEFT),
      world.message("again", THEFT),
      world.message("other-role", { record: { requestParameters: { roleName: "billing", policyArn: "a" } } }),
    );

    expect(world.recorded().at(-1)).toEqual(["theft", "other-role"]);
    expect(entries().at(-1)).toMatchObject({ omitted: 1 });
  });

  test("the log has the events of those that are only counted", async () => {
    await flood(210);

    const lines = world.telemetry.lines.flatMap(({ fields }) =>
      "events" in fields ? [fields["events"]] : [],
    );
    expect(lines).toEqual([Array.from({ length: 10 }, (_, nth) => `e${200 + nth}`).join(" ")]);
  });

  test("the next hour records 200 again", async () => {
    await flood(210);
    world.fake.clock.set(world.nowMs + HOUR_MS);

    await flood(10, "next");

    expect(world.recorded().at(-1)).toHaveLength(10);
  });
});
