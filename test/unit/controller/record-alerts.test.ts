import { expect, test } from "@jest/globals";
import type { RecordVerification } from "../../../src/model/records/record-verification.ts";
import { RecordAlerts } from "../../../src/controller/state/record-access.ts";
import { FakeController } from "../../support/fakes/fake-controller.ts";

const SINCE = "2026-11-25T11:00:00.000Z";
const INTACT: RecordVerification = { kind: "intact", upTo: 7, at: SINCE };
const BROKEN = brokenAt(6);
const UNREAD: RecordVerification = { kind: "unknown", reason: "the disk is gone", since: SINCE };

function brokenAt(entry: number): RecordVerification {
  return { kind: "broken", entry, provedUpTo: 2, reason: "changed", since: SINCE };
}

test("a record that the controller finds broken is an alert, with the first entry that is not proved", async () => {
  const fake = new FakeController();
  await fake.start();
  try {
    fake.recordVerified(BROKEN);
    await fake.clock.pass(2_000);

    expect(fake.recorder.alerts.filter(({ kind }) => kind.startsWith("record-"))).toEqual([
      { kind: "record-broken", problem: "broken at entry 6", reason: "changed", unverifiedFrom: 3 },
    ]);
  } finally {
    await fake.stop();
  }
});

test.each<{
  readonly states: readonly RecordVerification[];
  readonly kinds: readonly string[];
  readonly because: string;
}>([
  { states: [BROKEN, BROKEN], kinds: ["record-broken"], because: "the same break is reported once" },
  {
    states: [BROKEN, brokenAt(4)],
    kinds: ["record-broken", "record-broken"],
    because: "another break is news",
  },
  { states: [BROKEN, INTACT], kinds: ["record-broken", "record-verified"], because: "it verifies again" },
  { states: [UNREAD, { kind: "not-verified" }], kinds: [], because: "nothing is known" },
  { states: [BROKEN, UNREAD], kinds: ["record-broken"], because: "a record that is not read ends nothing" },
])("$kinds: $because", ({ states, kinds }) => {
  const alerts = new RecordAlerts();
  const found = states.flatMap((state) => {
    const { alerts: events, reported } = alerts.found(state);
    reported();
    return events;
  });

  expect(found.map(({ kind }) => kind)).toEqual(kinds);
});

test("an alert that could not be recorded is found again", () => {
  const alerts = new RecordAlerts();

  expect([alerts.found(BROKEN), alerts.found(BROKEN)].map(({ alerts: { length } }) => length)).toEqual([
    1, 1,
  ]);
});
