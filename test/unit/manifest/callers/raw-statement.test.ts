import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";
const OWN = "222222222222";
const ARN = `arn:aws:lambda:eu-west-1:${OWN}:function:a`;
const SOURCE = `arn:aws:transfer:eu-west-1:${OWN}:workflow/w-1`;

type Json = Readonly<Record<string, unknown>>;

const STATEMENT: Json = {
  Effect: "Allow",
  Principal: { Service: "transfer.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Condition: { ArnLike: { "aws:SourceArn": SOURCE } },
};

function compiled(statement: Json, more = ""): ReturnType<typeof compileTexts> {
  const entry = `{reason: "ORD-1: no caller for it", statement: ${JSON.stringify(statement)}${more}}`;
  return compileTexts({ [FILE]: functionText("a", `  invokedBy: [${entry}]\n`) });
}

function inputOf(statement: Json, more = ""): unknown {
  const compilation = compiled(statement, more);
  const [binding] = compilation.desired.bindings.values();
  if (binding === undefined) throw new Error(diagnosticTexts(compilation).join("\n"));
  return binding.callers.map(({ input, caller }) => {
    const { FunctionName: _name, StatementId: _sid, ...rest } = input;
    return { caller, ...rest };
  });
}

describe("a raw statement compiles to the AddPermission call that writes it", () => {
  test.each([
    {
      because: "a service with its source",
      statement: STATEMENT,
      input: {
        Action: "lambda:InvokeFunction",
        Principal: "transfer.amazonaws.com",
        SourceArn: SOURCE,
      },
    },
    {
      because: "lists of one member, and operators and keys in any case that IAM takes",
      statement: {
        ...STATEMENT,
        Action: ["lambda:invokeFunction"],
        Principal: { Service: ["transfer.amazonaws.com"] },
        Condition: { ArnEquals: { "AWS:sourcearn": [SOURCE] }, StringEquals: { "aws:SourceAccount": OWN } },
      },
      input: {
        Action: "lambda:InvokeFunction",
        Principal: "transfer.amazonaws.com",
        SourceArn: SOURCE,
        SourceAccount: OWN,
      },
    },
    {
      because: "an account, and the function itself as the resource",
      statement: {
        Effect: "Allow",
        Principal: { AWS: OWN },
        Action: "lambda:InvokeFunction",
        Resource: ARN,
      },
      input: { Action: "lambda:InvokeFunction", Principal: OWN },
    },
    {
      because: "an organization",
      statement: {
        Effect: "Allow",
        Principal: "*",
        Action: "lambda:InvokeFunction",
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
      },
      input: { Action: "lambda:InvokeFunction", Principal: "*", PrincipalOrgID: "o-a1b2c3d4e5" },
    },
    {
      because: "a role through the function's URL",
      statement: {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${OWN}:role/x` },
        Action: "lambda:InvokeFunction",
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
      input: {
        Action: "lambda:InvokeFunction",
        Principal: `arn:aws:iam::${OWN}:role/x`,
        InvokedViaFunctionUrl: true,
      },
    },
    {
      because: "a URL with its type of authorization",
      statement: {
        Effect: "Allow",
        Principal: { AWS: OWN },
        Action: "lambda:InvokeFunctionUrl",
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      input: { Action: "lambda:InvokeFunctionUrl", Principal: OWN, FunctionUrlAuthType: "AWS_IAM" },
    },
  ])("$because", ({ statement, input }) => {
    expect(inputOf(statement)).toEqual([{ caller: "statement", ...input }]);
  });

  test("belongs to the qualifier of its entry", () => {
    expect(inputOf({ ...STATEMENT, Resource: `${ARN}:live` }, ", qualifier: live")).toMatchObject([
      { Qualifier: "live" },
    ]);
  });

  test("replaces variables, and is the same caller as the entry of the catalogue", () => {
    const raw = compileTexts({
      [FILE]: functionText(
        "a",
        `  invokedBy:
    - reason: r
      statement:
        Effect: Allow
        Principal: {Service: sns.amazonaws.com}
        Action: lambda:InvokeFunction
        Condition: {ArnLike: {"aws:SourceArn": "arn:\${partition}:sns:\${region}:\${account.id}:t"}}
    - sns: {topic: t}
`,
      ),
    });

    const [binding] = raw.desired.bindings.values();
    expect(binding?.callers.map(({ caller }) => caller)).toEqual(["statement"]);
  });
});

describe("a raw statement that AddPermission cannot write is an error at its field", () => {
  test.each([
    {
      because: "a Deny",
      statement: { ...STATEMENT, Effect: "Deny" },
      message:
        "lambda:AddPermission writes only Allow → leave the statement out: callers without one are denied",
    },
    {
      because: "two principals",
      statement: { ...STATEMENT, Principal: { Service: ["a.amazonaws.com", "b.amazonaws.com"] } },
      message: "lambda:AddPermission takes one principal → write an entry for each principal",
    },
    {
      because: "two kinds of principals",
      statement: { ...STATEMENT, Principal: { Service: "a.amazonaws.com", AWS: OWN } },
      message: "lambda:AddPermission takes one principal → write an entry for each principal",
    },
    {
      because: "a federated principal",
      statement: { ...STATEMENT, Principal: { Federated: "cognito-identity.amazonaws.com" } },
      message: "lambda:AddPermission takes no Federated principal → write a Service principal, or an AWS one",
    },
    {
      because: "a unique id of a deleted role",
      statement: { ...STATEMENT, Principal: { AWS: "AROA2EXAMPLE" } },
      message:
        "AROA2EXAMPLE is not an account id or the ARN of a principal → write the id of the account, or the ARN of its role or user",
    },
    {
      because: "a service that is none",
      statement: { ...STATEMENT, Principal: { Service: "evil.example.com" } },
      message: '"evil.example.com" is not a service → write it as lambda.amazonaws.com',
    },
    {
      because: "NotPrincipal",
      statement: { ...without("Principal"), NotPrincipal: { AWS: OWN } },
      message: "lambda:AddPermission takes no NotPrincipal → write Principal",
    },
    {
      because: "NotAction",
      statement: { ...without("Action"), NotAction: "lambda:InvokeFunction" },
      message: "lambda:AddPermission takes no NotAction → write Action",
    },
    {
      because: "an action that changes the code",
      statement: { ...STATEMENT, Action: "lambda:UpdateFunctionCode" },
      message:
        "lambda:UpdateFunctionCode is more than calling the function → write lambda:InvokeFunction or lambda:InvokeFunctionUrl",
    },
    {
      because: "every action",
      statement: { ...STATEMENT, Action: "lambda:*" },
      message: "lambda:* is more than calling the function → write",
    },
    {
      because: "two actions",
      statement: { ...STATEMENT, Action: ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"] },
      message: "lambda:AddPermission takes one action → write an entry for each action",
    },
    {
      because: "another function",
      statement: { ...STATEMENT, Resource: `${ARN}-other` },
      message: `Resource is not ${ARN}, whose policy this is → leave out Resource`,
    },
    {
      because: "every version of the function",
      statement: { ...STATEMENT, Resource: `${ARN}:*` },
      message: `Resource is not ${ARN}, whose policy this is → leave out Resource`,
    },
    {
      because: "a condition that the call has no field for",
      statement: { ...STATEMENT, Condition: { StringEquals: { "aws:SourceVpce": "vpce-1" } } },
      message: "lambda:AddPermission takes no condition on aws:SourceVpce → leave it out; possible are",
    },
    {
      because: "an operator that the call does not write",
      statement: { ...STATEMENT, Condition: { StringLike: { "aws:SourceArn": SOURCE } } },
      message: "lambda:AddPermission tests aws:SourceArn with ArnLike → write ArnLike instead of StringLike",
    },
    {
      because: "an operator that is true without the key",
      statement: { ...STATEMENT, Condition: { ArnLikeIfExists: { "aws:SourceArn": SOURCE } } },
      message:
        "lambda:AddPermission tests aws:SourceArn with ArnLike → write ArnLike instead of ArnLikeIfExists",
    },
    {
      because: "two values",
      statement: { ...STATEMENT, Condition: { ArnLike: { "aws:SourceArn": [SOURCE, `${SOURCE}2`] } } },
      message: "lambda:AddPermission takes one value of aws:SourceArn → write an entry for each value",
    },
    {
      because: "one field from two tests",
      statement: {
        ...STATEMENT,
        Condition: { ArnLike: { "aws:SourceArn": SOURCE }, ArnEquals: { "aws:SourceArn": SOURCE } },
      },
      message: "SourceArn is tested twice → keep one of the two tests",
    },
    {
      because: "a variable of IAM in the source",
      statement: { ...STATEMENT, Condition: { ArnLike: { "aws:SourceArn": `${SOURCE}\${aws:username}` } } },
      message: "is not a value of aws:SourceArn → write it like arn:aws:sns:eu-west-1:111122223333:orders",
    },
    {
      because: "the condition of a URL with the other action",
      statement: { ...STATEMENT, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } },
      message: "lambda:FunctionUrlAuthType is only for lambda:InvokeFunctionUrl → write",
    },
    {
      because: "the condition of a call through a URL with the other action",
      statement: {
        ...STATEMENT,
        Action: "lambda:InvokeFunctionUrl",
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
      message: "lambda:InvokedViaFunctionUrl is only for lambda:InvokeFunction → write",
    },
    {
      because: "a Sid",
      statement: { ...STATEMENT, Sid: "mine" },
      message: "a Sid is not for authors: ours comes from the content → remove it",
    },
    {
      because: "no principal",
      statement: without("Principal"),
      message: "Principal is missing",
    },
  ])("$because", ({ statement, message }) => {
    const found = diagnosticTexts(compiled(statement));

    expect(found.filter((text) => text.includes(message))).toHaveLength(1);
    expect(found.every((text) => text.startsWith(`${FILE}:6:`))).toBe(true);
  });

  function without(element: string): Json {
    return Object.fromEntries(Object.entries(STATEMENT).filter(([name]) => name !== element));
  }
});

describe("the entry of a raw statement", () => {
  const entry = (text: string): readonly string[] =>
    diagnosticTexts(compileTexts({ [FILE]: functionText("a", `  invokedBy: [${text}]\n`) }));

  test("needs a reason", () => {
    expect(entry(`{statement: ${JSON.stringify(STATEMENT)}}`)).toEqual([
      `${FILE}:6:15 a statement needs a reason → write reason: next to statement, such as reason: "ORD-77: no caller for it yet"`,
    ]);
  });

  test("is the only caller of its entry", () => {
    expect(entry(`{reason: r, sns: {topic: t}, statement: ${JSON.stringify(STATEMENT)}}`)[0]).toContain(
      "this entry names several: sns, statement",
    );
  });

  test("is suggested for pasted elements", () => {
    expect(entry(JSON.stringify(STATEMENT))).toEqual([
      `${FILE}:6:16 the elements of the statement are one level too high → write reason: TEXT and statement: in their place, and the elements below statement, two more spaces indented: {reason: TEXT, statement: {Effect: …}}. TEXT is any text`,
    ]);
  });
});
