import { describe, expect, test } from "@jest/globals";
import {
  actionCost,
  ComparisonBudget,
  pairCost,
  testsWeight,
  weight,
} from "../../../../../src/iam/match/comparison-budget.ts";
import type { ComparableRow } from "../../../../../src/iam/compare/rows/comparable-row.ts";
import { IndexedRows } from "../../../../../src/iam/compare/rows/indexed-rows.ts";
import { RowList } from "../../../../../src/iam/compare/rows/row-list.ts";
import { partCost } from "../../../../../src/iam/compare/rows/common-part.ts";
import { scopesMeet } from "../../../../../src/iam/match/scope.ts";
import { allow, type Fields } from "../bucket-roles.ts";
import { rowsOf, rowOf } from "./rows-of.ts";

describe("a comparison budget", () => {
  test("is spent pair by pair, and a request that exceeds it ends it", () => {
    const budget = new ComparisonBudget(3);

    expect([1, 2, 0, 1, 0].map((pairs) => budget.spend(pairs))).toEqual([true, true, true, false, false]);
    budget.reset();
    expect([3, 1].map((pairs) => budget.spend(pairs))).toEqual([true, false]);
  });

  test("exceeds the needs of real roles by default, and is limited", () => {
    const [some, much] = [new ComparisonBudget(), new ComparisonBudget()];

    expect(some.spend(20_000)).toBe(true);
    expect(much.spend(5_000_000)).toBe(false);
  });
});

describe("the cost of a comparison", () => {
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
  ])("grows with the number of patterns and with every 128 characters: $is", ({ values, is }) => {
    expect(weight(values)).toBe(is);
  });

  test("is the product of the patterns of both rows, for actions, resources and conditions", () => {
    const [a, b] = [but(2, 3, 4), but(3, 5, 6)];

    expect(testsWeight(a.conditions)).toBe(5);
    expect(actionCost(a, b)).toBe(6);
    expect(pairCost(a, b)).toBe(6 + 15 + 5 * 7);
  });

  test("contains no conditions if both rows are of one statement", () => {
    const a = but(2, 3, 4);

    expect(pairCost(a, a)).toBe(4 + 9);
  });

  test.each([
    { action: "s3:Ab", resource: "*", is: 31, because: "six, one and thirteen characters make twenty" },
    { action: "s3:Abc", resource: "*", is: 32, because: "the action is one character longer" },
    { action: "s3:Ab", resource: "**", is: 32, because: "the resource is one character longer" },
  ])("of a common part is $is: $because", ({ action, resource, is }) => {
    const grant = rowOf(allow());
    const only = (value: string) => ({ negated: false, values: [value] });
    const [a, b] = [
      { ...grant, actions: only(action), resources: only(resource) },
      { ...grant, actions: only("s3:DeleteOb"), resources: only("arn") },
    ];

    expect(partCost(a, b)).toBe(is);
    expect(partCost(b, a)).toBe(is);
  });
});

describe("an exhausted budget", () => {
  const asked = rowOf(allow());
  const answers = (statements: readonly Fields[], pairs: number): readonly unknown[] => {
    const rows = rowsOf(statements);
    const index = () => new IndexedRows([new RowList(rows)], new ComparisonBudget(pairs));
    const meets = (other: ComparableRow): boolean => scopesMeet(other, asked);
    return [
      index().someSharing(asked, "grant", meets),
      index().maySomeShare(asked, "grant", meets),
      index().sharing(asked, "grant", meets)?.length ?? null,
    ];
  };

  test.each([
    { because: "the actions can't be compared", pairs: 0, expected: [false, true, null] },
    { because: "the first row can't be compared", pairs: 2, expected: [false, true, null] },
    {
      because: "the second row can't be compared, and the first answers one of the questions",
      pairs: 4,
      expected: [true, true, null],
    },
    { because: "both rows can be compared", pairs: 5, expected: [true, true, 2] },
  ])("proves no common part and excludes none: $because", ({ pairs, expected }) => {
    expect(answers([allow({ Sid: "a" }), allow({ Sid: "b" })], pairs)).toEqual(expected);
  });

  test("can't exclude a common action either", () => {
    const others = [allow({ Action: "s3:A" }), allow({ Action: "s3:B" })];

    expect(answers(others, 1)).toEqual([false, true, null]);
    expect(answers(others, 2)).toEqual([false, false, 0]);
  });

  test("does not repeat the search for an action, and ends remembered answers too", () => {
    const index = new IndexedRows([new RowList(rowsOf([allow()]))], new ComparisonBudget(5));
    const ask = (): boolean => index.maySomeShare(asked, "grant", () => false);

    expect([ask(), ask(), ask(), ask()]).toEqual([false, false, true, true]);
    expect(new IndexedRows([], new ComparisonBudget(0)).sharersOf(asked, "grant")).toEqual([]);
  });

  test("ends even a remembered answer without rows", () => {
    const index = new IndexedRows(
      [new RowList(rowsOf([allow({ Action: "s3:A" })]))],
      new ComparisonBudget(1),
    );
    const ask = (): boolean => index.maySomeShare(asked, "grant", () => true);

    expect(ask()).toBe(false);
    expect(index.budget.spend(1)).toBe(false);
    expect(ask()).toBe(true);
  });
});

describe("the index by action", () => {
  const ofAction = (actions: ComparableRow["actions"]): ComparableRow => ({ ...rowOf(allow()), actions });
  const one = (...values: readonly string[]): ComparableRow => ofAction({ negated: false, values });
  const asks = (index: readonly ComparableRow[], row: ComparableRow, pairs: number): number | null =>
    new IndexedRows([new RowList(index)], new ComparisonBudget(pairs)).sharersOf(row, "grant")?.length ??
    null;
  const rows = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "s*:List", "nothing"].map((action) =>
    one(action),
  );

  test.each([
    {
      row: one("sqs:*"),
      looks: 3,
      finds: 2,
      because: "the rows of its service and those whose service is a pattern",
    },
    { row: one("sns:Publish"), looks: 2, finds: 0, because: "the rows whose service is a pattern" },
    {
      row: one("s?:GetObject"),
      looks: 5,
      finds: 1,
      because: "every row, since its own service is a pattern",
    },
    {
      row: one("${x}:GetObject"),
      looks: 5,
      finds: 1,
      because: "every row, since its own service is a variable",
    },
    {
      row: one("s3:PutObject", "sqs:SendMessage"),
      looks: 10,
      finds: 2,
      because: "every row for each action of a list",
    },
  ])("searches $because", ({ row, looks, finds }) => {
    expect(asks(rows, row, looks)).toBe(finds);
    expect(asks(rows, row, looks - 1)).toBe(null);
  });

  test("takes the text before the first colon as the service", () => {
    expect(asks([one("s3:a:b")], one("s3:*"), 1)).toBe(1);
    expect(asks([one("s3:*")], one("s3:a:b"), 1)).toBe(1);
  });
});
