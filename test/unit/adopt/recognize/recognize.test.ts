import { describe, expect, test } from "@jest/globals";
import { CandidateCompiler } from "../../../../src/adopt/recognize/candidate-compiler.ts";
import { recognizeGrants, type FunctionFacts } from "../../../../src/adopt/recognize/recognize.ts";
import { GRANT_ENTRIES } from "../../../../src/manifest/grants/catalogue.ts";
import { vpc } from "../../../../src/manifest/grants/own.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { grantStatements, PLACE, policyText, recognized } from "../../../support/adopt/policies.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
const QUEUE = "arn:aws:sqs:eu-west-1:111122223333:events";
const FUNCTION: FunctionFacts = {
  functionName: "orders-api",
  functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:orders-api",
  logGroups: ["/aws/lambda/orders-api"],
  serviceTargets: [],
};
const READ_ACTIONS = [
  "dynamodb:BatchGetItem",
  "dynamodb:ConditionCheckItem",
  "dynamodb:DescribeTable",
  "dynamodb:GetItem",
];
const READ: readonly Statement[] = [
  { Effect: "Allow", Action: READ_ACTIONS, Resource: TABLE },
  { Effect: "Allow", Action: "dynamodb:Query", Resource: [TABLE, `${TABLE}/index/*`] },
];

describe("grants are recognised", () => {
  const EXAMPLES = GRANT_ENTRIES.flatMap(({ grant, examples }) =>
    examples.map((fields) => ({ grant, fields: fields as object, text: JSON.stringify(fields) })),
  );

  test.each(EXAMPLES)("in the statements of $grant: $text", ({ grant, fields }) => {
    const statements = grantStatements(grant, fields);
    const serviceTargets = grant === "dlq" ? statements.flatMap(({ Resource = [] }) => Resource) : [];

    const { grants, rest, proof } = recognized(statements, { ...FUNCTION, serviceTargets });

    expect({ rest, proof }).toEqual({ rest: [], proof: { kind: "proved" } });
    expect(grants.map((one) => one.grant)).toEqual([grant]);
  });

  test.each([
    {
      because: "actions ignore case, and their order and the number of statements mean nothing",
      statements: [
        { Effect: "Allow", Action: "DynamoDB:query", Resource: [`${TABLE}/index/*`, TABLE] },
        ...READ_ACTIONS.toReversed().map((Action) => ({
          Effect: "Allow" as const,
          Action,
          Resource: [TABLE],
        })),
      ] satisfies Statement[],
    },
    {
      because: "a Sid is no permission",
      statements: READ.map((statement, at) => ({ Sid: `Old${at}`, ...statement })),
    },
    { because: "equal statements count once", statements: [...READ, ...READ] },
  ])("although they are written in another way: $because", ({ statements }) => {
    const { grants, rest } = recognized(statements);

    expect(grants).toEqual([{ grant: "dynamodb", fields: { table: "orders", allow: ["read"] } }]);
    expect(rest).toEqual([]);
  });

  test("verbs of one resource become one entry, in the order of the reference", () => {
    const all = { table: "orders", allow: ["read", "scan", "write"] };

    const { grants, replaced } = recognized(grantStatements("dynamodb", all).toReversed());

    expect(grants).toEqual([{ grant: "dynamodb", fields: all }]);
    expect(replaced).toBe(4);
  });

  test("across several policies of a role", () => {
    const policies = READ.map((statement, at) => ({ name: `policy ${at}`, text: policyText([statement]) }));

    const { grants, rest } = recognizeGrants(policies, new CandidateCompiler(PLACE), null);

    expect([grants.length, rest.length]).toEqual([1, 0]);
  });
});

