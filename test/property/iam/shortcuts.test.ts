import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { deadParts } from "../../../src/iam/check/dead.ts";
import { checkedStatements } from "../../../src/iam/check/statement.ts";
import { ownScopes, statementScopesOf, type StatementScope } from "../../../src/iam/check/statement-scope.ts";
import { isUntouched, UntouchedActions } from "../../../src/iam/match/untouched-actions.ts";
import { onlyDocument, permissionRows } from "../../../src/iam/compare/delta.ts";
import { ComparisonBudget } from "../../../src/iam/match/comparison-budget.ts";
import { pinnedBy } from "../../../src/iam/match/pinned.ts";
import { readDocument } from "../../../src/iam/read/parse.ts";
import { documentText } from "../../../src/iam/read/print.ts";
import { escalationPaths } from "../../../src/iam/risk/escalation.ts";
import { riskyActions } from "../../../src/iam/risk/row-risk.ts";
import { StatementRisks } from "../../../src/iam/risk/statement-risks.ts";
import { testsOf } from "../../../src/iam/row-text.ts";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";
import { statement, statements } from "../../support/iam/few-statements.ts";

const CONTEXT = { dialect: "identity", partition: "aws", accountId: "222222222222" } as const;

function scopesIn(document: readonly Statement[]): readonly StatementScope[] {
  const parsed = readDocument(documentText(document), CONTEXT);
  if (parsed.kind === "unreadable") throw new Error(parsed.reason);
  return statementScopesOf(parsed.document, "it");
}

test("of a statement that its boundary and another policy leave untouched no part is dead", () => {
  let [untouched, dead] = [0, 0];
  fc.assert(
    fc.property(statement, statements(3), fc.option(statements(3)), (own, attached, boundary) => {
      const written = {
        value: { Version: "2012-10-17" },
        statements: [{ steps: ["Statement", 0], value: own }],
      };
      const [scope] = ownScopes(written, CONTEXT);
      const [checked] = checkedStatements(written);
      if (scope === undefined || checked === undefined) throw new Error("no scope");
      const [other, limits] = [scopesIn(attached), boundary === null ? null : scopesIn(boundary)];
      const surroundings = { all: other, boundary: limits, budget: new ComparisonBudget() };
      const { flaws } = deadParts(scope, checked, surroundings);
      const documents = [
        new UntouchedActions(other, "policy"),
        ...(limits === null ? [] : [new UntouchedActions(limits, "boundary")]),
      ];

      if (flaws.length > 0) dead += 1;
      if (!isUntouched(own, documents)) return;
      untouched += 1;
      expect(flaws).toEqual([]);
    }),
    { numRuns: 20 * FC_RUNS },
  );

  expect(untouched).toBeGreaterThan(FC_RUNS);
  expect(dead).toBeGreaterThan(FC_RUNS);
});

test("of statements that are no risk no row has one, except data that a condition names, and no path opens", () => {
  const risks = new StatementRisks();
  let [harmless, risky] = [0, 0];
  fc.assert(
    fc.property(statements(3), (drawn) => {
      const document = onlyDocument({ from: { kind: "trust" }, text: documentText(drawn) }, CONTEXT);
      const rows = permissionRows(document);
      const found = rows
        .filter(({ effect }) => effect === "Allow")
        .flatMap((row) => {
          const isNamed = pinnedBy(testsOf(row.condition)) !== "open";
          return riskyActions(row).filter(({ risk }) => risk !== "exfiltration" || !isNamed);
        });

      if (drawn.some((each) => risks.mayBeRisk(each))) {
        if (found.length > 0) risky += 1;
        return;
      }
      harmless += 1;
      expect(found).toEqual([]);
      expect(escalationPaths(rows)).toEqual([]);
    }),
    { numRuns: 20 * FC_RUNS },
  );

  expect(harmless).toBeGreaterThan(FC_RUNS);
  expect(risky).toBeGreaterThan(FC_RUNS);
});
