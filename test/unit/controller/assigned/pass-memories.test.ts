import { afterEach, expect, test } from "@jest/globals";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import type { PassMemory } from "../../../../src/model/passes/pass-memory.ts";
import type { RecordChange } from "../../../../src/model/records/record-change.ts";
import { FakeController, manifests, READ_ORDERS, SWEEP_MS } from "../../../support/fakes/fake-controller.ts";
import { stop } from "../sandboxes.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;

let fake: FakeController;
afterEach(() => stop(fake));

/** A controller whose passes write their memory, the memories, and the changes that have one. */
async function started() {
  fake = new FakeController();
  const memories: PassMemory[] = [];
  const changes: RecordChange[] = [];
  fake.memories = {
    prepare: async (memory) => {
      memories.push(memory);
      return { accountId: memory.accountId, program: "test", text: String(memories.length), digests: [] };
    },
  };
  const record = fake.recorder.record.bind(fake.recorder);
  fake.recorder.record = (settlement) => {
    if (settlement.change.memories !== undefined) changes.push(settlement.change);
    return record(settlement);
  };
  fake.source.push(manifests({ a: READ_ORDERS }));
  await fake.start();
  return { memories, changes };
}

test("the settlement of a pass has the memory of it, next to the record of its account", async () => {
  const { memories, changes } = await started();

  expect(memories).toEqual([
    expect.objectContaining({
      accountId: ACCOUNT,
      views: new Map([[KEY, fake.control.keyView(KEY)]]),
      holds: (await fake.control.overview()).holds,
      failure: null,
      unread: [],
    }),
  ]);
  expect(changes).toEqual([
    expect.objectContaining({
      accounts: [expect.objectContaining({ accountId: ACCOUNT })],
      memories: [expect.objectContaining({ accountId: ACCOUNT, text: "1" })],
    }),
  ]);
});

test("a pass whose texts cannot be written is not settled, and its account is shown as faulty", async () => {
  await started();
  const before = fake.control.keyView(KEY);
  fake.memories = { prepare: () => Promise.reject(new Error("the disk is full")) };
  await stop(fake);
  await fake.start();

  expect(before).not.toBeNull();
  expect(fake.control.keyView(KEY)).toBeNull();
  expect((await fake.control.overview()).accounts).toMatchObject([{ hasFault: true }]);
});

test("a pass that fails because of a bug leaves a memory with its first line, and the one that ends normally one without", async () => {
  const { memories } = await started();
  const aws = fake.cloud.account(ACCOUNT);
  const sweep = aws.sweep.bind(aws);
  aws.sweep = () => Promise.reject(new TypeError("x is undefined\n  at y"));

  await fake.clock.pass(2 * SWEEP_MS);
  const failed = memories.at(-1);
  aws.sweep = sweep;
  await fake.clock.pass(2 * SWEEP_MS);

  expect(failed).toMatchObject({ fault: { reason: "TypeError: x is undefined" }, views: memories[0]?.views });
  expect(memories.at(-1)).toMatchObject({ fault: null });
});