describe("exact actions are recognised", () => {
  const allow = (actions: string, Resource: Statement["Resource"]): Statement => ({
    Effect: "Allow",
    Action: actions.split(" "),
    ...(Resource !== undefined && { Resource }),
  });
  const CALLED = "arn:aws:lambda:eu-west-1:111122223333:function:worker";

  test.each<{ readonly because: string; readonly statements: readonly Statement[]; readonly grants: object }>(
    [
      {
        because: "where a verb has one more",
        statements: [{ ...READ[0], Action: READ_ACTIONS.slice(1) } as Statement, READ[1] as Statement],
        grants: {
          dynamodb: { table: "orders", allow: ["ConditionCheckItem", "GetItem", "DescribeTable", "Query"] },
        },
      },
      {
        because: "next to a verb that is complete",
        statements: [...READ, allow("dynamodb:PutItem dynamodb:Scan", [TABLE, `${TABLE}/index/*`])].map(
          (one, at) => (at < 2 ? one : allow("dynamodb:PutItem", TABLE)),
        ),
        grants: { dynamodb: { table: "orders", allow: ["read", "PutItem"] } },
      },
      {
        because: "but not in place of a verb that is the same",
        statements: [allow("dynamodb:DeleteItem", TABLE)],
        grants: { dynamodb: { table: "orders", allow: ["delete"] } },
      },
      {
        because: "on the table alone, without its indexes",
        statements: [allow("dynamodb:GetItem dynamodb:Query dynamodb:PutItem", TABLE)],
        grants: { dynamodb: { table: "orders", allow: ["GetItem", "Query", "PutItem"], indexes: [] } },
      },
      {
        because: "in the list of a queue's consumer, with the attributes that sending has too",
        statements: [allow("sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage", QUEUE)],
        grants: {
          sqs: { queue: "events", allow: ["GetQueueAttributes", "DeleteMessage", "ReceiveMessage"] },
        },
      },
      {
        because: "the queue is no dead-letter queue of the function, for which alone dlq is a grant",
        statements: [allow("sqs:SendMessage", QUEUE)],
        grants: { sqs: { queue: "events", allow: ["SendMessage"] } },
      },
      {
        because: "metric data of every namespace",
        statements: [allow("cloudwatch:PutMetricData", "*")],
        grants: { metrics: { namespace: "*" } },
      },
    ],
  )("$because", ({ statements, grants }) => {
    const found = recognized(statements, FUNCTION);

    expect(found.grants.map(({ grant, fields }) => ({ [grant]: fields }))).toEqual([grants]);
    expect({ rest: found.rest, proof: found.proof }).toEqual({ rest: [], proof: { kind: "proved" } });
  });

  test("of a function and of every alias and version of it, as the CDK grants them", () => {
    const { grants, rest } = recognized([allow("lambda:InvokeFunction", [CALLED, `${CALLED}:*`])]);

    expect(rest).toEqual([]);
    expect(grants.map(({ fields }) => fields)).toEqual([
      { function: "worker", qualifier: "*", allow: ["invoke"] },
      { function: "worker", allow: ["invoke"] },
    ]);
  });

  test.each([
    ["a statement that no request can use", allow("dynamodb:GetItem", `${TABLE}/index/*`)],
    ["records of a pattern of tables, which streams match too", allow("dynamodb:GetRecords", `${TABLE}*`)],
    ["a pattern of actions", allow("sqs:SendMessage*", QUEUE)],
    ["a pattern of functions", allow("lambda:InvokeFunction", `${CALLED}*`)],
    [
      "a condition",
      { ...allow("sqs:SendMessage", QUEUE), Condition: { Bool: { "aws:SecureTransport": "true" } } },
    ],
    [
      "more resources than anyone reads as grants",
      allow(
        "sqs:SendMessage",
        Array.from({ length: 21 }, (_, at) => `${QUEUE}-${at}`),
      ),
    ],
  ])("but not with %s", (_, statement) => {
    const { grants, rest } = recognized([statement]);

    expect([grants, rest.length]).toEqual([[], 1]);
  });
});

