import { describe, expect, test } from "@jest/globals";
import { exceededQuotas, sizesInBetween } from "../../../../src/diff/role/role-quota.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";

const QUOTAS = { rolePolicySize: 10, attachedPoliciesPerRole: 2 };
const inline = (...policies: readonly (readonly [string, string])[]) =>
  policies.map(([name, text]) => ({ name, text }));
const [A, B, C] = ["a", "b", "c"].map((name) => `arn:aws:iam::aws:policy/${name}` as Arn) as [Arn, Arn, Arn];

describe("between two states of a role", () => {
  test.each([
    {
      before: inline(["a", "1234"]),
      after: inline(["b", "12345"]),
      size: 9,
      because: "both policies are there",
    },
    {
      before: inline(["a", "1234"]),
      after: inline(["a", "12"]),
      size: 4,
      because: "the larger text of one name",
    },
    { before: inline(["a", "1 2 3"]), after: [], size: 3, because: "white space does not count" },
  ])("inline policies have $size characters: $because", ({ before, after, size }) => {
    const sizes = sizesInBetween(
      { inline: before, attachments: [A] },
      { inline: after, attachments: [A, B] },
    );

    expect(sizes).toEqual({ inlineSize: size, attached: 2 });
  });
});

test.each([
  { sizes: { inlineSize: 10, attached: 2 }, exceeded: [], because: "a quota itself is allowed" },
  {
    sizes: { inlineSize: 11, attached: 2 },
    exceeded: ["the role's inline policies would have 11 of 10 characters"],
    because: "one character more is not",
  },
  {
    sizes: { inlineSize: 0, attached: [A, B, C].length },
    exceeded: ["the role would have 3 of 2 policies attached"],
    because: "one policy more is not",
  },
])("$because", ({ sizes, exceeded }) => {
  expect(exceededQuotas(sizes, QUOTAS)).toEqual(exceeded);
});
