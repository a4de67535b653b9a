import { expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { comparableRows, onlyDocument } from "../../../src/iam/compare/delta.ts";
import type { ComparableRow } from "../../../src/iam/compare/rows/comparable-row.ts";
import { actionText, RowList } from "../../../src/iam/compare/rows/row-list.ts";
import { actionCost } from "../../../src/iam/match/comparison-budget.ts";
import { ACTIONS, selectorsMeet } from "../../../src/iam/match/selector.ts";
import { documentText } from "../../../src/iam/read/print.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";

jest.setTimeout(LAW_TIMEOUT_MS);

const CONTEXT = { dialect: "identity", partition: "aws", accountId: "222222222222" } as const;

const action = fc.constantFrom(
  "s3:GetObject",
  "s3:PutObject",
  "s3:Get*",
  "s3:?etObject",
  "S3:getobject",
  "sqs:SendMessage",
  "s*:List",
  "*",
  "${aws:username}:Get",
  "s3:${*}",
  "nothing",
);
const actions = fc.oneof(action, fc.array(action, { minLength: 1, maxLength: 3 }));
const statement: fc.Arbitrary<Statement> = fc.oneof(
  actions.map((Action): Statement => ({ Effect: "Allow", Action, Resource: "*" })),
  actions.map((NotAction): Statement => ({ Effect: "Allow", NotAction, Resource: "*" })),
);

function rowsOf(statements: readonly Statement[]): readonly ComparableRow[] {
  const document = { from: { kind: "inline", name: "it" }, text: documentText(statements) } as const;
  return comparableRows(onlyDocument(document, CONTEXT)).filter(({ role }) => role === "grant");
}

test("the look-up by action finds every row that can share an action, no other one, at the cost of its candidates", () => {
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(statement, { minLength: 1, maxLength: 6 }),
      fc.array(statement, { minLength: 1, maxLength: 4 }),
      (written, asked) => {
        const rows = rowsOf(written);
        const list = new RowList(rows);
        for (const row of rowsOf(asked).filter(({ actions }) => !actions.negated)) {
          const sharers = list.sharersOf(row, actionText(row.actions), "grant");
          const again = list.sharersOf(row, actionText(row.actions), "grant");
          const expected = rows.filter((other) => selectorsMeet(other.actions, row.actions, ACTIONS));

          expect(new Set(sharers.rows)).toEqual(new Set(expected));
          expect(sharers.rows).toHaveLength(expected.length);
          expect(sharers.cost).toBeGreaterThanOrEqual(
            new Set(expected.map(({ actions }) => actionText(actions))).size > 0 ? actionCost(row, row) : 0,
          );
          expect(again).toEqual(sharers);
          found += expected.length;
        }
      },
    ),
    { numRuns: FC_RUNS },
  );

  expect(found).toBeGreaterThan(FC_RUNS / 4);
});