describe("a near miss stays as it is", () => {
  const only = { StringEquals: { "aws:PrincipalTag/team": "orders" } };

  test.each<{ readonly because: string; readonly statements: readonly Statement[] }>([
    {
      because: "one action is added to the same statement",
      statements: [{ ...READ[0], Action: [...READ_ACTIONS, "dynamodb:CreateBackup"] } as Statement],
    },
    {
      because: "a statement has a condition",
      statements: READ.map((one) => ({ ...one, Condition: only })),
    },
    {
      because: "a wildcard covers the actions",
      statements: [{ Effect: "Allow", Action: "dynamodb:*", Resource: [TABLE, `${TABLE}/index/*`] }],
    },
    {
      because: "the resource is everything",
      statements: READ.map((one) => ({ ...one, Resource: "*" })),
    },
    { because: "it is a Deny", statements: READ.map((one) => ({ ...one, Effect: "Deny" })) },
    {
      because: "NotAction is no list of actions",
      statements: [{ Effect: "Allow", NotAction: READ_ACTIONS, Resource: TABLE }],
    },
    {
      because: "NotResource is no list of resources",
      statements: [{ Effect: "Allow", Action: READ_ACTIONS, NotResource: TABLE }],
    },
  ])("$because", ({ statements }) => {
    const { grants, own, rest, proof } = recognized(statements, FUNCTION);

    expect({ grants, own, proof }).toEqual({ grants: [], own: [], proof: { kind: "proved" } });
    expect(rest).toHaveLength(statements.length);
  });

  test.each([
    { grant: "sqs", fields: { queue: "${aws:PrincipalTag/team}", allow: ["send"] } },
    { grant: "s3", fields: { bucket: "${aws:PrincipalTag/team}", allow: ["read"] } },
    { grant: "ssm", fields: { parameter: "/${aws:PrincipalTag/team}", allow: ["read"] } },
  ])("as a variable of IAM is no name: $grant", ({ grant, fields }) => {
    expect(recognized(grantStatements(grant, fields)).grants).toEqual([]);
  });

  test("and a statement with more than the grants have keeps all its actions", () => {
    const both: Statement = {
      Effect: "Allow",
      Action: [...READ_ACTIONS, "dynamodb:Query", "dynamodb:CreateBackup"],
      Resource: [TABLE, `${TABLE}/index/*`],
    };

    const { grants, rest } = recognized([both]);

    expect(grants).toEqual([]);
    expect(rest.map(({ from, statement }) => ({ from, statement }))).toEqual([
      { from: "inline policy app", statement: both },
    ]);
  });
});

test("nothing is recognised if it is not proved that the grants allow the same: every statement stays as it is", () => {
  const otherOperator = vpc(FUNCTION.functionArn).map(({ effect, actions, resources, condition }) => ({
    Effect: effect,
    Action: actions,
    Resource: resources,
    ...(condition !== null && { Condition: { ArnLike: condition["ArnEquals"] ?? {} } }),
  }));
  /** More patterns than a comparison of the statements with each other may look at, if there are many. */
  const denyFor = (patterns: number): Statement => ({
    Effect: "Deny",
    Action: Array.from({ length: patterns }, (_, at) => `ec2:Old${at}*`),
    Resource: "*",
  });

  const few = recognized([...otherOperator, denyFor(10)], FUNCTION);
  const many = recognized([...otherOperator, denyFor(40_000)], FUNCTION);

  expect(few).toMatchObject({ own: [{ grant: "vpc" }], replaced: 2, proof: { kind: "proved" } });
  expect(many).toMatchObject({ own: [], grants: [], replaced: 0, proof: { kind: "proved" } });
  expect(many.rest).toHaveLength(3);
});

describe("parts that no manifest can declare are reported", () => {
  test.each([
    {
      because: "a document of 2008 has no variables",
      text: policyText(
        [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/${aws:username}/*" }],
        "2008-10-17",
      ),
      reason: expect.stringContaining("Version 2008-10-17"),
    },
    {
      because: "a manifest would replace what is no variable of IAM",
      text: policyText([
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::data/${account.id}/*" },
      ]),
      reason: "it contains ${ with a name that is no variable of IAM; a manifest would replace it",
    },
    {
      because: "an unknown element is not understood",
      text: policyText([
        { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Extra: "x" } as unknown as Statement,
      ]),
      reason: 'unknown element "Extra"',
    },
    { because: "a text is no document", text: "{}", reason: "it has no Statement" },
  ])("$because", ({ text, reason }) => {
    const found = recognizeGrants([{ name: "inline policy app", text }], new CandidateCompiler(PLACE), null);

    expect(found.inexpressible).toEqual([{ from: "inline policy app", sid: null, reason }]);
    expect(found.rest).toEqual([]);
  });
});
