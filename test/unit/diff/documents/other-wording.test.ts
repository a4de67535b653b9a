import { expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { diffPolicy } from "../../../../src/diff/policy.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { binding, compiled, documentOf, ORDERS_READ, policy } from "../../../support/pass/bindings.ts";
import { context } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, livePolicyOf, liveRoleOf } from "../../../support/pass/live-state.ts";

const when = (operator: string): Statement => ({
  ...ORDERS_READ,
  Condition: { [operator]: { "aws:SourceArn": "arn:aws:s3:::a" } },
});
const GIT = binding({ inline: compiled(when("ArnLike")) });

function notesOn(inline: string): readonly string[] {
  const role = liveRoleOf(GIT, { inline: [{ name: "grantkeeper", text: inline }] });
  const comparison = diffBinding(GIT, context(accountWith({ role, found: liveFunctionOf(GIT) })));
  return comparison.kind === "compared" ? comparison.notes : [];
}

test.each([
  { text: documentOf(when("ArnLike")), notes: 0, because: "the same text has no other wording" },
  {
    text: JSON.stringify(JSON.parse(documentOf(when("ArnLike"))), null, 2),
    notes: 0,
    because: "white space is no other wording",
  },
  {
    text: documentOf(when("ArnEquals")),
    notes: 1,
    because: "the same meaning with another operator is another wording",
  },
  {
    text: documentOf({ ...when("ArnLike"), Sid: "x" }),
    notes: 0,
    because: "a Sid is drift of metadata",
  },
  { text: documentOf(when("StringLike")), notes: 0, because: "another meaning is drift" },
])("$because", ({ text, notes }) => {
  const note = "inline policy grantkeeper differs from Git in wording only: same meaning, left unchanged";

  expect(notesOn(text)).toEqual(notes === 0 ? [] : [note]);
});

test.each(["attach", "boundary"] as const)(
  "other wording is reported for the document of a policy to %s",
  (use) => {
    const git = policy(compiled(when("ArnLike")), { use });
    const account = accountWith({ policies: [livePolicyOf(git.arn, [documentOf(when("ArnEquals"))])] });

    expect(diffPolicy(git, context(account))).toMatchObject({
      notes: ["the document differs from Git in wording only: same meaning, left unchanged"],
    });
  },
);

test("a policy without a declared document has no other wording", () => {
  const git = policy(compiled());
  const account = accountWith({ policies: [livePolicyOf(git.arn, [documentOf(when("ArnEquals"))])] });

  expect(diffPolicy(git, context(account))).toMatchObject({ notes: [] });
});
