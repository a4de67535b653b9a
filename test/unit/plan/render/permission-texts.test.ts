import { describe, expect, test } from "@jest/globals";
import { EXCEPT } from "../../../../src/iam/match/reach.ts";
import { NO_DELTA, type DeltaRow } from "../../../../src/model/delta.ts";
import { assumerParts, callerParts } from "../../../../src/plan/render/caller-text.ts";
import { conditionTests, conditionTexts } from "../../../../src/plan/render/condition-text.ts";
import { permissionLines } from "../../../../src/plan/render/permission-lines.ts";
import { permissionChanges, permissionText } from "../../../../src/plan/render/permission-changes.ts";
import { resourcesText, resourceText } from "../../../../src/plan/render/resource-text.ts";

const ACCOUNT = "111122223333";
const HOME = { accountId: ACCOUNT, region: "eu-west-1" };
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:orders`;
const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`;

function row(change: Partial<DeltaRow> = {}): DeltaRow {
  return {
    effect: "Allow",
    principal: null,
    action: "sqs:SendMessage",
    resource: QUEUE,
    condition: "",
    from: "inline hotfix",
    sid: null,
    origin: null,
    certainty: "proved",
    risk: "none",
    otherCondition: null,
    limit: null,
    ...change,
  };
}

describe("resources", () => {
  test.each([
    { arns: ["*"], text: "all resources", because: "a star is everything" },
    { arns: [QUEUE], text: "queue/orders", because: "at home the name is enough" },
    {
      arns: [`arn:aws:sqs:us-east-1:${ACCOUNT}:orders`],
      text: "queue/orders in us-east-1",
      because: "another region is named",
    },
    {
      arns: ["arn:aws:sqs:eu-west-1:999999999999:orders"],
      text: "queue/orders in account 999999999999",
      because: "another account is named",
    },
    {
      arns: ["arn:aws:sqs:*:999999999999:orders"],
      text: "queue/orders in any region, account 999999999999",
      because: "both are named",
    },
    {
      arns: ["arn:aws:sqs:eu-west-1:*:orders"],
      text: "queue/orders in any account",
      because: "a star for the account is any account",
    },
    { arns: ["arn:aws:sqs:*:*:*"], text: "all queues", because: "everything of a service, everywhere" },
    { arns: [TABLE, `${TABLE}/index/*`], text: "table/orders, indexes", because: "indexes are part of it" },
    { arns: [QUEUE, "*"], text: "all resources, queue/orders", because: "the widest comes first" },
    { arns: ["not an ARN"], text: "not an ARN", because: "other texts stay as they are" },
    {
      arns: [`${EXCEPT}${QUEUE}`],
      text: "all resources but queue/orders",
      because: "an exception names what it leaves out",
    },
    {
      arns: [`${EXCEPT}${QUEUE}`, TABLE],
      text: "all resources but queue/orders, table/orders",
      because: "beside an exception each is named",
    },
  ])("$text: $because", ({ arns, text }) => {
    expect(resourcesText(arns, HOME)).toBe(text);
  });

  test("without a region at home name no region", () => {
    expect(resourceText(QUEUE, { accountId: ACCOUNT, region: null })).toBe("queue/orders");
  });
});

