import { describe, expect, test } from "@jest/globals";
import { documentText, quotaSize } from "../../../../src/iam/read/print.ts";
import { callerSid, callerSidPrefix, isOurSid } from "../../../../src/iam/compare/sid.ts";
import { servicesUsed } from "../../../../src/iam/read/services.ts";
import { TRUST_DOCUMENT } from "../../../../src/iam/trust.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";

test("a document is printed with its elements in one order and its lists as they are", () => {
  const statement: Statement = {
    Condition: { StringEquals: { b: ["2", "1"], a: "x" }, Bool: { k: "true" } },
    Resource: ["b", "a"],
    Action: "s3:GetObject",
    Effect: "Allow",
    Sid: "S",
  };

  expect(documentText([statement])).toBe(
    '{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Allow","Action":"s3:GetObject","Resource":["b","a"],"Condition":{"Bool":{"k":"true"},"StringEquals":{"a":"x","b":["2","1"]}}}]}',
  );
});

test("a document without statements has an empty list", () => {
  expect(documentText([])).toBe('{"Version":"2012-10-17","Statement":[]}');
});

test("a trust policy is printed by documentText", () => {
  const trust = JSON.parse(TRUST_DOCUMENT) as { Statement: Statement[] };

  expect(documentText(trust.Statement)).toBe(TRUST_DOCUMENT);
});

test.each([
  { text: '{"a": 1}', size: 7, because: "white space between tokens is not counted" },
  { text: '{"a b":"c d"}', size: 13, because: "white space inside a string is counted" },
  { text: '{"a\\" b" : 1}', size: 11, because: "an escaped quote does not end a string" },
  { text: "\t\r\n ", size: 0, because: "all four kinds of white space are ignored" },
])("$because", ({ text, size }) => {
  expect(quotaSize(text)).toBe(size);
});

describe("the Sid of a caller", () => {
  const context: DocumentContext = { dialect: "resource", partition: "aws", accountId: "111122223333" };
  const statement: Statement = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
  };
  const prefix = callerSidPrefix("prod-1", "orders/orders-api");
  const sid = callerSid(prefix, statement, context);

  test("contains the instance, the owner and a digest of the content", () => {
    expect(sid).toMatch(/^gk_[0-9a-f]{8}_[0-9a-f]{8}_[0-9a-f]{12}$/);
    expect(sid.startsWith(prefix)).toBe(true);
    expect(isOurSid(sid, prefix)).toBe(true);
  });

  test.each([
    {
      sid: callerSid(callerSidPrefix("prod-2", "orders/orders-api"), statement, context),
      because: "names another instance",
    },
    {
      sid: callerSid(callerSidPrefix("prod-1", "orders/other"), statement, context),
      because: "names another owner",
    },
    { sid: `${prefix}x`, because: "has no digest" },
    { sid: `${prefix}x0123456789ab`, because: "has a digest without a digit at its beginning" },
    { sid: `${prefix}0123456789abc`, because: "has too many digits" },
    { sid: "events-rule-nightly", because: "has another form" },
  ])("is not ours if it $because", ({ sid }) => {
    expect(isOurSid(sid, prefix)).toBe(false);
  });

  test("changes with the content but not with its spelling", () => {
    const spelled: Statement = { ...statement, Sid: "x", Action: ["lambda:invokefunction"] };
    const changed: Statement = {
      ...statement,
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:::t" } },
    };

    expect(callerSid(prefix, spelled, context)).toBe(sid);
    expect(callerSid(prefix, changed, context)).not.toBe(sid);
  });
});

test("services are listed once each and sorted, without those that are patterns", () => {
  const one =
    '{"Statement":{"Effect":"Allow","Action":["SQS:Send*","s3:GetObject","*","x*:Y",7],"Resource":"*"}}';
  const two = '{"Statement":[{"NotAction":"iam:*"},"text",{"Action":"nothing"}]}';

  expect(servicesUsed([one, two, "unreadable", "[]"])).toEqual(["iam", "s3", "sqs"]);
});
