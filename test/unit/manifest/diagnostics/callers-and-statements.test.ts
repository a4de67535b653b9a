import { describe, expect, test } from "@jest/globals";
import { ofSpec } from "./found.ts";

describe("a fault in invokedBy", () => {
  test.each([
    {
      entry: "{sqs: {queue: a}}",
      message:
        "6:16 sqs does not call a function by itself → Lambda polls the queue with the function's role: under grants, write sqs: {queue: NAME, allow: [consume]}",
    },
    {
      entry: "{dynamodb: {table: a}}",
      message:
        "6:16 dynamodb does not call a function by itself → Lambda polls the stream with the function's role: under grants, write dynamodb: {table: NAME, allow: [stream]}",
    },
    {
      entry: "{scheduler: {}}",
      message:
        "6:16 scheduler does not call a function by itself → the schedule's own role calls the function: give that role lambda:InvokeFunction",
    },
    {
      entry: "{s3: {bucket: uploads}, until: 2027-01-01T00:00:00Z}",
      message:
        "6:39 until is not possible under invokedBy: lambda:AddPermission takes no such condition → leave it out",
    },
    {
      entry: "{apigatway: {}}",
      message:
        '6:16 unknown caller "apigatway" → did you mean "apigateway"? Valid values: account, alb, alexa, apigateway, bedrock, cloudfront, cloudwatch, codecommit, cognito, config, connect, events, functionUrl, iot, lex, logs, organization, s3, secrets, ses, sns, statement, vpcLattice',
    },
    {
      entry: "{qualifier: live}",
      message:
        "6:15 this entry names no service → one entry is a caller of one service, such as s3: {bucket: uploads}",
    },
    {
      entry: "{sns: {topic: a}, qualifier: $LATEST}",
      message:
        '6:44 "$LATEST" is not an alias or a version (not $LATEST: that is the unqualified function) → write it like live',
    },
    {
      entry: "{functionUrl: {authType: iam}, qualifier: '12'}",
      message: "6:57 functionUrl belongs to an alias, and 12 is a version → write an alias",
    },
    {
      entry: '{functionUrl: {authType: none, account: "222222222222"}}',
      message:
        "6:40 with authType none everyone may call → leave out account and roles, or write authType: iam",
    },
    {
      entry: "{account: {id: 222222222222}}",
      message:
        '6:30 spec.invokedBy[0].account.id: 222222222222 is read as a number, not as text → quote it: "222222222222"',
    },
    {
      entry: "{account: {id: 012345678901}}",
      message:
        '6:30 spec.invokedBy[0].account.id: 012345678901 is read as a number, not as text → quote it: "012345678901"',
    },
    {
      entry: "{apigateway: {api: a1b2c3, stage: prod, method: GET, path: orders}}",
      message: '6:74 "orders" is not a path such as /orders/{id} → write it like /orders/{id}',
    },
    {
      entry: '{apigateway: {api: a1b2c3, stage: prod, method: GET, path: "/*"}}',
      message: '6:74 "/*" is not a path such as /orders/{id} → write it like /orders/{id}',
    },
  ])("$message", ({ entry, message }) => {
    expect(ofSpec(`  invokedBy: [${entry}]\n`)).toContain(message);
  });
});

describe("a fault in a hand-written statement", () => {
  const statement = (text: string, more = ""): readonly string[] =>
    ofSpec(`  statements:\n    - reason: x\n${more}      statement: ${text}\n`);

  test.each([
    {
      text: "{Sid: a, Effect: Allow, Action: 's3:GetObject', Resource: '*'}",
      message: "8:24 a Sid is not for authors: ours comes from the content → remove it",
    },
    {
      text: "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {Bool: {'aws:SecureTransport': true}}}",
      message: '8:115 true is not text → quote it: "true"',
    },
    {
      text: "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {StringEquals: {'aws:PrincipalAccount': [222222222222]}}}",
      message: '8:125 222222222222 is not text → quote it: "222222222222"',
    },
  ])("$message", ({ text, message }) => {
    expect(statement(text)).toContain(message);
  });

  test("that is not an object is reported", () => {
    expect(statement("[]")[0]).toContain("must be an object with Effect, Action and Resource");
  });

  test.each([
    {
      text: "{Effect: allow, Action: 's3:GetObject', Resource: '*'}",
      because: "the case of Effect is significant",
    },
    { text: "{Effect: Allow, Action: 's3:GetObject'}", because: "Resource is missing" },
    {
      text: "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Principal: '*'}",
      because: "an identity policy has no principal",
    },
  ])("that IAM rejects is reported at the statement: $because", ({ text }) => {
    const problems = statement(text);

    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatch(/^8:\d+ /);
  });

  test('is "until" together with a DateLessThan on the same key', () => {
    const text =
      "{Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {DateLessThan: {'AWS:CurrentTime': '2027-01-01T00:00:00Z'}}}";

    expect(statement(text, "      until: 2027-01-01T00:00:00Z\n")).toContain(
      "9:84 until and the condition both set DateLessThan aws:CurrentTime → keep until, and remove the condition",
    );
  });
});
