import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { accountsToAssign, accountsToReturn, shareOf } from "../../../../src/controller/assigned/shares.ts";
import type { Holder } from "../../../../src/controller/ports/assigned/assigner.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";

const accountsOf = (count: number): readonly AccountId[] =>
  Array.from({ length: count }, (_, at) => String(100_000_000_000 + at) as AccountId);
const standby = (id: string, accounts: readonly AccountId[] = []): Holder => ({
  id,
  canTake: true,
  accounts,
});
const ids = (assigned: ReadonlyMap<string, readonly AccountId[]>) =>
  Object.fromEntries([...assigned].map(([id, { length }]) => [id, length]));

describe("accounts are shared out", () => {
  test.each([
    { count: 6, standbys: 2, gets: { a: 2, b: 2 } },
    { count: 7, standbys: 2, gets: { a: 3, b: 1 } },
    { count: 2, standbys: 2, gets: { a: 1 } },
    { count: 1, standbys: 2, gets: {} },
    { count: 0, standbys: 1, gets: {} },
    { count: 5, standbys: 0, gets: {} },
  ])("$count among the active replica and $standbys standbys", ({ count, standbys, gets }) => {
    const all = ["a", "b"].slice(0, standbys).map((id) => standby(id));

    expect(ids(accountsToAssign(accountsOf(count), all))).toEqual(gets);
  });

  test("one that joins gets what the active replica has above its share, and the others keep theirs", () => {
    const all = accountsOf(9);
    const [a, b] = [standby("a", all.slice(0, 3)), standby("b")];

    expect(accountsToAssign(all, [a, b])).toEqual(new Map([["b", all.slice(3, 6)]]));
    expect(accountsToAssign(all, [a])).toEqual(new Map([["a", all.slice(3, 4)]]));
  });

  test("one that cannot take any keeps its share, which no other one gets", () => {
    const all = accountsOf(9);
    const unable = { ...standby("a", all.slice(0, 1)), canTake: false };

    expect(accountsToAssign(all, [unable, standby("b")])).toEqual(new Map([["b", all.slice(1, 4)]]));
  });

  test("a standby returns what is above the share after another one has joined, and nothing else", () => {
    const all = accountsOf(9);

    expect(accountsToReturn(standby("a", all.slice(0, 5)), shareOf(9, 2))).toEqual(all.slice(3, 5));
    expect(accountsToReturn(standby("a", all.slice(0, 3)), shareOf(9, 2))).toEqual([]);
  });

  test("from any state, within two rounds no replica has more than its share, and none has an account of another one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }),
        fc.integer({ min: 0, max: 4 }),
        (count, owners, standbys) => {
          const all = accountsOf(count);
          let held = Array.from({ length: standbys }, (_, at) =>
            standby(
              `r${at}`,
              all.filter((_account, index) => owners[index] === at),
            ),
          );
          for (let round = 0; round < 2; round += 1) {
            const share = shareOf(count, standbys);
            const added = accountsToAssign(all, held);
            held = held.map(({ id, accounts }) => {
              const now = [...accounts, ...(added.get(id) ?? [])];
              const gone = new Set(accountsToReturn({ accounts: now }, share));
              return standby(
                id,
                now.filter((account) => !gone.has(account)),
              );
            });
          }
          const assigned = held.flatMap(({ accounts }) => accounts);
          expect(new Set(assigned).size).toBe(assigned.length);
          const most = Math.max(count - assigned.length, ...held.map(({ accounts }) => accounts.length));
          expect(most).toBeLessThanOrEqual(shareOf(count, standbys));
        },
      ),
    );
  });
});
