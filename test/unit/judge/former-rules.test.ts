import { describe, expect, test } from "@jest/globals";
import { judgeDesired } from "../../../src/guard/judge-desired.ts";
import { formerRules, relaxedText, standardOf } from "../../../src/judge/approvals/former-rules.ts";
import type { AccountHistory } from "../../../src/judge/inputs.ts";
import { firstAccountRecord } from "../../../src/model/records/account-record.ts";
import type { RuleStandard } from "../../../src/model/rules/rule-standard.ts";
import { profileText } from "../../support/profiles.ts";
import { contextOf, verdicts, world } from "../guard/judged.ts";

/** `ACT-002 warn` by default. */
const PARTLY =
  '  statements: [{reason: t, statement: {Effect: Allow, Action: "dynamodb:Get*", Resource: "arn:aws:dynamodb:eu-west-1:222222222222:table/orders"}}]\n';
const FOUND = world(PARTLY, { "platform/p.yaml": profileText("p", "{rules: {RES-001: block}}") });
const NOW = standardOf(FOUND.desired);
const rules = contextOf(FOUND);

const history = (confirmedRules: RuleStandard | null | undefined): AccountHistory => ({
  record: {
    ...firstAccountRecord(FOUND.account.id, "prod"),
    ...(confirmedRules !== undefined && { confirmedRules }),
  },
  approvals: [],
});

describe("the rules before", () => {
  test.each([
    { before: undefined, because: "a record of 0.1 has none" },
    { before: null, because: "nothing is recorded" },
    { before: NOW, because: "they are the present ones" },
    {
      before: {
        ...NOW,
        profiles: NOW.profiles.map((one) => ({
          ...one,
          origin: { ...one.origin, line: 99, file: "x.yaml" },
        })),
      },
      because: "a profile moved to another line or file",
    },
  ])("do not differ: $because", ({ before }) => {
    expect(formerRules(rules, history(before))).toBeNull();
  });

  test("without a record do not differ", () => {
    expect(formerRules(rules, null)).toBeNull();
  });

  test.each([
    {
      before: { ...NOW, defaults: { ...NOW.defaults, "ACT-002": "block" as const } },
      because: "a default of an earlier version",
    },
    {
      before: {
        ...NOW,
        profiles: NOW.profiles.map((one) => ({ ...one, rules: { "ACT-002": "block" as const } })),
      },
      because: "a profile, also if only its built-in base changed",
    },
  ])("judge the same state again: $because", ({ before }) => {
    const former = formerRules(rules, history(before));
    const [then, now] = [former ?? rules, rules].map((context) => judgeDesired(FOUND.binding, context));

    expect(verdicts(then ?? [])).toEqual(["ACT-002 block"]);
    expect(relaxedText(then ?? [], now ?? [])).toBe(
      "ACT-002 no longer refuses it: a profile or this version is laxer",
    );
    expect(relaxedText(now ?? [], then ?? [])).toBeNull();
    expect(relaxedText(now ?? [], now ?? [])).toBeNull();
  });
});
