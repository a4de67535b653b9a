import { expect, test } from "@jest/globals";
import { RowList } from "../../../../../src/iam/compare/rows/row-list.ts";
import { allow } from "../bucket-roles.ts";
import { rowsOf } from "./rows-of.ts";

test.each([
  { rows: 2, because: "each of a few rows is compared" },
  { rows: 200, because: "many rows have a set of their keys" },
])("a list of $rows rows has the keys of its rows and no others: $because", ({ rows }) => {
  const resources = Array.from({ length: rows + 1 }, (_, at) => `arn:aws:s3:::bucket-${at}/*`);
  const [other, ...listed] = rowsOf(resources.map((Resource) => allow({ Resource })));
  const list = new RowList(listed);

  expect(listed.filter(({ key }) => !list.hasKey(key))).toEqual([]);
  expect(list.rows.length).toBeGreaterThanOrEqual(rows);
  expect(list.hasKey(other?.key ?? "")).toBe(false);
});
