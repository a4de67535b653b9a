import { describe, expect, test } from "@jest/globals";
import { documentText, quotaSize } from "../../../../src/iam/read/print.ts";
import { callerSid, callerSidPrefix, isOurSid } from "../../../../src/iam/compare/sid.ts";
import { servicesUsed } from "../../../../src/iam/read/services.ts";
import { TRUST_DOCUMENT } from "../../../../src/iam/trust.ts";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";

test("a document is printed in one order of elements, lists as they are", () => {
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

test("no statements are an empty list", () => {
  expect(documentText([])).toBe('{"Version":"2012-10-17","Statement":[]}');
});

test("the trust of a role is what documentText prints", () => {
  const trust = JSON.parse(TRUST_DOCUMENT) as { Statement: Statement[] };

  expect(documentText(trust.Statement)).toBe(TRUST_DOCUMENT);
});

test.each([
  { text: '{"a": 1}', size: 7, because: "white space between tokens is not counted" },
  { text: '{"a b":"c d"}', size: 13, because: "white space inside of a string is" },
  { text: '{"a\\" b" : 1}', size: 11, because: "an escaped quote ends no string" },
  { text: "\t\r\n ", size: 0, because: "all four kinds are white space" },
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

  test("names instance, owner and content", () => {
    expect(sid).toMatch(/^gk_[0-9a-f]{8}_[0-9a-f]{8}_[0-9a-f]{12}$/);
    expect(sid.startsWith(prefix)).toBe(true);
    expect(isOurSid(sid, prefix)).toBe(true);
  });

  test.each([
    {
      sid: callerSid(callerSidPrefix("prod-2", "orders/orders-api"), statement, context),
      because: "of another instance",
    },
    {
      sid: callerSid(callerSidPrefix("prod-1", "orders/other"), statement, context),
      because: "of another owner",
    },
    { sid: `${prefix}x`, because: "that has no content" },
    { sid: `${prefix}x0123456789ab`, because: "whose content begins with no digit" },
    { sid: `${prefix}0123456789abc`, because: "that has more digits than content" },
    { sid: "events-rule-nightly", because: "that others wrote" },
  ])("is not ours when it is one $because", ({ sid }) => {
    expect(isOurSid(sid, prefix)).toBe(false);
  });

  test("changes with the content and not with the spelling", () => {
    const spelled: Statement = { ...statement, Sid: "x", Action: ["lambda:invokefunction"] };
    const changed: Statement = {
      ...statement,
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:::t" } },
    };

    expect(callerSid(prefix, spelled, context)).toBe(sid);
    expect(callerSid(prefix, changed, context)).not.toBe(sid);
  });
});

test("services are named once each, sorted, without those that are patterns", () => {
  const one =
    '{"Statement":{"Effect":"Allow","Action":["SQS:Send*","s3:GetObject","*","x*:Y",7],"Resource":"*"}}';
  const two = '{"Statement":[{"NotAction":"iam:*"},"text",{"Action":"nothing"}]}';

  expect(servicesUsed([one, two, "unreadable", "[]"])).toEqual(["iam", "s3", "sqs"]);
});
