import { describe, expect, test } from "@jest/globals";
import { matchedActions } from "../../../src/judge/approvals/growth.ts";
import { actionDataOf } from "../../support/policies/action-data.ts";
import { binding, compiled } from "../../support/pass/bindings.ts";

const DATA = { ...actionDataOf({ "s3:GetObject": {}, "s3:GetThing": {} }), snapshotDate: "2026-03-01" };
const NEW = "any of its actions that are new in AWS's data of 2026-03-01";
const earlier = NEW.replace("2026-03-01", "2026-01-31");

const matchedBy = (statement: object, recorded?: Readonly<Record<string, readonly string[]>>) =>
  matchedActions(
    binding({ inline: compiled({ Effect: "Allow", Resource: "*", ...statement } as never) }),
    recorded,
    DATA,
  );

describe("the actions that a pattern counts as approved", () => {
  test.each<{ statement: object; matched: Readonly<Record<string, readonly string[]>>; because: string }>([
    {
      statement: { Action: "s3:Get*" },
      matched: { "s3:get*": ["s3:GetObject", "s3:GetThing"] },
      because: "of one service, by name",
    },
    {
      statement: { NotAction: ["sts:*", "IAM:*"] },
      matched: { "notaction iam:*, sts:*": [NEW] },
      because: "of NotAction, those of the data of a day",
    },
    { statement: { Action: "*" }, matched: { "*": [NEW] }, because: "of everything, the same" },
    {
      statement: { Action: ["s?:Get*"] },
      matched: { "s?:get*": [NEW] },
      because: "of several services, the same",
    },
    { statement: { Action: "s3:GetObject" }, matched: {}, because: "of one action, nothing" },
    { statement: { NotAction: "iam:*", Effect: "Deny" }, matched: {}, because: "of a Deny, nothing" },
  ])("$because", ({ statement, matched }) => {
    expect(matchedBy(statement)).toEqual(matched);
  });

  test("stay those of the record", () => {
    expect(matchedBy({ NotAction: ["iam:*", "sts:*"] }, { "notaction iam:*, sts:*": [earlier] })).toEqual({
      "notaction iam:*, sts:*": [earlier],
    });
  });

  test("are none for NotAction that is written otherwise since the data grew", () => {
    expect(matchedBy({ NotAction: "sts:*" }, { "notaction iam:*, sts:*": [earlier] })).toEqual({
      "notaction sts:*": [],
    });
  });
});
