import { describe, expect, test } from "@jest/globals";
import { compareStatements } from "../../../../src/iam/compare/equivalence.ts";
import { callerSidPrefix, isOurSid } from "../../../../src/iam/compare/sid.ts";
import { CALLER_ENTRIES } from "../../../../src/manifest/callers/catalogue.ts";
import type { DesiredCaller } from "../../../../src/model/desired.ts";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";

function callersOf(entries: string): readonly DesiredCaller[] {
  const compilation = compileTexts({ [FILE]: functionText("a", `  invokedBy: [${entries}]\n`) });
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding.callers;
}

/** The input without the fields that all of them have. */
function inputsOf(entries: string): readonly unknown[] {
  const shared = new Set(["FunctionName", "StatementId"]);
  return callersOf(entries).map(({ input }) =>
    Object.fromEntries(Object.entries(input).filter(([name]) => !shared.has(name))),
  );
}

const INVOKE = "lambda:InvokeFunction";

describe("a caller compiles to the input of one AddPermission", () => {
  test.each([
    {
      entry: "{s3: {bucket: b-1}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "s3.amazonaws.com",
          SourceArn: "arn:aws:s3:::b-1",
          SourceAccount: "222222222222",
        },
      ],
    },
    {
      entry: '{s3: {bucket: b-1, account: "111111111111"}, qualifier: live}',
      inputs: [
        {
          Action: INVOKE,
          Principal: "s3.amazonaws.com",
          SourceArn: "arn:aws:s3:::b-1",
          SourceAccount: "111111111111",
          Qualifier: "live",
        },
      ],
    },
    {
      entry: "{sns: {topic: t}}",
      inputs: [
        { Action: INVOKE, Principal: "sns.amazonaws.com", SourceArn: "arn:aws:sns:eu-west-1:222222222222:t" },
      ],
    },
    {
      entry: "{events: {rule: r}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "events.amazonaws.com",
          SourceArn: "arn:aws:events:eu-west-1:222222222222:rule/r",
        },
      ],
    },
    {
      entry: "{events: {rule: r, bus: default}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "events.amazonaws.com",
          SourceArn: "arn:aws:events:eu-west-1:222222222222:rule/r",
        },
      ],
    },
    {
      entry: "{events: {rule: r, bus: main}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "events.amazonaws.com",
          SourceArn: "arn:aws:events:eu-west-1:222222222222:rule/main/r",
        },
      ],
    },
    {
      entry: '{apigateway: {api: abc123, stage: prod, method: POST, path: "/orders/{id}/{rest+}"}}',
      inputs: [
        {
          Action: INVOKE,
          Principal: "apigateway.amazonaws.com",
          SourceArn: "arn:aws:execute-api:eu-west-1:222222222222:abc123/prod/POST/orders/*/*",
        },
      ],
    },
    {
      entry: "{apigateway: {api: abc123, stage: '*', method: GET, path: /orders}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "apigateway.amazonaws.com",
          SourceArn: "arn:aws:execute-api:eu-west-1:222222222222:abc123/*/GET/orders",
        },
      ],
    },
    {
      entry: "{apigateway: {api: abc123, stage: $default, method: ANY, path: /}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "apigateway.amazonaws.com",
          SourceArn: "arn:aws:execute-api:eu-west-1:222222222222:abc123/$default/*/",
        },
      ],
    },
    {
      entry: "{logs: {group: /aws/lambda/x}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "logs.amazonaws.com",
          SourceArn: "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/lambda/x:*",
          SourceAccount: "222222222222",
        },
      ],
    },
    {
      entry: "{cognito: {userPool: eu-west-1_Ab1}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "cognito-idp.amazonaws.com",
          SourceArn: "arn:aws:cognito-idp:eu-west-1:222222222222:userpool/eu-west-1_Ab1",
        },
      ],
    },
    {
      entry: "{iot: {rule: r_1}}",
      inputs: [
        {
          Action: INVOKE,
          Principal: "iot.amazonaws.com",
          SourceArn: "arn:aws:iot:eu-west-1:222222222222:rule/r_1",
          SourceAccount: "222222222222",
        },
      ],
    },
    { entry: '{account: {id: "111111111111"}}', inputs: [{ Action: INVOKE, Principal: "111111111111" }] },
    {
      entry: "{organization: {id: o-a1b2c3d4e5}}",
      inputs: [{ Action: INVOKE, Principal: "*", PrincipalOrgID: "o-a1b2c3d4e5" }],
    },
  ])("$entry", ({ entry, inputs }) => {
    expect(inputsOf(entry)).toEqual(inputs);
  });

  test("of a list of roles compiles to one statement for each", () => {
    const principals = callersOf('{account: {id: "111111111111", roles: [a, path/b]}}').map(
      ({ input }) => input.Principal,
    );

    expect([...principals].sort()).toEqual([
      "arn:aws:iam::111111111111:role/a",
      "arn:aws:iam::111111111111:role/path/b",
    ]);
  });

  test.each([
    {
      entry: "{functionUrl: {authType: iam}}",
      principals: ["222222222222"],
      auth: "AWS_IAM",
      because: "the own account is the default",
    },
    {
      entry: '{functionUrl: {authType: iam, account: "111111111111", roles: [a, b]}}',
      principals: ["arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:role/b"],
      auth: "AWS_IAM",
      because: "each role has two",
    },
    {
      entry: "{functionUrl: {authType: none}}",
      principals: ["*"],
      auth: "NONE",
      because: "everyone has two",
    },
  ])("with a URL compiles to two statements for each principal: $because", ({ entry, principals, auth }) => {
    const inputs = callersOf(entry).map(({ input }) => input);

    expect(inputs.length).toBe(2 * principals.length);
    for (const Principal of principals) {
      expect(inputs).toContainEqual(
        expect.objectContaining({ Principal, Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: auth }),
      );
      expect(inputs).toContainEqual(
        expect.objectContaining({ Principal, Action: INVOKE, InvokedViaFunctionUrl: true }),
      );
    }
  });
});

