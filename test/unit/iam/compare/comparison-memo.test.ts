import { describe, expect, test } from "@jest/globals";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { ComparisonMemo } from "../../../../src/iam/compare/comparison-memo.ts";
import type { TextComparison } from "../../../../src/iam/compare/equivalence.ts";

const CONTEXT: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
const EQUAL: TextComparison = { kind: "compared", tier: "equal" };

/** Compares, and reports whether the comparison was made. */
function isMade(
  memo: ComparisonMemo,
  texts: readonly [a: string, b: string],
  context: DocumentContext = CONTEXT,
): boolean {
  let made = false;
  memo.comparisonOf(texts, context, () => {
    made = true;
    return EQUAL;
  });
  return made;
}

describe("the memo of comparisons", () => {
  test("makes a comparison of the same texts in the same account once", () => {
    const memo = new ComparisonMemo();

    expect(isMade(memo, ["a", "b"])).toBe(true);
    expect(isMade(memo, ["a", "b"], { ...CONTEXT })).toBe(false);
  });

  test.each([
    { texts: ["c", "b"], context: CONTEXT, because: "the text in AWS changed" },
    { texts: ["a", "c"], context: CONTEXT, because: "the declared text changed" },
    { texts: ["b", "a"], context: CONTEXT, because: "the order names the unreadable side" },
    { texts: ["a", "b"], context: { ...CONTEXT, dialect: "trust" }, because: "the dialect differs" },
    { texts: ["a", "b"], context: { ...CONTEXT, partition: "aws-cn" }, because: "the partition differs" },
    { texts: ["a", "b"], context: { ...CONTEXT, accountId: "444455556666" }, because: "the account differs" },
  ] as const)("makes it again for $texts: $because", ({ texts, context }) => {
    const memo = new ComparisonMemo();
    isMade(memo, ["a", "b"]);

    expect(isMade(memo, texts, context)).toBe(true);
  });

  test("counts the characters of a text that was replaced no longer", () => {
    const memo = new ComparisonMemo();
    isMade(memo, ["a", "b"]);

    for (const letter of "cde") isMade(memo, [letter.repeat(900_000), "d"]);

    expect(isMade(memo, ["a", "b"])).toBe(false);
  });

  test("forgets all comparisons when their texts are more than two million characters", () => {
    const memo = new ComparisonMemo();
    isMade(memo, ["a", "b"]);

    isMade(memo, ["c".repeat(2_000_000), "d"]);

    expect(isMade(memo, ["a", "b"])).toBe(true);
  });
});
