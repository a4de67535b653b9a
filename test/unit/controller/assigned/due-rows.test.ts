import { describe, expect, test } from "@jest/globals";
import { DueRows } from "../../../../src/controller/state/passes/due-rows.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import type { Key } from "../../../../src/model/keys/key.ts";

const ACCOUNT = "111122223333" as AccountId;
const KEY = `function/${ACCOUNT}/eu-west-1/orders/a` as Key;
const OTHER = `function/${ACCOUNT}/eu-west-1/orders/b` as Key;
const ROWS = [
  { id: 1, accountId: ACCOUNT, key: null },
  { id: 2, accountId: ACCOUNT, key: KEY },
];
const PASS = { number: 8, accountId: ACCOUNT, keys: "all", failure: null } as const;

describe("rows of due work", () => {
  test.each([
    { pass: PASS, covered: [1, 2], because: "a pass over the account covers all" },
    { pass: { ...PASS, number: 7 }, covered: [], because: "it began before the rows were read" },
    { pass: { ...PASS, keys: [KEY] }, covered: [2], because: "a pass over the key covers the key" },
    { pass: { ...PASS, keys: [OTHER] }, covered: [], because: "it is another key" },
    {
      pass: { ...PASS, keys: [], failure: "AccessDenied" },
      covered: [1, 2],
      because: "the account cannot be read",
    },
    {
      pass: { ...PASS, accountId: "444455556666" as AccountId },
      covered: [],
      because: "it is another account",
    },
  ])("that are covered are $covered, because $because", ({ pass, covered }) => {
    const due = new DueRows();
    expect(due.read(ROWS, 7)).toEqual(ROWS);

    due.passEnded(pass);

    expect(due.covered).toEqual(covered);
    // Until they are removed they are read again, and are not new.
    expect(due.read(ROWS, 9)).toEqual([]);
  });

  test("of an account that was lost are new when it is assigned again", () => {
    const due = new DueRows();
    due.read(ROWS, 7);

    due.forget(ACCOUNT);
    due.passEnded(PASS);

    expect(due.covered).toEqual([]);
    expect(due.read(ROWS, 8)).toEqual(ROWS);
  });
});
