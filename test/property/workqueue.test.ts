import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseAccountId, type AccountId } from "../../src/model/aws/ids.ts";
import { keyParts, parseKey, type Key } from "../../src/model/keys/key.ts";
import { Workqueue } from "../../src/controller/state/workqueue.ts";
import { FC_RUNS } from "../support/fc-runs.ts";

const ACCOUNTS = ["111122223333", "444455556666"] as const;
const KEYS = ACCOUNTS.flatMap((account) =>
  ["a", "b", "c"].map((name) => `function/${account}/eu-west-1/orders/${name}`),
);

type Step =
  | { readonly kind: "add"; readonly key: string; readonly dueMs: number }
  | { readonly kind: "sweep"; readonly account: string; readonly dueMs: number }
  | { readonly kind: "take" }
  | { readonly kind: "done"; readonly pick: number }
  | { readonly kind: "later"; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("add" as const),
    key: fc.constantFrom(...KEYS),
    dueMs: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({
    kind: fc.constant("sweep" as const),
    account: fc.constantFrom(...ACCOUNTS),
    dueMs: fc.integer({ min: 0, max: 20 }),
  }),
  fc.record({ kind: fc.constant("take" as const) }),
  fc.record({ kind: fc.constant("done" as const), pick: fc.nat(3) }),
  fc.record({ kind: fc.constant("later" as const), ms: fc.integer({ min: 0, max: 10 }) }),
);

/** Runs a schedule and returns the keys that ran after they were last added; throws if an account runs twice at the same time. */
function run(steps: readonly Step[]): { readonly unserved: ReadonlySet<Key>; readonly overlaps: number } {
  const queue = new Workqueue();
  const running = new Set<AccountId>();
  const unserved = new Set<Key>();
  let nowMs = 0;
  let overlaps = 0;

  const take = (): boolean => {
    const taken = queue.take(nowMs);
    if (taken === undefined) return false;
    if (running.has(taken.accountId)) overlaps += 1;
    running.add(taken.accountId);
    const served =
      taken.scope.kind === "keys"
        ? taken.scope.keys
        : [...unserved].filter((key) => keyParts(key).accountId === taken.accountId);
    for (const key of served) unserved.delete(key);
    return true;
  };
  const finish = (accountId: AccountId | undefined): void => {
    if (accountId === undefined) return;
    running.delete(accountId);
    queue.done(accountId);
  };
  for (const one of steps) {
    if (one.kind === "add") {
      queue.addKey(key(one.key), nowMs + one.dueMs);
      unserved.add(key(one.key));
    }
    if (one.kind === "sweep") queue.addSweep(account(one.account), nowMs + one.dueMs);
    if (one.kind === "take") take();
    if (one.kind === "done") finish([...running][one.pick]);
    if (one.kind === "later") nowMs += one.ms;
  }
  nowMs += 100;
  const finishAll = (): void => [...running].forEach(finish);
  finishAll();
  while (take()) finishAll();
  return { unserved, overlaps };
}

function key(text: string): Key {
  const parsed = parseKey(text);
  if (parsed === undefined) throw new Error(`not a key: ${text}`);
  return parsed;
}

function account(text: string): AccountId {
  const parsed = parseAccountId(text);
  if (parsed === undefined) throw new Error(`not an account: ${text}`);
  return parsed;
}

describe("the workqueue under any schedule", () => {
  test("never returns an account that is running", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        expect(run(steps).overlaps).toBe(0);
      }),
      { numRuns: FC_RUNS },
    );
  });

  test("runs every added key once more after it was added", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        expect([...run(steps).unserved]).toEqual([]);
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
