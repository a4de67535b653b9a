import { expect, test } from "@jest/globals";
import { bindingStatus } from "../../../src/http/present/binding-status.ts";
import { readerOf, type Reader } from "../../../src/http/request/reader.ts";
import { RequestedReconciles } from "../../../src/http/request/requested-reconciles.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { Stamps } from "../../../src/http/watch/stamps.ts";
import type { Overview } from "../../../src/controller/ports/control.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import { firstAccountRecord } from "../../../src/model/records/account-record.ts";
import type { WaveRecord } from "../../../src/model/records/wave-record.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { happen } from "../../support/kubernetes/watching.ts";
import { keyAt, stateOf } from "../../support/kubernetes/watched-feed.ts";
import { ALL, NOW_MS } from "../../support/screens/action-required.ts";

const OPEN: WaveRecord = {
  number: 3,
  subject: digestOf("wave"),
  members: [
    { key: keyAt(0), state: "waiting", switch: digestOf("0"), needs: null },
    { key: keyAt(1), state: "left", switch: null, needs: null },
  ],
  openedMs: 0,
  approved: null,
  stops: [],
  watch: null,
};

/** An installation of so many functions, with an open wave of a namespace. */
function stateWith(count: number, { namespace = "orders", open = OPEN, holds = [] as readonly Hold[] } = {}) {
  const state = stateOf(count);
  const accounts = state.overview.accounts.map((one) => ({
    ...one,
    record: {
      ...(one.record ?? firstAccountRecord(one.id, one.name)),
      waves: { [namespace]: { open, ended: [] } },
    },
  }));
  const overview: Overview = { ...state.overview, accounts, holds };
  return { ...state, overview };
}

async function readerAt(control: FakeControl): Promise<Reader> {
  const world = await new WorldReader(control).read();
  return readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });
}

/** The approval of the switch of one function, in a later wave. */
function switchOf(at: number, counted: () => void = () => undefined): Hold {
  return {
    get code() {
      counted();
      return "wave-member" as const;
    },
    subject: digestOf(String(at)),
    keys: [keyAt(at)],
    wave: { namespace: "orders", number: 4 },
    account: "prod",
    reason: "a switch",
    actions: 1,
    sinceMs: 0,
  };
}

test.each([
  {
    at: 0,
    wave: { number: 3, state: "waiting", wave: "awaiting-approval" },
    because: "the open wave has it",
  },
  { at: 1, wave: undefined, because: "it left the open wave" },
  {
    at: 2,
    wave: { number: 4, state: "later", wave: "awaiting-approval" },
    because: "its switch follows in a later wave",
  },
  { at: 3, wave: undefined, because: "nothing is to be switched" },
])("function $at: $because", async ({ at, wave }) => {
  const reader = await readerAt(new FakeControl(stateWith(4, { holds: [switchOf(2)] })));

  const { wave: shown } = bindingStatus(reader, keyAt(at));

  expect(shown && { number: shown.number, state: shown.state, wave: shown.wave }).toEqual(wave);
});

test("the waves of all functions are found without a search through all pending approvals for each of them", async () => {
  const count = 200;
  let looks = 0;
  const holds = Array.from({ length: count }, (_, at) => switchOf(at, () => (looks += 1)));
  const reader = await readerAt(new FakeControl(stateWith(count, { holds })));

  for (let at = 0; at < count; at += 1) bindingStatus(reader, keyAt(at));

  expect(looks).toBeLessThan(20 * count);
});

test.each([
  { namespace: "orders", changes: true },
  { namespace: "payments", changes: false },
])(
  "a wave of $namespace that moves on changes a function of orders: $changes",
  async ({ namespace, changes }) => {
    const stamps = new Stamps();
    const control = new FakeControl(stateWith(1, { namespace }));
    const requestedReconciles = new RequestedReconciles(control);
    const stamp = async (): Promise<string> =>
      stamps.ofKeys({ reader: await readerAt(control), requestedReconciles })(keyAt(0));
    const before = await stamp();

    happen({ control }, { overview: stateWith(1, { namespace, open: { ...OPEN, number: 9 } }).overview });

    expect((await stamp()) !== before).toBe(changes);
  },
);
