import { describe, expect, test } from "@jest/globals";
import { nearestGrants, type NearestGrants } from "../../../../src/adopt/recognize/nearest.ts";
import { CandidateCompiler } from "../../../../src/adopt/recognize/candidate-compiler.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { PLACE, recognized } from "../../../support/adopt/policies.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

/** For the first statement that stays. */
function nearest(statements: readonly Statement[]): NearestGrants | null {
  const { rest, live } = recognized(statements);
  const [first] = rest;
  if (first === undefined) throw new Error("every statement is recognised");
  return nearestGrants(first, live, new CandidateCompiler(PLACE));
}

describe("the nearest grants of a statement", () => {
  test("name what they would drop, and add nothing although a verb has more", () => {
    const ofSam: Statement = {
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"],
      Resource: [TABLE, `${TABLE}/index/*`],
    };
    const allow = ["BatchGetItem", "GetItem", "DescribeTable", "Query"];

    expect(
      nearest([{ ...ofSam, Action: [ofSam.Action ?? [], "dynamodb:ListTagsOfResource"].flat() }]),
    ).toEqual({
      grants: [{ grant: "dynamodb", fields: { table: "orders", allow } }],
      drops: ["dynamodb:ListTagsOfResource"],
      dropsInPart: ["dynamodb:BatchGetItem", "dynamodb:DescribeTable", "dynamodb:GetItem"],
    });
  });

  test("may be several, for several resources", () => {
    const queues = ["a", "b"].map((name) => `arn:aws:sqs:eu-west-1:111122223333:${name}`);
    const Action = ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:TagQueue"];

    expect(nearest([{ Effect: "Allow", Action, Resource: queues }])).toEqual({
      grants: ["a", "b"].map((queue) => ({
        grant: "sqs",
        fields: { queue, allow: ["GetQueueUrl", "SendMessage"] },
      })),
      drops: ["sqs:TagQueue"],
      dropsInPart: [],
    });
  });

  test("have the verb if another statement allows the rest of it already", () => {
    const Resource = "arn:aws:sqs:eu-west-1:111122223333:a";
    const Action = ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:PurgeQueue"];
    const other: Statement = { Effect: "Allow", Action: "sqs:GetQueueAttributes", Resource };

    expect(nearest([{ Effect: "Allow", Action, Resource }, other])).toMatchObject({
      grants: [{ grant: "sqs", fields: { queue: "a", allow: ["send"] } }],
      drops: ["sqs:PurgeQueue"],
    });
  });

  test.each<{ readonly because: string; readonly statement: Statement }>([
    { because: "a wildcard", statement: { Effect: "Allow", Action: "dynamodb:*", Resource: TABLE } },
    {
      because: "an action of no grant",
      statement: { Effect: "Allow", Action: "textract:AnalyzeDocument", Resource: "*" },
    },
    {
      because: "a statement of which they have less than half",
      statement: {
        Effect: "Allow",
        Action: ["SendMessage", "GetQueueUrl", "PurgeQueue", "TagQueue", "UntagQueue"].map(
          (name) => `sqs:${name}`,
        ),
        Resource: "arn:aws:sqs:eu-west-1:111122223333:a",
      },
    },
    { because: "a Deny", statement: { Effect: "Deny", Action: "dynamodb:GetItem", Resource: TABLE } },
  ])("do not exist for $because", ({ statement }) => {
    expect(nearest([statement])).toBeNull();
  });
});
