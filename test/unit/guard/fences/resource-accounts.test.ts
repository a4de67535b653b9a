import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { ACCOUNT, judged, stating, withRole, world } from "../judged.ts";
import { accountText, compileTexts, functionText, PLATFORM_FILES } from "../../../support/manifests.ts";
import { FRIEND, FOREIGN, FENCED, type Condition, ofRules } from "./account-world.ts";

const STAGING = "333333333333";
const table = (account: string, name = "orders") => `arn:aws:dynamodb:eu-west-1:${account}:table/${name}`;
const reading = (Resource: string | readonly string[], Condition?: Condition): Statement => ({
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource,
  ...(Condition === undefined ? {} : { Condition }),
});

describe("RES-005", () => {
  test.each([
    { statement: reading(table(FOREIGN)), because: "a table of a foreign account" },
    { statement: reading([table(ACCOUNT), table(FOREIGN)]), because: "a foreign table next to an own one" },
    { statement: reading(table("*")), because: "a table of every account" },
    { statement: reading(table("22222222222?")), because: "a table of ten accounts" },
    { statement: reading(table("${aws:PrincipalAccount}")), because: "a variable for the account" },
    { statement: reading("arn:aws:dynamodb:eu-west-1:*"), because: "an ARN that ends before its account" },
    { statement: reading("arn:aws:dynamodb"), because: "an ARN that IAM completes with stars" },
    { statement: reading("*:table/orders"), because: "a pattern that is no ARN" },
    {
      statement: reading(table("*"), { StringEquals: { "aws:ResourceAccount": FOREIGN } }),
      because: "a foreign owner by condition",
    },
    {
      statement: reading("*", { StringEquals: { "aws:ResourceAccount": [ACCOUNT, FOREIGN] } }),
      because: "a foreign owner next to the own account",
    },
    {
      statement: reading(table("*"), { StringEqualsIfExists: { "aws:ResourceAccount": ACCOUNT } }),
      because: "a condition that holds without the key",
    },
  ])("refuses $because", ({ statement: own }) => {
    const [compiled] = stating(reading(table(ACCOUNT))).binding.role.inline.statements;
    const fenced = world("  tracing: true", FENCED);
    // The compiler refuses some of these texts before the rule does.
    const inline = { statements: compiled === undefined ? [] : [{ ...compiled, statement: own }] };

    expect(ofRules(["RES-005"], withRole(fenced, { inline }))).toEqual(["RES-005 block"]);
  });

  test.each([
    { statement: reading(table(ACCOUNT)), because: "an own table" },
    { statement: reading(table(FRIEND)), because: "a table of an admitted account" },
    {
      statement: reading(`arn:aws:dynamodb:*:${ACCOUNT}:table/orders`),
      because: "an own table in every region",
    },
    {
      statement: reading(`arn:aws:dynamodb:us-west-2:${ACCOUNT}:table/orders`),
      because: "a region that the account does not list: it lists where functions are managed",
    },
    {
      statement: reading(`arn:aws:dynamodb:\${aws:RequestedRegion}:${ACCOUNT}:table/orders`),
      because: "an own table, with a variable for the region",
    },
    {
      statement: reading(table("*"), { StringEquals: { "aws:ResourceAccount": [ACCOUNT, FRIEND] } }),
      because: "a table of every account, limited to admitted owners",
    },
    { statement: reading("*"), because: "everything, which is the matter of RES-001" },
    {
      statement: { ...reading("arn:aws:s3:::uploads/*"), Action: "s3:GetObject" },
      because: "a bucket, whose ARN has no account",
    },
    {
      statement: {
        ...reading("arn:aws:iam::aws:policy/ReadOnlyAccess"),
        Action: "iam:GetPolicy",
      },
      because: "a resource of AWS",
    },
    { statement: { ...reading(table(FOREIGN)), Effect: "Deny" as const }, because: "a Deny" },
  ])("allows $because", ({ statement: own }) => {
    expect(ofRules(["RES-005"], stating(own, FENCED))).toEqual([]);
  });

  test("judges grants, at the line of the grant", () => {
    const found = judged(
      world(`  grants:\n    - sqs: {queue: "arn:aws:sqs:eu-west-1:${FOREIGN}:q", allow: [send]}`),
    );

    expect(found.map(({ rule, origin, why }) => [rule, origin?.line, why])).toEqual([
      [
        "RES-005",
        7,
        '"arn:aws:sqs:eu-west-1:999999999999:q" is a resource of account 999999999999, which AwsAccount prod does not allow',
      ],
    ]);
  });

  test("shows the corrected ARN where the account is open", () => {
    const found = judged(stating(reading(table("*", "${aws:PrincipalTag/t}")))).find(
      ({ rule }) => rule === "RES-005",
    );

    expect(found?.fix).toBe(`write "${table(ACCOUNT, "${aws:PrincipalTag/t}")}"`);
  });

  test.each([
    {
      because: "an open account is that of each function",
      own: reading(table("*")),
      fix: 'write "arn:aws:dynamodb:eu-west-1:${account.id}:table/orders"',
    },
    {
      because: "another account of the function is probably meant to be that of each",
      own: reading(table(STAGING)),
      fix: `write "arn:aws:dynamodb:eu-west-1:\${account.id}:table/orders", which is the account of each function; if all share the resource of ${STAGING}, ask the platform team for resourceAccounts: ["${STAGING}"] in AwsAccount prod`,
    },
    {
      because: "so is another account of the function in a condition",
      own: reading("*", { StringEquals: { "aws:ResourceAccount": STAGING } }),
      fix: `write "\${account.id}" in place of ${STAGING}, which is the account of each function; if all share the resource of ${STAGING}, ask the platform team for resourceAccounts: ["${STAGING}"] in AwsAccount prod`,
    },
    {
      because: "an account without the function is no account of its own",
      own: reading(table(FOREIGN)),
      fix: `name a resource of the account, or ask the platform team for resourceAccounts: ["${FOREIGN}"] in AwsAccount prod`,
    },
  ])("proposes for a function in several accounts: $because", ({ own, fix }) => {
    const [compiled] = stating(reading(table(ACCOUNT))).binding.role.inline.statements;
    const inBoth = world("  tracing: true", {
      "platform/staging.yaml": accountText("staging", STAGING),
      "teams/orders/orders-api.yaml": functionText("orders-api", "  tracing: true").replace(
        "accounts: [prod]",
        "accounts: [prod, staging]",
      ),
    });
    const inline = { statements: compiled === undefined ? [] : [{ ...compiled, statement: own }] };

    const found = judged(withRole(inBoth, { inline })).filter(({ rule }) => rule === "RES-005");

    expect(found.map((one) => one.fix)).toEqual([fix]);
  });

  test("accepts what it proposes, in each account of the function", () => {
    const { desired, diagnostics } = compileTexts({
      ...PLATFORM_FILES,
      "platform/staging.yaml": accountText("staging", STAGING),
      "teams/orders/orders-api.yaml": functionText(
        "orders-api",
        '  statements:\n    - reason: test\n      statement: { Effect: Allow, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:eu-west-1:${account.id}:table/orders", Condition: { StringEquals: { "aws:ResourceAccount": "${account.id}" } } }\n',
      ).replace("accounts: [prod]", "accounts: [prod, staging]"),
    });

    const found = [...desired.bindings.values()].flatMap((binding) => {
      const account = desired.accounts.get(binding.accountId);
      return account === undefined ? ["no account"] : ofRules(["RES-005"], { desired, account, binding });
    });

    expect([diagnostics.filter(({ severity }) => severity === "error"), desired.bindings.size]).toEqual([
      [],
      2,
    ]);
    expect(found).toEqual([]);
  });
});
