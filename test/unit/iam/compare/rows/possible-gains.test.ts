import { describe, expect, test } from "@jest/globals";
import { ComparisonBudget } from "../../../../../src/iam/match/comparison-budget.ts";
import { gains, isProved, type Gain, type HeldOutside } from "../../../../../src/iam/compare/rows/gain.ts";
import type { ComparableRow } from "../../../../../src/iam/compare/rows/comparable-row.ts";
import { IndexedRows } from "../../../../../src/iam/compare/rows/indexed-rows.ts";
import { RowList } from "../../../../../src/iam/compare/rows/row-list.ts";
import { partCost } from "../../../../../src/iam/compare/rows/common-part.ts";
import { allow, deny } from "../bucket-roles.ts";
import { namesText } from "../../../../../src/iam/row-text.ts";
import { rowsOf, rowOf } from "./rows-of.ts";

interface Case {
  readonly old: readonly ComparableRow[];
  readonly now: readonly ComparableRow[];
  readonly heldOutside?: HeldOutside;
}

/** `pairs` for the new state, as much as it wants for the old one. */
function found({ old, now, heldOutside = "all" }: Case, pairs: number): readonly Gain[] {
  return gains({
    old: new IndexedRows([new RowList(old)]),
    now: new IndexedRows([new RowList(now)], new ComparisonBudget(pairs)),
    heldOutside,
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
      new IndexedRows([new RowList(rowsOf([wide]))], new ComparisonBudget(0)),
      new IndexedRows([new RowList(rowsOf([wide]))]),
    ];

    expect(gains({ old, now, heldOutside: "all" })).toEqual([]);
    const states = {
      old: new IndexedRows([new RowList(bounded.old)]),
      now: new IndexedRows([new RowList(bounded.now)], new ComparisonBudget(5 + part)),
    };
    expect(gains({ ...states, heldOutside: "all" })).toEqual([]);
    expect(gains({ ...states, heldOutside: "all" })).toEqual([]);
    const narrower = {
      old: new IndexedRows([new RowList(rowsOf([wide]))], new ComparisonBudget(3)),
      now: new IndexedRows([new RowList(rowsOf([allow()]))]),
    };
    expect(gains({ ...narrower, heldOutside: "all" })).toEqual([]);
    expect(gains({ ...narrower, heldOutside: "all" })).toEqual([]);
  });

  test("is not proved unless every row that may oppose it was compared", () => {
    const [old, now] = [rowsOf([]), rowsOf([allow()])];
    const [gain] = found({ old, now }, 100);
    if (gain === undefined) throw new Error("the grant came");
    const proved = (pairs: number, state: "old" | "now"): boolean =>
      isProved(gain, {
        old: new IndexedRows(
          [new RowList(state === "old" ? rowsOf([allow({ Action: "s3:PutObject" })]) : old)],
          new ComparisonBudget(state === "old" ? pairs : 100),
        ),
        now: new IndexedRows([new RowList(now)], new ComparisonBudget(state === "now" ? pairs : 100)),
      });

    expect([proved(2, "now"), proved(3, "now")]).toEqual([false, true]);
    expect([proved(0, "old"), proved(1, "old")]).toEqual([false, true]);
  });
});