describe("the statement of a caller equals the one that AWS creates from the input", () => {
  const CONTEXT = { dialect: "resource", partition: "aws", accountId: "222222222222" } as const;
  const ARN = "arn:aws:lambda:eu-west-1:222222222222:function:a";

  test.each([
    {
      entry: "{s3: {bucket: b-1}, qualifier: live}",
      statement: {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: INVOKE,
        Resource: `${ARN}:live`,
        Condition: {
          StringEquals: { "AWS:SourceAccount": "222222222222" },
          ArnLike: { "AWS:SourceArn": "arn:aws:s3:::b-1" },
        },
      },
    },
    {
      entry: '{account: {id: "111111111111"}}',
      statement: {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Action: INVOKE,
        Resource: ARN,
      },
    },
    {
      entry: '{account: {id: "111111111111", roles: [r]}}',
      statement: {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:role/r" },
        Action: INVOKE,
        Resource: ARN,
      },
    },
    {
      entry: "{organization: {id: o-a1b2c3d4e5}}",
      statement: {
        Effect: "Allow",
        Principal: "*",
        Action: INVOKE,
        Resource: ARN,
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
      },
    },
  ])("$entry", ({ entry, statement }) => {
    const [caller] = callersOf(entry);

    expect(caller?.statement).toEqual({ Sid: caller?.sid, ...statement });
  });

  test("of a URL has one condition in each of its two statements", () => {
    const conditions = callersOf("{functionUrl: {authType: none}}").map(({ statement }) =>
      JSON.stringify(statement.Condition),
    );

    expect([...conditions].sort()).toEqual([
      '{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}',
      '{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}',
    ]);
  });

  test("has a Sid of ours that depends on the content", () => {
    const [first] = callersOf("{sns: {topic: t}}");
    const [again] = callersOf("{sns: {topic: t}}");
    const [other] = callersOf("{sns: {topic: u}}");
    const prefix = callerSidPrefix("test-1", "orders/a");

    expect(isOurSid(first?.sid ?? "", prefix)).toBe(true);
    expect(again?.sid).toBe(first?.sid);
    expect(other?.sid).not.toBe(first?.sid);
    expect(compareStatements(first?.statement, again?.statement, CONTEXT)).toBe("equal");
  });

  test("exists once for the same caller, sorted by qualifier and then by Sid", () => {
    const callers = callersOf(
      "{sns: {topic: t}, qualifier: live}, {sns: {topic: t}}, {sns: {topic: u}}, {sns: {topic: t}}",
    );
    const order = callers.map(({ qualifier, sid }) => `${qualifier ?? ""} ${sid}`);

    expect(callers.length).toBe(3);
    expect(order).toEqual([...order].sort());
  });
});

test.each(CALLER_ENTRIES)("of $caller has examples that its own schema accepts", ({ examples, fields }) => {
  for (const example of examples) expect(fields.safeParse(example).success).toBe(true);
});