describe("a caller", () => {
  const arn = (value: string): string => JSON.stringify({ ArnLike: { "AWS:SourceArn": value } });

  test.each([
    {
      principal: "Service sns.amazonaws.com",
      condition: "",
      parts: { what: "caller sns", on: "any source", details: [] },
    },
    {
      principal: "Service s3.amazonaws.com",
      condition: JSON.stringify({
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::uploads" },
        StringEquals: { "aws:SourceAccount": ACCOUNT },
      }),
      parts: { what: "caller s3", on: "uploads", details: [] },
    },
    {
      principal: "Service s3.amazonaws.com",
      condition: JSON.stringify({ StringEquals: { "aws:SourceAccount": ["999999999999", ACCOUNT] } }),
      parts: { what: "caller s3", on: `account 999999999999 or account ${ACCOUNT}`, details: [] },
    },
    {
      principal: "Service sns.amazonaws.com",
      condition: JSON.stringify({ ArnLike: { "aws:SourceArn": [] } }),
      parts: { what: "caller sns", on: "no source", details: [] },
    },
    {
      principal: "Service sns.amazonaws.com",
      condition: JSON.stringify({ ArnNotLike: { "aws:SourceArn": QUEUE } }),
      parts: { what: "caller sns", on: "", details: [`if aws:sourcearn ArnNotLike ${QUEUE}`] },
    },
    {
      principal: "*",
      condition: JSON.stringify({ StringEquals: { "aws:PrincipalOrgID": "o-attacker9999" } }),
      parts: { what: "caller anyone", on: "organization o-attacker9999", details: [] },
    },
    {
      principal: "AWS *",
      condition: JSON.stringify({ StringEquals: { "aws:SourceOrgID": "o-a1b2c3d4e5" } }),
      parts: { what: "caller anyone", on: "organization o-a1b2c3d4e5", details: [] },
    },
    {
      principal: `${EXCEPT}AWS arn:aws:iam::${ACCOUNT}:root`,
      condition: "",
      parts: { what: "caller anyone", on: `but arn:aws:iam::${ACCOUNT}:root`, details: [] },
    },
    {
      principal: "AWS arn:aws:iam::999999999999:root",
      condition: "",
      parts: { what: "caller account", on: "999999999999", details: [] },
    },
    {
      principal: "AWS AROAEXAMPLEEXAMPLE000",
      condition: "",
      parts: { what: "caller deleted principal", on: "AROAEXAMPLEEXAMPLE000", details: [] },
    },
    {
      principal: "AWS arn:aws:iam::999999999999:role/ci",
      condition: arn("arn:aws:sns:eu-west-1:999999999999:t"),
      parts: {
        what: "caller principal",
        on: "role/ci in account 999999999999, topic/t in account 999999999999",
        details: [],
      },
    },
    {
      principal: "Federated accounts.example.com",
      condition: "",
      parts: { what: "caller federated", on: "accounts.example.com", details: [] },
    },
  ])("$principal $condition is shown exactly", ({ principal, condition, parts }) => {
    expect(callerParts(principal, condition, HOME)).toEqual(parts);
  });
});

describe("a principal that may assume the role", () => {
  test.each([
    {
      principal: "AWS arn:aws:iam::999999999999:root",
      condition: "",
      parts: { what: "assumed by account", on: "999999999999", details: [] },
    },
    {
      principal: "Service lambda.amazonaws.com",
      condition: "",
      parts: { what: "assumed by lambda", on: "", details: [] },
    },
    {
      principal: "*",
      condition: JSON.stringify({ Bool: { "aws:MultiFactorAuthPresent": "true" } }),
      parts: {
        what: "assumed by anyone",
        on: "",
        details: ["if aws:multifactorauthpresent Bool true"],
      },
    },
  ])("$principal $condition is not called a caller", ({ principal, condition, parts }) => {
    expect(assumerParts(principal, condition, HOME)).toEqual(parts);
  });
});

describe("a condition", () => {
  test.each([
    { condition: "", texts: [] },
    {
      condition: '{"StringEquals":{"aws:SourceVpc":"vpc-1"}}',
      texts: ["if aws:sourcevpc StringEquals vpc-1"],
    },
    {
      condition: '{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}}',
      texts: ["if aws:sourcevpc StringEquals vpc-1 or vpc-2"],
    },
    {
      condition: '{"StringEquals":{"aws:SourceVpc":[]}}',
      texts: ["if aws:sourcevpc StringEquals (no value)"],
    },
    { condition: '{"StringEquals":"x"}', texts: [] },
  ])("$condition is every test with its values", ({ condition, texts }) => {
    expect(conditionTexts(condition)).toEqual(texts);
  });

  test("that is no block is said not to be understood", () => {
    expect(conditionTests("[]")).toEqual([{ operator: "not understood", key: "[]", values: [] }]);
    expect(conditionTests('{"Null":{"k":7}}')).toEqual([{ operator: "Null", key: "k", values: [] }]);
  });
});

