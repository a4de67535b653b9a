import { describe, expect, test } from "@jest/globals";
import { comparableRows } from "../../../../src/iam/compare/delta.ts";
import {
  actionCost,
  ComparisonBudget,
  pairCost,
  testsWeight,
  weight,
} from "../../../../src/iam/match/comparison-budget.ts";
import { gains, isProved, type Gain } from "../../../../src/iam/compare/rows/gain.ts";
import type { ComparableRow } from "../../../../src/iam/compare/rows/comparable-row.ts";
import {
  indexByAction,
  maySomeShare,
  sharing,
  someSharing,
} from "../../../../src/iam/compare/rows/indexed-rows.ts";
import { partCost } from "../../../../src/iam/compare/rows/common-part.ts";
import { scopesMeet } from "../../../../src/iam/match/scope.ts";

const BUCKET = "arn:aws:s3:::b/*";

type Fields = Readonly<Record<string, unknown>>;

const allow = (fields: Fields = {}): Fields => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: BUCKET,
  ...fields,
});
const deny = (fields: Fields = {}): Fields => allow({ Effect: "Deny", ...fields });

function rowsOf(
  statements: readonly Fields[],
  boundary: readonly Fields[] | null = null,
): readonly ComparableRow[] {
  const text = (all: readonly Fields[]): string => JSON.stringify({ Version: "2012-10-17", Statement: all });
  return comparableRows({
    documents: [{ from: "document", text: text(statements) }],
    boundary: boundary === null ? null : { from: "boundary", text: text(boundary) },
    context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
  });
}

function rowOf(statement: Fields): ComparableRow {
  const row = rowsOf([statement]).find(({ permission }) => permission.from === "document");
  if (row === undefined) throw new Error("the statement has no row");
  return row;
}

describe("budget", () => {
  test("lasts for as much as there is, and once it was asked for more for nothing", () => {
    const budget = new ComparisonBudget(3);

    expect([1, 2, 0, 1, 0].map((pairs) => budget.spend(pairs))).toEqual([true, true, true, false, false]);
    budget.reset();
    expect([3, 1].map((pairs) => budget.spend(pairs))).toEqual([true, false]);
  });

  test("is more than people's roles need where nobody says how much, and has an end", () => {
    const [some, much] = [new ComparisonBudget(), new ComparisonBudget()];

    expect(some.spend(20_000)).toBe(true);
    expect(much.spend(5_000_000)).toBe(false);
  });
});

describe("what a comparison costs", () => {
  const list = (begin: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => `${begin}${at}`);
  const but = (actions: number, resources: number, values: number): ComparableRow =>
    rowOf({
      Effect: "Allow",
      NotAction: list("s3:Get", actions),
      NotResource: list("arn:aws:s3:::b/", resources),
      Condition: { StringEquals: { k: list("v", values) }, StringLike: { j: "w*" } },
    });

  test.each([
    { values: [], is: 0 },
    { values: [""], is: 1 },
    { values: ["a".repeat(127)], is: 1 },
    { values: ["a".repeat(128)], is: 2 },
    { values: ["a".repeat(255), "b"], is: 3 },
    { values: ["a".repeat(256), "b"], is: 4 },
  ])("grows with the number of patterns and with each 128 characters: $is", ({ values, is }) => {
    expect(weight(values)).toBe(is);
  });

  test("is each pattern with each, of actions, of resources and of conditions", () => {
    const [a, b] = [but(2, 3, 4), but(3, 5, 6)];

    expect(testsWeight(a.conditions)).toBe(5);
    expect(actionCost(a, b)).toBe(6);
    expect(pairCost(a, b)).toBe(6 + 15 + 5 * 7);
  });

  test("is nothing for the conditions of one statement", () => {
    const a = but(2, 3, 4);

    expect(pairCost(a, a)).toBe(4 + 9);
  });

  test.each([
    { action: "s3:Ab", resource: "*", is: 31, because: "six, one and thirteen characters are twenty" },
    { action: "s3:Abc", resource: "*", is: 32, because: "there is one more in the action" },
    { action: "s3:Ab", resource: "**", is: 32, because: "there is one more in the resource" },
  ])("is $is for a part that two have in common, where $because", ({ action, resource, is }) => {
    const grant = rowOf(allow());
    const [a, b] = [
      { ...grant, permission: { ...grant.permission, action, resource } },
      { ...grant, permission: { ...grant.permission, action: "s3:DeleteOb", resource: "arn" } },
    ];

    expect(partCost(a, b)).toBe(is);
    expect(partCost(b, a)).toBe(is);
  });
});

