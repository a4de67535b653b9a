import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { AccountId } from "../../src/model/aws/ids.ts";
import { keyParts, type Key } from "../../src/model/keys/key.ts";
import { Workqueue } from "../../src/controller/state/workqueue.ts";
import type { PassScope } from "../../src/judge/subject.ts";
import { settled } from "../support/fakes/fake-clock.ts";
import { account, key } from "../support/parsed-keys.ts";
import { FC_RUNS } from "../support/fc-runs.ts";

const ACCOUNTS = ["111122223333", "444455556666"] as const;
const KEYS = ACCOUNTS.flatMap((account) =>
  ["a", "b", "c"].map((name) => `function/${account}/eu-west-1/orders/${name}`),
);

type Step =
  | { readonly kind: "add"; readonly key: string; readonly dueMs: number }
  | { readonly kind: "second-read"; readonly key: string }
  | { readonly kind: "sweep"; readonly account: string; readonly dueMs: number }
  | { readonly kind: "take" }
  | { readonly kind: "done"; readonly pick: number }
  | { readonly kind: "long-sweep"; readonly account: string }
  | { readonly kind: "read-ended"; readonly pick: number }
  | { readonly kind: "later"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    key: fc.constantFrom(...KEYS),
    dueMs: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({ kind: fc.constant("second-read" as const), key: fc.constantFrom(...KEYS) }),
  fc.record({
    kind: fc.constant("sweep" as const),
    account: fc.constantFrom(...ACCOUNTS),
    dueMs: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({ kind: fc.constant("take" as const) }),
  fc.record({ kind: fc.constant("done" as const), pick: fc.nat(3) }),
  fc.record({ kind: fc.constant("long-sweep" as const), account: fc.constantFrom(...ACCOUNTS) }),
  fc.record({ kind: fc.constant("read-ended" as const), pick: fc.nat(3) }),
  fc.record({
    kind: fc.constant("later" as const),
    ms: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.constant(1_000)),
  }),
);

/** A queue whose passes a schedule begins and ends. */
class Schedule {
  /** Two keys and more are cheaper as a sweep in one of the accounts. */
  readonly queue = new Workqueue((accountId, keys) => accountId === ACCOUNTS[0] && keys > 1);
  /** Keys that no pass took after they were last added. */
  readonly unserved = new Set<Key>();
  /** Passes that ran at the same time without being allowed to. */
  overlaps = 0;
  /** Passes over keys that were taken while a sweep read. */
  overtaken = 0;
  /** Keys that were taken during a read which the sweep did not get. */
  missing = 0;
  nowMs = 0;
  readonly #running = new Map<AccountId, "pass" | "sweep">();
  readonly #reading = new Map<AccountId, Set<Key>>();
  readonly #overtaking = new Set<AccountId>();
  readonly #closing = new Set<AccountId>();

  take(): boolean {
    const used = this.queue.take(this.nowMs);
    if (used === undefined) return false;
    const { accountId, scope } = used;
    const read = this.#reading.get(accountId);
    if (read !== undefined) this.#overtake(accountId, scope, read);
    else {
      if (this.#running.has(accountId)) this.overlaps += 1;
      this.#running.set(accountId, scope.kind === "all" ? "sweep" : "pass");
      if (scope.kind === "keys" && scope.isSecondRead === true) {
        this.queue.beginReading(accountId, "second-read");
        this.#reading.set(accountId, new Set());
      }
    }
    const isOf = (one: Key): boolean => keyParts(one).accountId === accountId;
    for (const one of scope.kind === "keys" ? scope.keys : [...this.unserved].filter(isOf))
      this.unserved.delete(one);
    return true;
  }

  #overtake(accountId: AccountId, scope: PassScope, read: Set<Key>): void {
    if (this.#overtaking.has(accountId) || this.#closing.has(accountId) || scope.kind === "all")
      this.overlaps += 1;
    this.overtaken += 1;
    this.#overtaking.add(accountId);
    for (const one of scope.kind === "keys" ? scope.keys : []) read.add(one);
  }

  /** Begins a sweep that reads for a second, unless other work is due earlier. */
  beginLongSweep(accountId: AccountId): void {
    this.queue.addSweep(accountId, this.nowMs);
    while (this.take());
    if (this.#running.get(accountId) !== "sweep" || this.#reading.has(accountId)) return;
    this.queue.beginReading(accountId);
    this.#reading.set(accountId, new Set());
    this.nowMs += 1_000;
  }

  endReading(pick: number): void {
    const accountId = [...this.#reading.keys()].filter((id) => !this.#closing.has(id))[pick];
    if (accountId === undefined) return;
    this.#closing.add(accountId);
    void this.#readEnds(accountId);
  }

  async #readEnds(accountId: AccountId): Promise<void> {
    const given = await this.queue.endReading(accountId);
    if (this.#overtaking.has(accountId)) this.overlaps += 1;
    const read = [...(this.#reading.get(accountId) ?? [])];
    this.missing += read.filter((one) => !given.has(one)).length;
    this.#reading.delete(accountId);
    this.#closing.delete(accountId);
  }

  /** The pass that overtakes, or one that does not read. */
  end(pick: number): void {
    const overtaking = [...this.#overtaking];
    const others = [...this.#running.keys()].filter((id) => !this.#reading.has(id));
    const accountId = [...overtaking, ...others][pick];
    if (accountId === undefined) return;
    if (!this.#overtaking.delete(accountId)) this.#running.delete(accountId);
    this.queue.done(accountId);
  }

  async finish(): Promise<void> {
    while (this.#running.size > 0) {
      this.end(0);
      this.endReading(0);
      await settled();
    }
  }
}

/** Runs a schedule to its end. */
async function run(steps: readonly Step[]): Promise<Schedule> {
  const schedule = new Schedule();
  const { queue } = schedule;
  for (const one of steps) {
    if (one.kind === "add") {
      queue.addKey(key(one.key), schedule.nowMs + one.dueMs);
      schedule.unserved.add(key(one.key));
    }
    if (one.kind === "second-read") queue.addSecondRead(key(one.key));
    if (one.kind === "sweep") queue.addSweep(account(one.account), schedule.nowMs + one.dueMs);
    if (one.kind === "take") schedule.take();
    if (one.kind === "done") schedule.end(one.pick);
    if (one.kind === "long-sweep") schedule.beginLongSweep(account(one.account));
    if (one.kind === "read-ended") schedule.endReading(one.pick);
    if (one.kind === "later") schedule.nowMs += one.ms;
    await settled();
  }
  schedule.nowMs += 100;
  do await schedule.finish();
  while (schedule.take());
  return schedule;
}

describe("the workqueue under any schedule", () => {
  test("runs one pass of an account at a time, and one over keys while a sweep or a second read reads, which gets all of them", async () => {
    const sums = { overtaken: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { overlaps, missing, overtaken } = await run(steps);

        sums.overtaken += overtaken;
        expect({ overlaps, missing }).toEqual({ overlaps: 0, missing: 0 });
      }),
      { numRuns: FC_RUNS },
    );

    expect(sums.overtaken).toBeGreaterThan(0);
  });

  test("runs every added key once more after it was added", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        expect([...(await run(steps)).unserved]).toEqual([]);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("returns keys in an order that does not depend on the order of adding", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(KEYS.slice(0, 3), { minLength: 3 }), (keys) => {
        const queue = new Workqueue();
        for (const one of keys) queue.addKey(key(one), 0);

        expect(queue.take(0)?.scope).toEqual({ kind: "keys", keys: KEYS.slice(0, 3) });
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("forgets the keys of an account that no manifest names", () => {
    const queue = new Workqueue();
    queue.addKey(key(KEYS[0] ?? ""), 0);
    queue.addSweep(account(ACCOUNTS[0]), 0);

    queue.forget(account(ACCOUNTS[0]));

    expect(queue.take(1_000)).toBeUndefined();
    expect(queue.nextDueMs()).toBeNull();
    expect(queue.depth()).toBe(0);
  });
});
