import { describe, expect, test } from "@jest/globals";
import { readPermission } from "../../../../src/iam/read/add-permission.ts";
import { CALLER_ENTRIES } from "../../../../src/manifest/callers/catalogue.ts";
import { statementOf } from "../../../../src/manifest/callers/statement.ts";

const ARN = "arn:aws:lambda:eu-west-1:222222222222:function:a";

/** As AWS may return it: what the grammar of manifests refuses before is here. */
describe("a live statement has no AddPermission call", () => {
  const STATEMENT = {
    Sid: "s",
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: ARN,
  };

  test.each([
    { because: "without a principal", change: { Principal: undefined }, steps: [] },
    { because: "without an action", change: { Action: undefined }, steps: [] },
    { because: "with a principal that is no object", change: { Principal: "x" }, steps: [["Principal"]] },
    { because: "with an empty principal", change: { Principal: {} }, steps: [["Principal"]] },
    {
      because: "with a service that is none",
      change: { Principal: { Service: "evil.example.com" } },
      steps: [["Principal", "Service"]],
    },
    { because: "with a condition that is no object", change: { Condition: "x" }, steps: [["Condition"]] },
    {
      because: "with an operator without keys",
      change: { Condition: { StringEquals: "x" } },
      steps: [["Condition", "StringEquals"]],
    },
    { because: "with an effect of no kind", change: { Effect: "Maybe" }, steps: [["Effect"]] },
    {
      because: "with an action that is no text",
      change: { Action: [7] },
      steps: [["Action"]],
    },
    {
      because: "with several of these, all of them",
      change: { Effect: "Deny", NotResource: "x", Resource: "*", Condition: { Null: { "aws:a": "true" } } },
      steps: [["Effect"], ["NotResource"], ["Resource"], ["Condition", "Null", "aws:a"]],
    },
  ])("$because", ({ change, steps }) => {
    const reading = readPermission({ ...STATEMENT, ...change }, ARN);

    expect(reading).toMatchObject({ kind: "inexpressible", faults: steps.map((each) => ({ steps: each })) });
  });
});

test("every statement of the catalogue can be read back", () => {
  const place = { partition: "aws", accountId: "222222222222", region: "eu-west-1" };
  const permissions = CALLER_ENTRIES.flatMap(({ examples, expand }) =>
    examples.flatMap((example) => expand(example, place)),
  );

  const readBack = permissions.map((permission) => {
    const reading = readPermission({ ...statementOf(permission, ARN, "aws") }, ARN);
    return reading.kind === "permission" ? statementOf(reading.permission, ARN, "aws") : reading;
  });

  expect(permissions.length).toBeGreaterThan(20);
  expect(readBack).toEqual(permissions.map((permission) => statementOf(permission, ARN, "aws")));
});