describe("where there is no budget left", () => {
  const asked = rowOf(allow());
  const answers = (statements: readonly Fields[], pairs: number): readonly unknown[] => {
    const rows = rowsOf(statements);
    const index = () => indexByAction(rows, new ComparisonBudget(pairs));
    const meets = (other: ComparableRow): boolean => scopesMeet(other, asked);
    return [
      someSharing(index(), asked, "grant", meets),
      maySomeShare(index(), asked, "grant", meets),
      sharing(index(), asked, "grant", meets)?.length ?? null,
    ];
  };

  test.each([
    { because: "the actions can't be compared", pairs: 0, says: [false, true, null] },
    { because: "the first row can't be", pairs: 2, says: [false, true, null] },
    { because: "the second row can't be, which some don't ask for", pairs: 4, says: [true, true, null] },
    { because: "both are", pairs: 5, says: [true, true, 2] },
  ])("nothing is found, and anything may be: $because", ({ pairs, says }) => {
    expect(answers([allow({ Sid: "a" }), allow({ Sid: "b" })], pairs)).toEqual(says);
  });

  test("what has no action in common may have one", () => {
    const others = [allow({ Action: "s3:A" }), allow({ Action: "s3:B" })];

    expect(answers(others, 1)).toEqual([false, true, null]);
    expect(answers(others, 2)).toEqual([false, false, 0]);
  });

  test("the rows of an action are looked for once, and beyond are not told from memory either", () => {
    const index = indexByAction(rowsOf([allow()]), new ComparisonBudget(5));
    const ask = (): boolean => maySomeShare(index, asked, "grant", () => false);

    expect([ask(), ask(), ask(), ask()]).toEqual([false, false, true, true]);
    expect(indexByAction([], new ComparisonBudget(0)).sharersOf(asked, "grant")).toEqual([]);
  });

  test("not even a memory of nothing is told", () => {
    const index = indexByAction(rowsOf([allow({ Action: "s3:A" })]), new ComparisonBudget(1));
    const ask = (): boolean => maySomeShare(index, asked, "grant", () => true);

    expect(ask()).toBe(false);
    expect(index.budget.spend(1)).toBe(false);
    expect(ask()).toBe(true);
  });
});

describe("the index", () => {
  const ofAction = (actions: ComparableRow["actions"]): ComparableRow => ({ ...rowOf(allow()), actions });
  const one = (...values: readonly string[]): ComparableRow => ofAction({ negated: false, values });
  const asks = (index: readonly ComparableRow[], row: ComparableRow, pairs: number): number | null =>
    indexByAction(index, new ComparisonBudget(pairs)).sharersOf(row, "grant")?.length ?? null;
  const rows = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "s*:List", "nothing"].map((action) =>
    one(action),
  );

  test.each([
    {
      row: one("sqs:*"),
      looks: 3,
      finds: 2,
      because: "at its own service's and at those that may be of any",
    },
    { row: one("sns:Publish"), looks: 2, finds: 0, because: "at those that may be of any" },
    { row: one("s?:GetObject"), looks: 5, finds: 1, because: "at all, where its service is a pattern" },
    { row: one("${x}:GetObject"), looks: 5, finds: 1, because: "at all, where its service is a variable" },
    {
      row: one("s3:PutObject", "sqs:SendMessage"),
      looks: 10,
      finds: 2,
      because: "at all, for each of a list",
    },
  ])("looks $because", ({ row, looks, finds }) => {
    expect(asks(rows, row, looks)).toBe(finds);
    expect(asks(rows, row, looks - 1)).toBe(null);
  });

  test("takes what stands before the first colon for the service", () => {
    expect(asks([one("s3:a:b")], one("s3:*"), 1)).toBe(1);
    expect(asks([one("s3:*")], one("s3:a:b"), 1)).toBe(1);
  });
});

interface Case {
  readonly old: readonly ComparableRow[];
  readonly now: readonly ComparableRow[];
  readonly hasOutside?: boolean;
}

