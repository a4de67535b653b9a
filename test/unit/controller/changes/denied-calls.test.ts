import { beforeEach, expect, test } from "@jest/globals";
import type { AccountRecord } from "../../../../src/model/records/account-record.ts";
import type { WaveMember, WaveRecord } from "../../../../src/model/records/wave-record.ts";
import { firstAccountRecord } from "../../../../src/model/records/account-record.ts";
import { digestOf } from "../../../../src/model/values/digest.ts";
import { BINDING } from "../../../support/pass/passes.ts";
import { ALICE_SESSION, changeMessage } from "../../../support/aws/change-message.ts";
import { ACCOUNTS, InboxWorld } from "./inbox-world.ts";

let world: InboxWorld;
beforeEach(() => {
  world = new InboxWorld();
});

const SECOND_MS = 1_000;

function openWave(state: WaveMember["state"] = "switched", openedMs = world.fake.clock.nowMs()): void {
  const members: readonly WaveMember[] = [{ key: BINDING.key, state, switch: null, needs: null }];
  const subject = digestOf("wave");
  const open: WaveRecord = { number: 1, subject, members, openedMs, approved: null, stops: [], watch: null };
  const record: AccountRecord = {
    ...firstAccountRecord(BINDING.accountId, "prod"),
    waves: { orders: { open, ended: [] } },
  };
  world.fake.store.accountRecords.set(BINDING.accountId, record);
}

/** @param after the time of the call, in seconds after now */
function denied(eventName: string, after = 1, issuer: string = BINDING.role.arn): string {
  const sessionContext = { sessionIssuer: { ...ALICE_SESSION.sessionContext.sessionIssuer, arn: issuer } };
  return changeMessage({
    envelope: { source: "aws.kms" },
    record: {
      eventID: `${eventName}-${after}`,
      eventSource: "kms.amazonaws.com",
      eventName,
      errorCode: "AccessDenied",
      eventTime: new Date(world.fake.clock.nowMs() + after * SECOND_MS).toISOString(),
      userIdentity: { ...ALICE_SESSION, sessionContext },
    },
  });
}

const receive = (...bodies: readonly string[]) => world.inbox.receive(bodies, ACCOUNTS);
const recorded = () =>
  world.fake.audit.log.flatMap((entry) => (entry.kind === "call-denied" ? [[entry.key, entry.call]] : []));

test("the first denied call of each name by the role of a function in an open wave is recorded, and makes the function due", async () => {
  openWave();

  const kept = await receive(denied("Decrypt"), denied("Decrypt", 2), denied("GenerateDataKey"));

  expect(kept).toEqual([]);
  expect(recorded()).toEqual([
    [BINDING.key, "kms:Decrypt"],
    [BINDING.key, "kms:GenerateDataKey"],
  ]);
  expect(world.state.queue.depth()).toBe(1);
});

test("it is recorded once, also after a restart and when the waves are read again", async () => {
  openWave();
  await receive(denied("Decrypt"));
  world.fake.clock.set(world.fake.clock.nowMs() + 11 * SECOND_MS);
  await receive(denied("Decrypt", 2));
  world.restart();
  await receive(denied("Decrypt", 3));

  expect(recorded()).toHaveLength(1);
});

test.each([
  { because: "no wave is open", begin: () => undefined, body: () => denied("Decrypt") },
  {
    because: "the function has left its wave",
    begin: () => openWave("left"),
    body: () => denied("Decrypt"),
  },
  {
    because: "it was before the wave was opened",
    begin: () => openWave(),
    body: () => denied("Decrypt", -1),
  },
  {
    because: "it was by another role",
    begin: () => openWave(),
    body: () => denied("Decrypt", 1, "arn:aws:iam::111122223333:role/other"),
  },
])("a denied call is only counted if $because", async ({ begin, body }) => {
  begin();

  await receive(body());

  expect(recorded()).toEqual([]);
  expect(world.telemetry.outcomes).toEqual(["failed-call"]);
  expect(world.state.queue.depth()).toBe(0);
});

test("a message stays in the queue while its denied call cannot be recorded, and counts when it can", async () => {
  openWave();
  world.fake.store.failure = new Error("the disk is full");
  await expect(receive(denied("Decrypt"))).rejects.toThrow("the disk is full");
  world.fake.store.failure = null;
  await receive(denied("Decrypt"));

  expect(recorded()).toHaveLength(1);
});

test("a function that is denied more than 20 different calls has the first 20 in the record", async () => {
  openWave();

  await receive(...Array.from({ length: 30 }, (_, at) => denied(`Call${at}`)));

  expect(recorded()).toHaveLength(20);
});
