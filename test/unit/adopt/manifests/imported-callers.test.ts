import { describe, expect, test } from "@jest/globals";
import { known, type EstateFunction, type EstatePart } from "../../../../src/adopt/estate/estate.ts";
import type { LiveResourcePolicy } from "../../../../src/model/live.ts";
import { PLACE } from "../../../support/adopt/policies.ts";
import { ORDERS_ARN, imported } from "../../../support/adopt/imported.ts";

function callers(statements: readonly object[], qualifier = ""): Pick<EstateFunction, "policies"> {
  const text = JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements });
  return {
    policies: new Map<string, EstatePart<LiveResourcePolicy | null>>([
      ["", known(null)],
      [qualifier, known({ text, revisionId: "1" })],
    ]),
  };
}

function invokedBy(service: string, condition: object, sid = "x"): object {
  const [Effect, Action] = ["Allow", "lambda:InvokeFunction"];
  return {
    Sid: sid,
    Effect,
    Principal: { Service: service },
    Action,
    Resource: ORDERS_ARN,
    Condition: condition,
  };
}

describe("callers", () => {
  const api = "arn:aws:execute-api:eu-west-1:111122223333:abc123/prod/POST/orders";
  const bucket = { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads" } };

  test.each([
    {
      number: 17,
      what: "a statement of API Gateway's console",
      statement: invokedBy("apigateway.amazonaws.com", { ArnLike: { "AWS:SourceArn": api } }, "lambda-1"),
      declared: "- apigateway: { api: abc123, stage: prod, method: POST, path: /orders }",
    },
    {
      number: 8,
      what: "a route of every stage, as SAM and the console write it",
      statement: invokedBy("apigateway.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": api.replace("/prod/", "/*/") },
      }),
      declared: '- apigateway: { api: abc123, stage: "*", method: POST, path: /orders }',
    },
    {
      number: 10,
      what: "all of an API, as Terraform's examples write it",
      statement: invokedBy("apigateway.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": api.replace("/prod/POST/orders", "/*/*/*") },
      }),
      declared: '- apigateway: { api: abc123, stage: "*", method: ANY, path: "/{part1}" }',
    },
    {
      number: 16,
      what: "another account",
      statement: {
        Sid: "x",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::777788889999:root" },
        Action: "lambda:InvokeFunction",
        Resource: ORDERS_ARN,
      },
      declared: '- account: { id: "777788889999" }',
    },
  ])("$number: $what is declared if it is equal", ({ statement, declared }) => {
    const { text, difference } = imported({ found: callers([statement]) });

    expect(text).toContain(declared);
    expect(difference).toBeNull();
  });

  test("that everyone can be are declared, and are the first to look at", () => {
    const open = {
      ...invokedBy("", { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } }),
      Principal: "*",
      Action: "lambda:InvokeFunctionUrl",
    };
    const viaUrl = {
      ...invokedBy("", { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }, "y"),
      Principal: "*",
    };

    const { text, notes } = imported({ found: callers([open, viaUrl]) });

    expect(text).toContain("- functionUrl: { authType: none }");
    expect(notes).toContainEqual({
      kind: "public",
      text: "its caller functionUrl lets everyone call it; it is declared",
    });
    expect(notes.filter(({ kind }) => kind === "public")).toHaveLength(1);
  });

  test("of an alias have its qualifier", () => {
    const condition = { ...bucket, StringEquals: { "AWS:SourceAccount": PLACE.accountId } };
    const statement = { ...invokedBy("s3.amazonaws.com", condition), Resource: `${ORDERS_ARN}:live` };
    const found = {
      ...callers([statement], "live"),
      aliases: known([{ name: "live", versions: ["$LATEST"] }]),
    };

    expect(imported({ found }).text).toContain("- s3: { bucket: uploads }\n      qualifier: live");
  });

  test.each([
    {
      number: 18,
      statement: invokedBy("s3.amazonaws.com", bucket),
      kind: "undeclared-caller",
      text: "is not declared: arn:aws:s3:::uploads names no account: a later owner of that name may call (INV-002); to declare it with its owner: invokedBy: [{ s3: { bucket: uploads } }]",
    },
    {
      number: 18,
      statement: invokedBy("s3.amazonaws.com", { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads-*" } }),
      kind: "undeclared-caller",
      text: "a later owner of that name may call (INV-002); its source is a pattern: arn:aws:s3:::uploads-* (INV-005)",
    },
    {
      number: 19,
      statement: invokedBy("events.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": "arn:aws:events:eu-west-1:111122223333:rule/*" },
      }),
      kind: "undeclared-caller",
      text: "INV-005); the rules that match were not read; the command lists those of the default bus, and with --event-bus-name those of another",
      command: `aws events list-rule-names-by-target --region eu-west-1 --target-arn ${ORDERS_ARN}`,
    },
    {
      number: 10,
      statement: invokedBy("apigateway.amazonaws.com", {
        ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:eu-west-1:111122223333:abc123/*/*" },
      }),
      kind: "undeclared-caller",
      text: "is not declared: its source covers more than routes: arn:aws:execute-api",
    },
    {
      number: 20,
      statement: {
        Sid: "gone",
        Effect: "Allow",
        Principal: { AWS: "AROAEXAMPLEEXAMPLE123" },
        Action: "lambda:InvokeFunction",
        Resource: ORDERS_ARN,
      },
      kind: "deleted-principal",
      text: "no call depends on it, and the command removes it",
      command: `aws lambda remove-permission --region eu-west-1 --function-name ${ORDERS_ARN} --statement-id gone`,
    },
    {
      number: 20,
      statement: {
        Sid: "half",
        Effect: "Allow",
        Principal: { AWS: ["AROAEXAMPLEEXAMPLE123", "arn:aws:iam::111122223333:root"] },
        Action: "lambda:InvokeFunction",
        Resource: ORDERS_ARN,
      },
      kind: "deleted-principal",
      text: "it does more than allow the deleted principal: add a statement without it, then remove it with the command",
      command: `aws lambda remove-permission --region eu-west-1 --function-name ${ORDERS_ARN} --statement-id half`,
    },
    {
      number: 0,
      statement: {
        Sid: "open",
        Effect: "Allow",
        Principal: "*",
        Action: "lambda:InvokeFunction",
        Resource: ORDERS_ARN,
      },
      kind: "public",
      text: 'statement "open" lets everyone call it',
    },
  ])(
    "$number: a statement that equals no caller stays undeclared: $kind $text",
    ({ statement, kind, text, command }) => {
      const found = imported({ found: callers([statement]) });
      const commands = command === undefined ? {} : { commands: [command] };

      expect(found.text).not.toContain("invokedBy");
      expect(found.notes).toContainEqual({ kind, text: expect.stringContaining(text), ...commands });
      expect(found.difference).toBeNull();
    },
  );
});
