import { describe, expect, test } from "@jest/globals";
import type { DeclaredOf } from "../../src/controller/ports/assigned/pass-memories.ts";
import type { KeyView } from "../../src/model/answers/key-view.ts";
import type { Key } from "../../src/model/keys/key.ts";
import type { PassMemory } from "../../src/model/passes/pass-memory.ts";
import { assignAccounts, withdrawAccounts } from "../../src/store/postgres/assignments/assign.ts";
import { FakeController, manifests, READ_ORDERS } from "../support/fakes/fake-controller.ts";
import { HAS_POSTGRES } from "../support/postgres/cluster.ts";
import { ACCOUNT, DIGEST, OTHER_ACCOUNT } from "../support/record/audit-facts.ts";
import { replicaOn } from "./leased.ts";
import { Places } from "./places.ts";
import { POSTGRES } from "./postgres-engine.ts";
import { expireLeases, Sharing } from "./sharing.ts";

const places = new Places();
const sharing = new Sharing(places);
const NOTHING: DeclaredOf = () => undefined;
const KEYS = ["a", "b"].map((name) => `function/${ACCOUNT}/eu-west-1/orders/${name}` as Key);

(HAS_POSTGRES ? describe : describe.skip)("the memory of passes of assigned accounts", () => {
  /** The views of two functions, as a pass found them, and what Git declares for them. */
  async function memoryOfPass() {
    const fake = new FakeController();
    fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
    await fake.start();
    const views = KEYS.flatMap((key) => fake.control.keyView(key) ?? []);
    const { holds, orphans } = await fake.control.overview();
    const declared: DeclaredOf = (key) => {
      const state = fake.control.declaredState(key);
      return state ?? undefined;
    };
    const memory: PassMemory = {
      accountId: ACCOUNT,
      views: new Map(views.map((view) => [view.key, view])),
      holds: holds.map((hold) => ({ ...hold, parts: new Map(KEYS.map((key) => [key, DIGEST])) })),
      orphans,
      rejected: new Set(["x"]),
      failure: null,
      fault: null,
      unread: [],
      compared: { digest: DIGEST, unobserved: KEYS, uncompared: [] },
      requests: {
        throttled: [],
        deniedCalls: [{ accountId: ACCOUNT, call: "iam:GetRole role/x", sinceMs: 1 }],
      },
    };
    expect([memory.views.size, holds.length]).toEqual([2, 1]);
    return { memory, declared };
  }

  type Assigned = Awaited<ReturnType<typeof sharing.joined>>;

  async function settle({ memories, settlements }: Assigned, memory: PassMemory): Promise<void> {
    const row = await memories.prepare(memory);
    await settlements.record([], () => ({ memories: [row] }));
  }

  const textsIn = async (folder: string) =>
    (await POSTGRES.run(folder, "SELECT digest, text FROM pass_texts ORDER BY digest")) as readonly {
      readonly digest: string;
      readonly text: string;
    }[];

  const changed = (memory: PassMemory, change: Partial<KeyView>): PassMemory => {
    const [key, view] = [...memory.views][0] ?? [];
    if (key === undefined || view === undefined) throw new Error("the memory has no view");
    return { ...memory, views: new Map([...memory.views, [key, { ...view, ...change }]]) };
  };

  test("the active replica reads the memory as the pass had it, with and without the declared states", async () => {
    const { one, two } = await sharing.shared();
    const { memory, declared } = await memoryOfPass();
    expect([...(await one.memories.read(declared))]).toEqual([[ACCOUNT, null]]);

    await settle(two, memory);

    const read = (await one.memories.read(declared)).get(ACCOUNT);
    expect(read).toEqual(memory);
    expect(read?.views.get(KEYS[0] as Key)?.desired).toBe(declared(KEYS[0] as Key));
    expect((await one.memories.read(NOTHING)).get(ACCOUNT)).toBe(read);
  });

  test("a state that Git does not declare any more is read from the record", async () => {
    const { one, two } = await sharing.shared();
    const { memory } = await memoryOfPass();
    await settle(two, memory);

    expect((await one.memories.read(NOTHING)).get(ACCOUNT)).toEqual(memory);
  });

  test("only texts that changed are written and read, and those that no view has any more are removed", async () => {
    const { folder, one, two } = await sharing.shared();
    const { memory, declared } = await memoryOfPass();
    await settle(two, memory);
    const first = (await one.memories.read(declared)).get(ACCOUNT);
    const before = await textsIn(folder);

    const later = changed(memory, { notes: ["a new note"], readAt: "2026-11-30T00:00:00.000Z" });
    await settle(two, later);

    const after = await textsIn(folder);
    const isNew = ({ digest }: (typeof after)[number]) => !before.some((text) => text.digest === digest);
    expect([before.length, after.length, after.filter(isNew).length]).toEqual([4, 4, 1]);
    const read = (await one.memories.read(declared)).get(ACCOUNT);
    expect(read).toEqual(later);
    expect(read?.views.get(KEYS[1] as Key)).toBe(first?.views.get(KEYS[1] as Key));
  });

  test("nothing of a memory is read before its settlement, and a text that is missing then does not show half of it", async () => {
    const { folder, one, two } = await sharing.shared();
    const { memory, declared } = await memoryOfPass();
    const row = await two.memories.prepare(memory);
    expect((await one.memories.read(declared)).get(ACCOUNT)).toBeNull();

    await two.settlements.record([], () => ({ memories: [row] }));
    const [text] = (await textsIn(folder)).filter(({ text: one }) => one.includes('"liveRole"'));
    await POSTGRES.run(folder, `DELETE FROM pass_texts WHERE digest = '${text?.digest ?? ""}'`);
    expect((await one.memories.read(declared)).get(ACCOUNT)).toBeNull();

    await settle(two, memory);
    expect((await one.memories.read(declared)).get(ACCOUNT)).toEqual(memory);
  });

  test("a memory is of its assignment only: neither a withdrawn account nor the next replica has it", async () => {
    const { folder, one, two } = await sharing.shared();
    const { memory, declared } = await memoryOfPass();
    await settle(two, memory);
    const row = await two.memories.prepare(changed(memory, { notes: ["after the lease"] }));

    await expireLeases(folder);
    await withdrawAccounts(one.database);
    expect([...(await one.memories.read(declared))]).toEqual([]);
    const three = await sharing.joined(folder, replicaOn("three", 3));
    await assignAccounts(one.database, replicaOn("three", 3).id, [ACCOUNT]);
    await three.assigned.renew();

    expect([...(await one.memories.read(declared))]).toEqual([[ACCOUNT, null]]);
    await expect(two.settlements.record([], () => ({ memories: [row] }))).rejects.toMatchObject({
      code: "lease-lost",
    });
    const of = { ...row, accountId: OTHER_ACCOUNT };
    await expect(three.settlements.record([], () => ({ memories: [of] }))).rejects.toMatchObject({
      code: "not-assigned",
    });
    await settle(three, memory);
    expect((await one.memories.read(declared)).get(ACCOUNT)).toEqual(memory);
  });

  test("the next active replica reads what is assigned, unless another version of the program wrote it", async () => {
    const { folder, one, two } = await sharing.shared();
    const { memory, declared } = await memoryOfPass();
    await settle(two, memory);

    await places.close(one);
    const next = await sharing.active(folder, replicaOn("three", 3));
    expect((await next.memories.read(declared)).get(ACCOUNT)).toEqual(memory);

    await POSTGRES.run(folder, "UPDATE pass_memories SET program = '0.3.0', version = version + 1");
    expect((await next.memories.read(declared)).get(ACCOUNT)).toBeNull();
  });
});