/** `pairs` for the new state, as much as it wants for the old one. */
function found({ old, now, hasOutside = true }: Case, pairs: number): readonly Gain[] {
  return gains({ old: indexByAction(old), now: indexByAction(now, new ComparisonBudget(pairs)), hasOutside });
}

const told = ({ row, around, isExact }: Gain): string =>
  `${row.permission.effect} ${row.permission.action}${around === null ? "" : ` around ${around.permission.action}`}, ${isExact}`;

describe("what may have come", () => {
  const wide = allow({ Action: "s3:*" });
  const bounded = { old: rowsOf([allow()], [allow()]), now: rowsOf([allow(), wide], [allow()]) };
  const lifted = { old: rowsOf([wide, deny()]), now: rowsOf([wide]) };
  // Once for the actions and twice for the row that is compared with it; what they have in common then costs the same again.
  const limit = rowOf(allow());
  const part = partCost(rowOf(wide), limit);

  test("is a grant of which the boundary's share was not looked at", () => {
    expect(found(bounded, 5 + part)).toEqual([]);
    for (const pairs of [0, 2, 3, 4, 5, 4 + part])
      expect(found(bounded, pairs).map(told)).toEqual(["Allow s3:*, true"]);
  });

  test("is the Deny that went, where its share in the grants was not looked at", () => {
    const share = "Allow s3:GetObject around s3:GetObject, true";
    // Then whether the boundary lets it stand.
    expect(found(lifted, 3 + part + 3).map(told)).toEqual([share]);
    expect(found(lifted, 3 + part).map(told)).toEqual([share, "Deny s3:GetObject around s3:GetObject, true"]);
    for (const pairs of [0, 2, 3, 2 + part])
      expect(found(lifted, pairs)).toEqual([
        { row: expect.objectContaining({ role: "deny" }), around: expect.anything(), isExact: true },
      ]);
  });

  test("costs what each of the shares costs", () => {
    const grants = [wide, allow({ Action: "s3:Get*" })];
    const two = { old: rowsOf([...grants, deny()]), now: rowsOf(grants) };
    const costs = grants.map((grant) => partCost(rowOf(grant), limit));
    const enough = 6 + costs.reduce((sum, cost) => sum + cost, 0);

    const shares = [
      "Allow s3:GetObject around s3:GetObject, true",
      "Allow s3:GetObject around s3:GetObject, true",
    ];
    expect(found(two, enough + 5).map(told)).toEqual(shares);
    expect(found(two, enough).map(told)).toEqual([...shares, "Deny s3:GetObject around s3:GetObject, true"]);
    expect(found(two, enough - 1).map(told)).toEqual(["Deny s3:GetObject around s3:GetObject, true"]);
  });

  test("is never what is the same, and each question has all of the budget", () => {
    const [old, now] = [
      indexByAction(rowsOf([wide]), new ComparisonBudget(0)),
      indexByAction(rowsOf([wide])),
    ];

    expect(gains({ old, now, hasOutside: true })).toEqual([]);
    const states = {
      old: indexByAction(bounded.old),
      now: indexByAction(bounded.now, new ComparisonBudget(5 + part)),
    };
    expect(gains({ ...states, hasOutside: true })).toEqual([]);
    expect(gains({ ...states, hasOutside: true })).toEqual([]);
    const narrower = {
      old: indexByAction(rowsOf([wide]), new ComparisonBudget(3)),
      now: indexByAction(rowsOf([allow()])),
    };
    expect(gains({ ...narrower, hasOutside: true })).toEqual([]);
    expect(gains({ ...narrower, hasOutside: true })).toEqual([]);
  });

  test("is not proved where what may stand against it was not looked at", () => {
    const [old, now] = [rowsOf([]), rowsOf([allow()])];
    const [gain] = found({ old, now }, 100);
    if (gain === undefined) throw new Error("the grant came");
    const proved = (pairs: number, state: "old" | "now"): boolean =>
      isProved(gain, {
        old: indexByAction(
          state === "old" ? rowsOf([allow({ Action: "s3:PutObject" })]) : old,
          new ComparisonBudget(state === "old" ? pairs : 100),
        ),
        now: indexByAction(now, new ComparisonBudget(state === "now" ? pairs : 100)),
      });

    expect([proved(2, "now"), proved(3, "now")]).toEqual([false, true]);
    expect([proved(0, "old"), proved(1, "old")]).toEqual([false, true]);
  });
});