describe("a change of permissions", () => {
  const texts = (rows: readonly DeltaRow[], side: "allowed" | "noLongerAllowed" = "allowed") =>
    permissionChanges({ ...NO_DELTA, [side]: rows }).map(permissionText);

  test.each([
    {
      because: "an action of a policy",
      rows: [row()],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix"',
    },
    {
      because: "everything",
      rows: [row({ action: "*", resource: "*" })],
      text: '+ all actions all resources, policy "hotfix"',
    },
    {
      because: "what cannot be read",
      rows: [row({ action: "unknown", resource: "*" })],
      text: '+ permissions that cannot be read all resources, policy "hotfix"',
    },
    {
      because: "several actions are listed",
      rows: [row(), row({ action: "sqs:PurgeQueue" })],
      text: '+ 2 actions (sqs:SendMessage, sqs:PurgeQueue) queue/orders, policy "hotfix"',
    },
    {
      because: "a Deny is named",
      rows: [row({ effect: "Deny" })],
      text: '+ Deny sqs:SendMessage queue/orders, policy "hotfix"',
    },
    {
      because: "an attached policy by its name",
      rows: [row({ from: "arn:aws:iam::aws:policy/AdministratorAccess", action: "*", resource: "*" })],
      text: '+ all actions all resources, policy "AdministratorAccess"',
    },
    {
      because: "a boundary that grew",
      rows: [row({ limit: { kind: "boundary", from: "boundary", sid: null } })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", by the boundary',
    },
    {
      because: "a Deny that is gone",
      rows: [row({ limit: { kind: "denial", from: "inline x", sid: null } })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", by a Deny statement',
    },
    {
      because: "a condition that is gone",
      rows: [row({ otherCondition: '{"Bool":{"aws:SecureTransport":"true"}}' })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", without its condition',
    },
    {
      because: "another condition",
      rows: [row({ condition: '{"Bool":{"k":"true"}}', otherCondition: '{"Bool":{"k":"false"}}' })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", under another condition',
    },
    {
      because: "a public caller",
      rows: [row({ principal: "*", action: "lambda:InvokeFunction", sid: "try", from: "function" })],
      text: '+ anyone can invoke, statement "try"',
    },
    {
      because: "a principal that may change the code",
      rows: [row({ principal: "*", action: "lambda:UpdateFunctionCode", sid: "try", from: "function" })],
      text: '+ anyone can use (lambda:UpdateFunctionCode), statement "try"',
    },
    {
      because: "a caller with its source",
      rows: [
        row({
          principal: "Service sns.amazonaws.com",
          action: "lambda:InvokeFunction",
          sid: "sns",
          from: "function",
          condition: JSON.stringify({ ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:1:t" } }),
        }),
      ],
      text: '+ caller sns topic/t, statement "sns"',
    },
    {
      because: "a source that is not required is no source",
      rows: [
        row({
          effect: "Deny",
          principal: "Service sns.amazonaws.com",
          action: "lambda:InvokeFunction",
          sid: "sns",
          from: "function",
          condition: JSON.stringify({ ArnLikeIfExists: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:1:t" } }),
        }),
      ],
      text: '+ Deny caller sns under a condition, statement "sns"',
    },
  ])("is shown: $because", ({ rows, text }) => {
    expect(texts(rows)).toEqual([text]);
  });

  test("that revokes has a minus, and one of unknown effect an exclamation mark", () => {
    expect(texts([row()], "noLongerAllowed")).toEqual(['- sqs:SendMessage queue/orders, policy "hotfix"']);
    expect(
      permissionChanges({
        ...NO_DELTA,
        unknownEffect: [{ kind: "role-tag", tag: "team", row: row() }, { kind: "comparison-limit" }],
      }).map(permissionText),
    ).toEqual([
      expect.stringMatching(/^! tag team decides on .*SendMessage/),
      expect.stringMatching(/^! the policies are too large to compare in full/),
    ]);
  });
});

describe("lines of a state", () => {
  const lines = (rows: readonly DeltaRow[]) =>
    permissionLines(rows, {
      home: HOME,
      declared: new Map(),
      listing: "state",
      placeOf: () => ({ kind: "always" }),
    });

  test("of one statement with the same actions are one, and risky actions come first", () => {
    const rows = [
      row({ action: "sqs:A" }),
      row({ action: "iam:PassRole", risk: "escalation" }),
      row({ action: "sqs:A", resource: "*" }),
      row({ action: "iam:PassRole", risk: "escalation", resource: "*" }),
    ];

    expect(lines(rows)).toMatchObject([
      { what: "iam:PassRole, sqs:A", on: "all resources, queue/orders", kind: "permission" },
    ]);
  });

  test("shorten a long list and say how much is left", () => {
    const rows = Array.from({ length: 7 }, (_, at) => row({ action: `sqs:A${at}` }));

    expect(lines(rows)).toMatchObject([{ what: "sqs:A0, sqs:A1, sqs:A2, sqs:A3, 3 more actions" }]);
  });

  test.each([
    { because: "an exception", change: { action: `${EXCEPT}iam:*` }, is: { what: "all actions but iam:*" } },
    {
      because: "what is not understood",
      change: { action: "unknown", resource: "unknown" },
      is: { what: "not understood", kind: "unknown", on: "" },
    },
    { because: "a Deny", change: { effect: "Deny" as const }, is: { kind: "denial" } },
    {
      because: "a caller that may do more than invoke",
      change: { principal: "*", action: "lambda:UpdateFunctionCode" },
      is: { kind: "caller", what: "caller anyone", details: ["may call lambda:UpdateFunctionCode"] },
    },
    {
      because: "a caller that is denied",
      change: { principal: "*", action: "lambda:InvokeFunction", effect: "Deny" as const },
      is: { kind: "caller-denial", details: [] },
    },
  ])("are exact: $because", ({ change, is }) => {
    expect(lines([row(change)])).toMatchObject([is]);
  });
});
