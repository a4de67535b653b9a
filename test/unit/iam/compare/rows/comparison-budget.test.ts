import { describe, expect, test } from "@jest/globals";
import { comparableRows } from "../../../../../src/iam/compare/delta.ts";
import {
  actionCost,
  ComparisonBudget,
  pairCost,
  testsWeight,
  weight,
} from "../../../../../src/iam/match/comparison-budget.ts";
import { gains, isProved, type Gain } from "../../../../../src/iam/compare/rows/gain.ts";
import type { ComparableRow } from "../../../../../src/iam/compare/rows/comparable-row.ts";
import { IndexedRows } from "../../../../../src/iam/compare/rows/indexed-rows.ts";
import { partCost } from "../../../../../src/iam/compare/rows/common-part.ts";
import { scopesMeet } from "../../../../../src/iam/match/scope.ts";
import { allow, deny, document, type Fields } from "../bucket-roles.ts";
import { namesText, readDocumentName, documentName } from "../../../../../src/iam/row-text.ts";

function rowsOf(
  statements: readonly Fields[],
  boundary: readonly Fields[] | null = null,
): readonly ComparableRow[] {
  return comparableRows({
    documents: [{ from: readDocumentName("document"), text: document(...statements) }],
    boundary: boundary === null ? null : { from: readDocumentName("boundary"), text: document(...boundary) },
    context: { dialect: "identity", partition: "aws", accountId: "111122223333" },
  });
}

function rowOf(statement: Fields): ComparableRow {
  const row = rowsOf([statement]).find(({ permission }) => documentName(permission.from) === "document");
  if (row === undefined) throw new Error("the statement has no row");
  return row;
}

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
    const index = () => new IndexedRows(rows, new ComparisonBudget(pairs));
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
    const index = new IndexedRows(rowsOf([allow()]), new ComparisonBudget(5));
    const ask = (): boolean => index.maySomeShare(asked, "grant", () => false);

    expect([ask(), ask(), ask(), ask()]).toEqual([false, false, true, true]);
    expect(new IndexedRows([], new ComparisonBudget(0)).sharersOf(asked, "grant")).toEqual([]);
  });

  test("ends even a remembered answer without rows", () => {
    const index = new IndexedRows(rowsOf([allow({ Action: "s3:A" })]), new ComparisonBudget(1));
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
    new IndexedRows(index, new ComparisonBudget(pairs)).sharersOf(row, "grant")?.length ?? null;
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

interface Case {
  readonly old: readonly ComparableRow[];
  readonly now: readonly ComparableRow[];
  readonly hasOutside?: boolean;
}

/** `pairs` for the new state, as much as it wants for the old one. */
function found({ old, now, hasOutside = true }: Case, pairs: number): readonly Gain[] {
  return gains({
    old: new IndexedRows(old),
    now: new IndexedRows(now, new ComparisonBudget(pairs)),
    hasOutside,
  });
}

const actionText = ({ permission }: ComparableRow): string => namesText(permission.action);

const described = ({ row, around, isExact }: Gain): string =>
  `${row.permission.effect} ${actionText(row)}${around === null ? "" : ` around ${actionText(around)}`}, ${isExact}`;

describe("a possible gain", () => {
  const wide = allow({ Action: "s3:*" });
  const bounded = { old: rowsOf([allow()], [allow()]), now: rowsOf([allow(), wide], [allow()]) };
  const lifted = { old: rowsOf([wide, deny()]), now: rowsOf([wide]) };
  // Once for the actions and twice for the row that is compared with it; what they have in common then costs the same again.
  const limit = rowOf(allow());
  const part = partCost(rowOf(wide), limit);

  test("is a grant whose common part with the boundary was not computed", () => {
    expect(found(bounded, 5 + part)).toEqual([]);
    for (const pairs of [0, 2, 3, 4, 5, 4 + part])
      expect(found(bounded, pairs).map(described)).toEqual(["Allow s3:*, true"]);
  });

  test("is a removed Deny whose common part with the grants was not computed", () => {
    const share = "Allow s3:GetObject around s3:GetObject, true";
    // The last three pairs check the boundary.
    expect(found(lifted, 3 + part + 3).map(described)).toEqual([share]);
    expect(found(lifted, 3 + part).map(described)).toEqual([
      share,
      "Deny s3:GetObject around s3:GetObject, true",
    ]);
    for (const pairs of [0, 2, 3, 2 + part])
      expect(found(lifted, pairs)).toEqual([
        { row: expect.objectContaining({ role: "deny" }), around: expect.anything(), isExact: true },
      ]);
  });

  test("costs as much as its common parts", () => {
    const grants = [wide, allow({ Action: "s3:Get*" })];
    const two = { old: rowsOf([...grants, deny()]), now: rowsOf(grants) };
    const costs = grants.map((grant) => partCost(rowOf(grant), limit));
    const enough = 6 + costs.reduce((sum, cost) => sum + cost, 0);

    const shares = [
      "Allow s3:GetObject around s3:GetObject, true",
      "Allow s3:GetObject around s3:GetObject, true",
    ];
    expect(found(two, enough + 5).map(described)).toEqual(shares);
    expect(found(two, enough).map(described)).toEqual([
      ...shares,
      "Deny s3:GetObject around s3:GetObject, true",
    ]);
    expect(found(two, enough - 1).map(described)).toEqual(["Deny s3:GetObject around s3:GetObject, true"]);
  });

  test("excludes equal rows, and every question has the full budget", () => {
    const [old, now] = [
      new IndexedRows(rowsOf([wide]), new ComparisonBudget(0)),
      new IndexedRows(rowsOf([wide])),
    ];

    expect(gains({ old, now, hasOutside: true })).toEqual([]);
    const states = {
      old: new IndexedRows(bounded.old),
      now: new IndexedRows(bounded.now, new ComparisonBudget(5 + part)),
    };
    expect(gains({ ...states, hasOutside: true })).toEqual([]);
    expect(gains({ ...states, hasOutside: true })).toEqual([]);
    const narrower = {
      old: new IndexedRows(rowsOf([wide]), new ComparisonBudget(3)),
      now: new IndexedRows(rowsOf([allow()])),
    };
    expect(gains({ ...narrower, hasOutside: true })).toEqual([]);
    expect(gains({ ...narrower, hasOutside: true })).toEqual([]);
  });

  test("is not proved unless every row that may oppose it was compared", () => {
    const [old, now] = [rowsOf([]), rowsOf([allow()])];
    const [gain] = found({ old, now }, 100);
    if (gain === undefined) throw new Error("the grant came");
    const proved = (pairs: number, state: "old" | "now"): boolean =>
      isProved(gain, {
        old: new IndexedRows(
          state === "old" ? rowsOf([allow({ Action: "s3:PutObject" })]) : old,
          new ComparisonBudget(state === "old" ? pairs : 100),
        ),
        now: new IndexedRows(now, new ComparisonBudget(state === "now" ? pairs : 100)),
      });

    expect([proved(2, "now"), proved(3, "now")]).toEqual([false, true]);
    expect([proved(0, "old"), proved(1, "old")]).toEqual([false, true]);
  });
});
