import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import type { DocumentContext } from "../../../src/iam/document.ts";
import { compareDocuments } from "../../../src/iam/compare/comparer.ts";
import { readDocument } from "../../../src/iam/read/parse.ts";
import { normalText } from "../../../src/iam/read/print.ts";
import type { Dialect } from "../../../src/model/aws/policy-document.ts";
import type { Tier } from "../../../src/model/rules/tier.ts";
import { allows, type EvaluatedRole } from "../../support/policies/evaluator.ts";
import { FC_RUNS, LAW_TIMEOUT_MS } from "../../support/fc-runs.ts";
import {
  drawnDocument,
  REQUESTS,
  respelled,
  textOf,
  type DrawnStatement,
} from "../../support/policies/drawn-policies.ts";
import { mutated, nearMiss } from "../../support/policies/drawn-changes.ts";
import { rewritten } from "../../support/policies/rewritten.ts";

const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
const DIALECTS: readonly Dialect[] = ["identity", "trust", "boundary", "resource"];
const TIERS: readonly Tier[] = ["equal", "metadata", "meaning", "no-effect", "security"];
const seed = fc.nat();
const runs = { numRuns: FC_RUNS };

jest.setTimeout(LAW_TIMEOUT_MS);

const tier = (a: string, b: string): number => TIERS.indexOf(compareDocuments(a, b, IDENTITY));
const alone = (text: string): EvaluatedRole => ({ documents: [text], boundary: null });

/** Any JSON value in the place of a document, and near misses. */
const anyText = fc.oneof(
  fc.string(),
  fc.json(),
  fc.jsonValue().map((statement) => textOf([statement])),
  fc.tuple(drawnDocument, fc.nat(), fc.string({ maxLength: 3 })).map(([statements, at, piece]) => {
    const text = textOf(statements);
    return text.slice(0, at % text.length) + piece + text.slice((at % text.length) + 1);
  }),
  fc
    .tuple(drawnDocument, fc.jsonValue())
    .map(([statements, value]) => textOf([...statements, { ...statements[0], Condition: value }])),
);

describe("the normal form", () => {
  test("never throws, and is the same after a second normalisation", () => {
    fc.assert(
      fc.property(
        fc.oneof(anyText, drawnDocument.map(textOf)),
        fc.constantFrom(...DIALECTS),
        (text, dialect) => {
          const context = { ...IDENTITY, dialect };
          const parsed = readDocument(text, context);
          if (parsed.kind === "unreadable") return;
          const printed = normalText(parsed.document);
          const again = readDocument(printed, context);

          expect(again.kind === "parsed" && normalText(again.document)).toBe(printed);
          expect(TIERS.slice(0, 1)).toContain(compareDocuments(text, printed, context));
        },
      ),
      runs,
    );
  });

  test("is the same for every spelling of a document", () => {
    fc.assert(
      fc.property(drawnDocument, seed, (statements, seed) => {
        expect(compareDocuments(textOf(statements), respelled(statements, seed), IDENTITY)).toBe("equal");
      }),
      runs,
    );
  });
});

describe("the equality of documents", () => {
  test("is reflexive and symmetric", () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(compareDocuments(a, a, IDENTITY)).toBe("equal");
        expect(tier(a, b)).toBe(tier(b, a));
      }),
      runs,
    );
  });

  test("is transitive in every tier", () => {
    const near = drawnDocument.chain((statements) =>
      fc.tuple(
        ...Array.from({ length: 3 }, () =>
          fc.oneof(
            seed.map((seed) => respelled(statements, seed)),
            absorbing(statements),
            seed.map((seed) => textOf(rewritten(statements, seed))),
          ),
        ),
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          near,
          fc
            .tuple(drawnDocument, drawnDocument, drawnDocument)
            .map((all) => all.map(textOf) as [string, string, string]),
        ),
        ([a, b, c]) => {
          expect(tier(a, c)).toBeLessThanOrEqual(Math.max(tier(a, b), tier(b, c)));
        },
      ),
      runs,
    );
  });

  test("notices every mutation of one token", () => {
    fc.assert(
      fc.property(mutated, ({ before, after }) => {
        expect(tier(textOf(before), textOf(after))).toBeGreaterThan(TIERS.indexOf("metadata"));
      }),
      runs,
    );
  });

  test("does not exist between documents with different decisions", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          nearMiss.map(({ inner, outer }) => ({ before: inner, after: outer })),
          fc.tuple(drawnDocument, drawnDocument).map(([before, after]) => ({ before, after })),
        ),
        seed,
        ({ before, after }, seed) => {
          const [a, b] = [textOf(before), respelledPlain(after, seed)];
          if (compareDocuments(a, b, IDENTITY) === "security") return;

          expect(
            REQUESTS.filter((request) => allows(alone(a), request) !== allows(alone(b), request)),
          ).toEqual([]);
        },
      ),
      runs,
    );
  });
});

/** With members that others cover: the same in meaning. */
function absorbing(statements: readonly DrawnStatement[]): fc.Arbitrary<string> {
  return fc
    .constantFrom("s3:GetObject", "s3:Get*")
    .map((action) =>
      textOf(
        statements.map((statement) =>
          statement.Action?.includes("s3:*") === true
            ? { ...statement, Action: [...statement.Action, action] }
            : statement,
        ),
      ),
    );
}

/** Only its order changed, so that the evaluator reads it too. */
function respelledPlain(statements: readonly DrawnStatement[], seed: number): string {
  return textOf(seed % 2 === 0 ? statements.toReversed() : statements);
}
