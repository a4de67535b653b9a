import { describe, expect, test } from "@jest/globals";
import type { Statement } from "../../../src/model/aws/policy-document.ts";
import { accountText } from "../../support/manifests.ts";
import { ACCOUNT, calledBy, FUNCTION_ARN, judged, verdicts, world } from "./judged.ts";

const INVOKE: Statement = {
  Effect: "Allow",
  Principal: { Service: "sns.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Resource: FUNCTION_ARN,
  Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:sns:eu-west-1:${ACCOUNT}:placed` } },
};
const BUCKET = { ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads" } };
const ROOT = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const URL: Statement = {
  Effect: "Allow",
  Principal: ROOT,
  Action: "lambda:InvokeFunctionUrl",
  Resource: FUNCTION_ARN,
  Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
};
const THROUGH_URL: Statement = {
  ...INVOKE,
  Principal: ROOT,
  Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
};

const without = (element: keyof Statement, statement: Statement): Statement => {
  const { [element]: _, ...rest } = statement;
  return rest as Statement;
};

interface Row {
  readonly statements: readonly Statement[];
  readonly breaks: readonly string[];
  readonly because: string;
}

const SOURCES: readonly Row[] = [
  { statements: [INVOKE], breaks: [], because: "a service with its source" },
  {
    statements: [without("Condition", INVOKE)],
    breaks: ["INV-001 block"],
    because: "a service on behalf of any account",
  },
  {
    statements: [{ ...INVOKE, Condition: { StringEquals: { "AWS:SourceAccount": ACCOUNT } } }],
    breaks: ["INV-001 block"],
    because: "an account is not a source",
  },
  {
    statements: [
      {
        ...INVOKE,
        Principal: { Service: "config.amazonaws.com" },
        Condition: { StringEquals: { "AWS:SourceAccount": ACCOUNT } },
      },
    ],
    breaks: [],
    because: "a rule of AWS Config has no ARN before it may call the function",
  },
  {
    statements: [{ ...without("Condition", INVOKE), Principal: { Service: "config.amazonaws.com" } }],
    breaks: ["INV-001 block"],
    because: "AWS Config without an account acts for anyone",
  },
  {
    statements: [{ ...INVOKE, Condition: { ArnLike: { "AWS:SourceArn": "*" } } }],
    breaks: ["INV-001 block", "INV-002 block"],
    because: "a source of * is none",
  },
  {
    statements: [
      { ...INVOKE, Condition: { StringEquals: { "lambda:EventSourceToken": "amzn1.ask.skill.1" } } },
    ],
    breaks: [],
    because: "a skill is identified by its token",
  },
  {
    statements: [{ ...without("Condition", INVOKE), Effect: "Deny" }],
    breaks: [],
    because: "a Deny admits no caller",
  },
  {
    statements: [{ ...INVOKE, Condition: BUCKET }],
    breaks: ["INV-002 block"],
    because: "a bucket's ARN names no account",
  },
  {
    statements: [{ ...INVOKE, Condition: { ...BUCKET, StringEquals: { "AWS:SourceAccount": ACCOUNT } } }],
    breaks: [],
    because: "a bucket with its owner",
  },
  {
    statements: [{ ...INVOKE, Effect: "Deny", Condition: BUCKET }],
    breaks: [],
    because: "a Deny for a bucket admits no caller",
  },
  { statements: [{ ...INVOKE, Principal: ROOT }], breaks: [], because: "an account needs no source" },
];

const ANYONE: readonly Row[] = [
  {
    statements: [{ ...without("Condition", INVOKE), Principal: "*" }],
    breaks: ["INV-003 block"],
    because: "anyone",
  },
  {
    statements: [
      { ...INVOKE, Principal: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } } },
    ],
    breaks: ["INV-004 block"],
    because: "any member of an organization that the account does not admit",
  },
  {
    statements: [
      { ...URL, Principal: "*", Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } },
      { ...THROUGH_URL, Principal: "*" },
    ],
    breaks: ["INV-003 block", "INV-003 block"],
    because: "a URL without authentication",
  },
];

const SHAPES: readonly Row[] = [
  { statements: [URL, THROUGH_URL], breaks: [], because: "a URL's caller with both permissions" },
  { statements: [URL], breaks: ["INV-006 block"], because: "a URL's caller with half of them" },
  {
    statements: [URL, { ...THROUGH_URL, Principal: { AWS: "arn:aws:iam::222222222222:role/other" } }],
    breaks: ["INV-006 block"],
    because: "the other half belongs to another caller",
  },
  {
    statements: [{ ...INVOKE, Action: "lambda:UpdateFunctionCode" }],
    breaks: ["INV-007 block"],
    because: "a caller that changes the code has the role",
  },
  {
    statements: [{ ...INVOKE, Action: "lambda:*" }],
    breaks: ["INV-007 block"],
    because: "every action includes more than an invocation",
  },
  {
    statements: [{ ...INVOKE, Action: ["lambda:InvokeFunction", "lambda:GetFunction"] }],
    breaks: ["INV-007 block"],
    because: "one of two actions is more than an invocation",
  },
  {
    statements: [{ ...INVOKE, Resource: `${FUNCTION_ARN}:*` }],
    breaks: ["INV-008 block"],
    because: "all its qualifiers",
  },
  { statements: [{ ...INVOKE, Resource: "*" }], breaks: ["INV-008 block"], because: "every function" },
  {
    statements: [{ ...without("Action", INVOKE), NotAction: "lambda:GetFunction" }],
    breaks: ["INV-009 block"],
    because: "all actions but one",
  },
  {
    statements: [{ ...without("Resource", INVOKE), NotResource: FUNCTION_ARN }],
    breaks: ["INV-009 block"],
    because: "all resources but one",
  },
  {
    statements: [{ ...without("Principal", INVOKE), NotPrincipal: ROOT }],
    breaks: ["INV-003 block", "INV-009 block"],
    because: "anyone but one principal",
  },
  {
    statements: [{ ...INVOKE, Condition: { stringEquals: { "AWS:SourceAccount": ACCOUNT } } }],
    breaks: ["INV-004 block"],
    because: "callers of a statement that is not understood may be of any account",
  },
  {
    statements: [{ ...URL, Condition: { stringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } } }],
    breaks: ["INV-004 block"],
    because: "callers of a URL's statement that is not understood may be of any account",
  },
];

describe.each([
  ["sources", SOURCES],
  ["anyone", ANYONE],
  ["shapes", SHAPES],
] as const)("who may call: %s", (_, rows) => {
  test.each(rows)("$because", ({ statements, breaks }) => {
    expect(verdicts(judged(calledBy(statements)))).toEqual(breaks);
  });
});

test.each([
  { statement: INVOKE, why: "the policy lets any AWS account call the function" },
  {
    statement: { ...URL, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } },
    why: "the policy lets anyone on the internet call the function through a URL without authentication",
  },
  {
    statement: { ...URL, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } } },
    why: "the policy lets any AWS account call the function",
  },
  {
    statement: { ...without("Condition", URL), Action: "lambda:Invoke*" },
    why: "the policy lets any AWS account call the function, and anyone on the internet if a URL of it has no authentication",
  },
  {
    statement: THROUGH_URL,
    why: "the policy lets any AWS account call the function, and anyone on the internet if a URL of it has no authentication",
  },
])(
  "a statement for everyone opens the function to the internet only through a URL: $why",
  ({ statement, why }) => {
    const condition = statement === INVOKE ? {} : { Condition: statement["Condition"] };
    const open = { ...without("Condition", statement), ...condition, Principal: "*" } as Statement;
    const finding = judged(calledBy([open])).find(({ rule }) => rule === "INV-003");

    expect(finding?.why).toBe(why);
  },
);

test("both permissions of a URL without authentication are one mistake", () => {
  const open = [
    { ...URL, Principal: "*", Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } },
    { ...THROUGH_URL, Principal: "*" },
  ] as readonly Statement[];

  const texts = judged(calledBy(open)).flatMap(({ rule, why }) => (rule === "INV-003" ? [why] : []));

  expect(new Set(texts)).toEqual(
    new Set([
      "the policy lets anyone on the internet call the function through a URL without authentication",
    ]),
  );
});

test("the statement of an alias applies to that alias alone", () => {
  const alias = { ...INVOKE, Resource: `${FUNCTION_ARN}:live` };

  expect(verdicts(judged(calledBy([alias], "live")))).toEqual([]);
  expect(verdicts(judged(calledBy([INVOKE], "live")))).toEqual(["INV-008 block"]);
});

test("the same URL on another alias is not the other half", () => {
  const both = calledBy([{ ...URL, Resource: `${FUNCTION_ARN}:live` }], "live");
  const half = calledBy([THROUGH_URL]).binding.callers;
  const mixed = { ...both, binding: { ...both.binding, callers: [...both.binding.callers, ...half] } };

  expect(verdicts(judged(mixed))).toEqual(["INV-006 block"]);
});

test("every caller of the catalogue passes in an account that admits it, except a public URL", () => {
  const callers = [
    "s3: {bucket: uploads}",
    "sns: {topic: placed}",
    "events: {rule: nightly}",
    "apigateway: {api: abc123, stage: prod, method: POST, path: /orders}",
    "logs: {group: /aws/lambda/other}",
    "cognito: {userPool: eu-west-1_AbCdEfGhI}",
    "iot: {rule: door_opened}",
    'account: {id: "777788889999", roles: [billing/invoice-runner]}',
    "organization: {id: o-a1b2c3d4e5}",
    "functionUrl: {authType: iam}",
  ];
  const spec = `  invokedBy:\n${callers.map((caller) => `    - ${caller}`).join("\n")}`;

  const admitting = accountText(
    "prod",
    ACCOUNT,
    '  callerAccounts: ["777788889999"]\n  organizations: [o-a1b2c3d4e5]\n',
  );

  expect(judged(world(spec, { "platform/accounts.yaml": admitting }))).toEqual([]);
  expect(verdicts(judged(world("  invokedBy: [functionUrl: {authType: none}]")))).toEqual([
    "INV-003 block",
    "INV-003 block",
  ]);
});
