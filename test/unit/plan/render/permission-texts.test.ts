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

describe("the text of resources", () => {
  test.each([
    { arns: ["*"], text: "all resources", because: "a star means everything" },
    {
      arns: [QUEUE],
      text: "queue/orders",
      because: "the name is enough in the function's own account and region",
    },
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
      because: "account and region are named",
    },
    {
      arns: ["arn:aws:sqs:eu-west-1:*:orders"],
      text: "queue/orders in any account",
      because: "a star for the account means any account",
    },
    { arns: ["arn:aws:sqs:*:*:*"], text: "all queues", because: "every resource of a service in any region" },
    {
      arns: [TABLE, `${TABLE}/index/*`],
      text: "table/orders, indexes",
      because: "indexes are a part of the table",
    },
    { arns: [QUEUE, "*"], text: "all resources, queue/orders", because: "the widest resource is first" },
    { arns: ["not an ARN"], text: "not an ARN", because: "other texts are unchanged" },
    {
      arns: [`${EXCEPT}${QUEUE}`],
      text: "all resources but queue/orders",
      because: "an exception names what it excludes",
    },
    {
      arns: [`${EXCEPT}${QUEUE}`, TABLE],
      text: "all resources but queue/orders, table/orders",
      because: "an exception and a resource are both named",
    },
  ])("$text: $because", ({ arns, text }) => {
    expect(resourcesText(arns, HOME)).toBe(text);
  });

  test("without a home region names no region", () => {
    expect(resourceText(QUEUE, { accountId: ACCOUNT, region: null })).toBe("queue/orders");
  });
});

describe("the text of a caller", () => {
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
  ])("shows $principal $condition exactly", ({ principal, condition, parts }) => {
    expect(callerParts(principal, condition, HOME)).toEqual(parts);
  });
});

describe("the text of a principal that may assume the role", () => {
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
  ])("does not call $principal $condition a caller", ({ principal, condition, parts }) => {
    expect(assumerParts(principal, condition, HOME)).toEqual(parts);
  });
});

describe("the text of a condition", () => {
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
  ])("shows every test of $condition with its values", ({ condition, texts }) => {
    expect(conditionTexts(condition)).toEqual(texts);
  });

  test("reports a condition that is not a JSON object as not understood", () => {
    expect(conditionTests("[]")).toEqual([{ operator: "not understood", key: "[]", values: [] }]);
    expect(conditionTests('{"Null":{"k":7}}')).toEqual([{ operator: "Null", key: "k", values: [] }]);
  });
});

describe("the text of a permission change", () => {
  const texts = (rows: readonly DeltaRow[], side: "allowed" | "noLongerAllowed" = "allowed") =>
    permissionChanges({ ...NO_DELTA, [side]: rows }).map(permissionText);

  test.each([
    {
      because: "an action of a policy",
      rows: [row()],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix"',
    },
    {
      because: "every action on every resource",
      rows: [row({ action: "*", resource: "*" })],
      text: '+ all actions all resources, policy "hotfix"',
    },
    {
      because: "a document that can't be read",
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
      because: "an attached policy has a name",
      rows: [row({ from: "arn:aws:iam::aws:policy/AdministratorAccess", action: "*", resource: "*" })],
      text: '+ all actions all resources, policy "AdministratorAccess"',
    },
    {
      because: "the boundary became wider",
      rows: [row({ limit: { kind: "boundary", from: "boundary", sid: null } })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", by the boundary',
    },
    {
      because: "a Deny was removed",
      rows: [row({ limit: { kind: "denial", from: "inline x", sid: null } })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", by a Deny statement',
    },
    {
      because: "a condition was removed",
      rows: [row({ otherCondition: '{"Bool":{"aws:SecureTransport":"true"}}' })],
      text: '+ sqs:SendMessage queue/orders, policy "hotfix", without its condition',
    },
    {
      because: "a condition was replaced",
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
      because: "a source that is not required is omitted",
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
  ])("is exact: $because", ({ rows, text }) => {
    expect(texts(rows)).toEqual([text]);
  });

  test("starts with a minus if it revokes, and with an exclamation mark if its effect is unknown", () => {
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

describe("the lines of a permission state", () => {
  const lines = (rows: readonly DeltaRow[]) =>
    permissionLines(rows, {
      home: HOME,
      declared: new Map(),
      listing: "state",
      placeOf: () => ({ kind: "always" }),
    });

  test("combine the actions of one statement, risky actions first", () => {
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

  test("shorten a long list and show the number of omitted actions", () => {
    const rows = Array.from({ length: 7 }, (_, at) => row({ action: `sqs:A${at}` }));

    expect(lines(rows)).toMatchObject([{ what: "sqs:A0, sqs:A1, sqs:A2, sqs:A3, 3 more actions" }]);
  });

  test.each([
    { because: "an exception", change: { action: `${EXCEPT}iam:*` }, is: { what: "all actions but iam:*" } },
    {
      because: "an opaque statement",
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
