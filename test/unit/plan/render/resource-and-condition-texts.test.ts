import { describe, expect, test } from "@jest/globals";
import { conditionTexts, resourcesText, resourceText } from "../../../../src/plan/render/words.ts";
import { ACCOUNT, HOME, QUEUE } from "./permission-row.ts";
import { deltaRow } from "../../../support/policies/delta-rows.ts";
import { readNames } from "../../../../src/iam/row-text.ts";

const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`;

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
    { arns: ["arn:aws:s3:::secret/*"], text: "secret/*", because: "a bucket may have the name of a type" },
    { arns: ["arn:aws:sqs:*:*:*"], text: "all queues", because: "every resource of a service in any region" },
    {
      arns: [TABLE, `${TABLE}/index/*`],
      text: "table/orders, indexes",
      because: "indexes are a part of the table",
    },
    {
      arns: [`arn:aws:sns:eu-west-1:${ACCOUNT}`, `arn:aws:sns:eu-west-1:${ACCOUNT}:*`],
      text: `all topics, arn:aws:sns:eu-west-1:${ACCOUNT}`,
      because: "an ARN without its end hides no other resource",
    },
    { arns: [QUEUE, "*"], text: "all resources, queue/orders", because: "the widest resource is first" },
    { arns: ["not an ARN"], text: "not an ARN", because: "other texts are unchanged" },
    {
      arns: [`all but ${QUEUE}`],
      text: "all resources but queue/orders",
      because: "an exception names what it excludes",
    },
    {
      arns: [`all but ${QUEUE}`, TABLE],
      text: "all resources but queue/orders, table/orders",
      because: "an exception and a resource are both named",
    },
  ])("$text: $because", ({ arns, text }) => {
    expect(resourcesText(arns.map(readNames), HOME)).toBe(text);
  });

  test("without a home region names no region", () => {
    expect(resourceText(QUEUE, { accountId: ACCOUNT, region: null })).toBe("queue/orders");
  });
});

describe("the text of a condition", () => {
  test.each([
    { condition: "", texts: [] },
    {
      condition: '{"StringEquals":{"aws:SourceVpc":"vpc-1"}}',
      texts: ["if aws:SourceVpc StringEquals vpc-1"],
    },
    {
      condition: '{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}}',
      texts: ["if aws:SourceVpc StringEquals vpc-1 or vpc-2"],
    },
    {
      condition: '{"StringEquals":{"aws:SourceVpc":[]}}',
      texts: ["if aws:SourceVpc StringEquals (no value)"],
    },
    {
      condition: '{"StringEquals":{"aws:resourcetag/team":"a","x:unlisted":"b"}}',
      texts: ["if aws:ResourceTag/team StringEquals a", "if x:unlisted StringEquals b"],
    },
  ])("shows every test of $condition with its values", ({ condition, texts }) => {
    expect(conditionTexts(deltaRow({ condition }).condition)).toEqual(texts);
  });
});
