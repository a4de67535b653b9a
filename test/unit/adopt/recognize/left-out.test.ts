import { describe, expect, test } from "@jest/globals";
import { leftOutTexts } from "../../../../src/adopt/recognize/left-out-texts.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { recognized } from "../../../support/adopt/policies.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
const QUEUE = "arn:aws:sqs:eu-west-1:111122223333:events";
const SAM_READ: Statement = {
  Sid: "Read",
  Effect: "Allow",
  Action: [
    "dynamodb:GetItem",
    "dynamodb:Scan",
    "dynamodb:Query",
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeTable",
  ],
  Resource: [TABLE, `${TABLE}/index/*`],
};

describe("permissions that no request can use", () => {
  test.each<{ readonly tool: string; readonly statement: Statement; readonly allow: readonly string[] }>([
    {
      tool: "SAM, which repeats all actions on the indexes",
      statement: SAM_READ,
      allow: ["scan", "BatchGetItem", "GetItem", "DescribeTable", "Query"],
    },
    {
      tool: "the CDK, which adds the stream's actions on the table",
      statement: {
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        Resource: TABLE,
      },
      allow: ["GetItem"],
    },
    {
      tool: "SAM, which names batches that SQS does not know",
      statement: {
        Effect: "Allow",
        Action: ["sqs:DeleteMessage", "sqs:DeleteMessageBatch", "sqs:ReceiveMessage"],
        Resource: QUEUE,
      },
      allow: ["DeleteMessage", "ReceiveMessage"],
    },
  ])("do not keep a statement from being recognised: $tool", ({ statement, allow }) => {
    const { grants, rest, replaced, proof } = recognized([statement]);

    expect(grants.map(({ fields }) => fields["allow"])).toEqual([allow]);
    expect({ rest, replaced, proof }).toEqual({ rest: [], replaced: 1, proof: { kind: "proved" } });
  });

  test("are listed with the statement that had them, the reason and its source", () => {
    const { leftOut } = recognized([SAM_READ]);

    expect(leftOut.flatMap(leftOutTexts)).toEqual([
      `left out of statement Read of inline policy app: dynamodb:BatchGetItem, dynamodb:DescribeTable, dynamodb:GetItem on ${TABLE}/index/*, which no request can use: such requests name a table, never an index (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html)`,
    ]);
  });

  test("stay in a statement that is copied, and are then not listed", () => {
    const copied: Statement = { ...SAM_READ, Action: ["dynamodb:GetItem", "dynamodb:UpdateTable"] };

    const { rest, leftOut } = recognized([copied]);

    expect(rest.map(({ statement }) => statement.Resource)).toEqual([copied.Resource]);
    expect(leftOut).toEqual([]);
  });

  test("are kept if the statement has no other, because no grant takes its place", () => {
    const { rest, leftOut, replaced } = recognized([
      { Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::orders/*" },
    ]);

    expect([rest.length, leftOut.length, replaced]).toEqual([1, 0, 0]);
  });

  test("count as usable under a Deny, so that a Deny is never left out", () => {
    const { rest, leftOut } = recognized([{ ...SAM_READ, Effect: "Deny" }]);

    expect([rest.length, leftOut.length]).toEqual([1, 0]);
  });
});
