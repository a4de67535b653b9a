import { describe, expect, test } from "@jest/globals";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { tagEffects } from "../../../../src/iam/compare/tag-effect.ts";
import { namesText, readDocumentName } from "../../../../src/iam/row-text.ts";

const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };

function read(tag: string, statement: object): readonly string[] {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", ...statement }],
  });
  const permissions = {
    documents: [{ from: readDocumentName("inline"), text }],
    boundary: null,
    context: IDENTITY,
  };
  return tagEffects(tag, permissions).flatMap((effect) =>
    effect.kind === "role-tag" ? [`${effect.kind} ${effect.tag}: ${namesText(effect.row.action)}`] : [],
  );
}

const when = (key: string, value = "x"): object => ({ Condition: { StringEquals: { [key]: value } } });

describe("a role's tag", () => {
  test.each([
    { because: "a condition tests it", tag: "Team", statement: when("aws:PrincipalTag/team"), reads: true },
    {
      because: "a condition tests another tag",
      tag: "Team",
      statement: when("aws:PrincipalTag/teams"),
      reads: false,
    },
    {
      because: "a condition tests a tag of the resource",
      tag: "Team",
      statement: when("aws:ResourceTag/team"),
      reads: false,
    },
    {
      because: "a condition value contains it as a variable",
      tag: "team",
      statement: when("aws:ResourceTag/team", "${aws:PrincipalTag/Team}"),
      reads: true,
    },
    {
      because: "a resource contains it as a variable with a default",
      tag: "team",
      statement: { Resource: "arn:aws:s3:::b/${aws:PrincipalTag/team, 'all'}/*" },
      reads: true,
    },
    {
      because: "a resource contains another variable, and the tag's name as text",
      tag: "team",
      statement: { Resource: "arn:aws:s3:::${aws:username}/aws:PrincipalTag/team" },
      reads: false,
    },
    {
      because: "a resource contains it as a variable that is not closed",
      tag: "team",
      statement: { Resource: "arn:aws:s3:::${" },
      reads: false,
    },
  ])("affects a row or not: $because", ({ tag, statement, reads }) => {
    expect(read(tag, statement)).toEqual(reads ? [`role-tag ${tag}: s3:GetObject`] : []);
  });

  test("affects an opaque statement that mentions it", () => {
    const odd = { ...when("aws:PrincipalTag/Team"), Odd: 1 };

    expect(read("team", odd)).toEqual(["role-tag team: unknown"]);
    expect(read("cost", odd)).toEqual([]);
  });
});
