import { expect, test } from "@jest/globals";
import { waves } from "../../../src/http/present/pending/waves.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { ChangeQueueView } from "../../../src/model/answers/queue-health.ts";
import { firstAccountRecord } from "../../../src/model/records/account-record.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ALL, calm, NOW_MS } from "../../support/screens/action-required.ts";

const QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/changes";

const failing: ChangeQueueView["health"] = {
  kind: "failing",
  sinceMs: 0,
  failure: { code: "AccessDenied", reason: "not allowed", fix: "allow sqs:ReceiveMessage" },
};

/** A wave of the account of a calm installation with these queues of change events. */
async function watchedWith(changeQueues: readonly ChangeQueueView[]) {
  const state = calm();
  const accounts = state.overview.accounts.map((one) => ({
    ...one,
    record: {
      ...(one.record ?? firstAccountRecord(one.id, one.name)),
      waves: { orders: { open: null, ended: [] } },
    },
  }));
  const control = new FakeControl({ ...state, overview: { ...state.overview, accounts, changeQueues } });
  const world = await new WorldReader(control).read();
  const [wave] = waves(readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS }));
  return wave?.status;
}

const id = calm().overview.accounts[0]?.id ?? "none";

test.each<{ queues: readonly ChangeQueueView[]; isWatched: boolean; because: string }>([
  {
    queues: [{ url: QUEUE, accounts: [id], health: { kind: "read" } }],
    isWatched: true,
    because: "it is read",
  },
  { queues: [{ url: QUEUE, accounts: [id], health: failing }], isWatched: false, because: "it fails" },
  {
    queues: [{ url: QUEUE, accounts: ["999900001111"], health: { kind: "read" } }],
    isWatched: false,
    because: "it is for another account",
  },
  { queues: [], isWatched: false, because: "there is none" },
])(
  "denied calls count as watched only by a queue of change events: $because",
  async ({ queues, isWatched }) => {
    const { watched = [], notWatched = [] } = (await watchedWith(queues)) ?? {};

    expect(watched.some((text) => text.includes("denied calls"))).toBe(isWatched);
    // Data events need a trail of their own.
    expect(notWatched.some((text) => text.includes("denied calls"))).toBe(true);
  },
);
