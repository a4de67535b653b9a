import { describe, expect, test } from "@jest/globals";
import { importedCallers, type ImportedCallers } from "../../../../src/adopt/manifests/callers.ts";
import { known, notCalled } from "../../../../src/adopt/estate/estate.ts";
import { CALLER_ENTRIES } from "../../../../src/manifest/callers/catalogue.ts";
import { statementOf } from "../../../../src/manifest/callers/statement.ts";
import type { FunctionPlace } from "../../../../src/model/aws/arn.ts";
import { estateFunction } from "../../../support/adopt/estate.ts";
import { PLACE } from "../../../support/adopt/policies.ts";

const FUNCTION = estateFunction("orders");
const NO_CALLERS: ImportedCallers = { callers: [], undeclared: [] };

/** The callers of `orders`, of a resource policy with these statements. */
function imported(statements: readonly object[]): ImportedCallers {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return ofText(text);
}

function ofText(text: string): ImportedCallers {
  const policies = new Map([["", known({ text, revisionId: "1" })]]);
  return importedCallers({ ...FUNCTION, policies }, PLACE as FunctionPlace);
}

function statementsOf(caller: string, fields: object, place = PLACE): readonly object[] {
  const entry = CALLER_ENTRIES.find((one) => one.caller === caller);
  if (entry === undefined) throw new Error(`the catalogue has no ${caller}`);
  const permissions = entry.expand(fields as never, place);
  return permissions.map((one, at) => ({
    Sid: `x${at}`,
    ...statementOf(one, FUNCTION.arn, place.partition),
  }));
}

function declared({ callers }: ImportedCallers): readonly object[] {
  return callers.map(({ caller, fields }) => ({ caller, fields }));
}

/** The only statement of a policy: the source of a service that may invoke the function. */
function fromSource(service: string, sourceArn: string): object {
  return {
    Sid: "x",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "lambda:InvokeFunction",
    Resource: FUNCTION.arn,
    Condition: { ArnLike: { "AWS:SourceArn": sourceArn } },
  };
}

const EXAMPLES = CALLER_ENTRIES.flatMap(({ caller, examples }) =>
  examples.map((fields) => ({ caller, fields: fields as object, text: JSON.stringify(fields) })),
);

/** As an import writes them: a statement has the value of no path variable, and a resource of the own place has a name. */
function asImported(fields: object): object {
  const text = JSON.stringify(fields)
    .replace("/orders/{id}", "/orders/{part2}")
    .replace("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/", "");
  return JSON.parse(text) as object;
}

describe("every caller of the catalogue is found in its own statements", () => {
  test.each(EXAMPLES)("$caller $text", ({ caller, fields }) => {
    const found = imported(statementsOf(caller, fields));

    expect(declared(found)).toEqual([{ caller, fields: asImported(fields) }]);
    expect(found.undeclared).toEqual([]);
  });
});

describe("a source of another account, region or partition is named by its ARN", () => {
  test.each([
    { caller: "sns", fields: { topic: "arn:aws:sns:eu-west-1:777788889999:created" } },
    { caller: "sns", fields: { topic: "arn:aws:sns:us-east-1:111122223333:created" } },
    { caller: "sns", fields: { topic: "arn:aws-cn:sns:eu-west-1:111122223333:created" } },
    { caller: "codecommit", fields: { repository: "arn:aws:codecommit:us-east-1:111122223333:orders" } },
  ])("$caller $fields", ({ caller, fields }) => {
    expect(declared(imported(statementsOf(caller, fields)))).toEqual([{ caller, fields }]);
  });
});

describe("a statement without an equal caller stays undeclared", () => {
  const base = { Sid: "x", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: FUNCTION.arn };
  const aws = (principal: unknown): object => ({ ...base, Principal: { AWS: principal } });

  test.each<{ readonly because: string; readonly statement: object }>([
    {
      because: "the service is in no catalogue",
      statement: fromSource("batch.amazonaws.com", "arn:aws:batch:eu-west-1:111122223333:job/x"),
    },
    {
      because: "the source of a service is of another kind",
      statement: fromSource("iot.amazonaws.com", "arn:aws:iot:eu-west-1:111122223333:thing/door"),
    },
    {
      because: "SES has no rule without its rule set",
      statement: fromSource("ses.amazonaws.com", "arn:aws:ses:eu-west-1:111122223333:identity/example.com"),
    },
    {
      because: "the secret is one version of it and not its name",
      statement: fromSource(
        "secretsmanager.amazonaws.com",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-Ab1234",
      ),
    },
    {
      because: "a user is neither an account nor a role",
      statement: aws("arn:aws:iam::111122223333:user/dana"),
    },
    {
      because: "two principals are no single caller",
      statement: aws(["arn:aws:iam::777788889999:root", "arn:aws:iam::444455556666:root"]),
    },
    { because: "everyone is no caller without a URL", statement: { ...base, Principal: "*" } },
    {
      because: "NotPrincipal names no caller",
      statement: { ...base, Effect: "Deny", NotPrincipal: { AWS: "arn:aws:iam::777788889999:root" } },
    },
    {
      because: "a skill's token belongs to Alexa alone",
      statement: {
        ...base,
        Principal: { Service: "alexa.amazonaws.com" },
        Condition: { StringEquals: { "lambda:EventSourceToken": "amzn1.ask.skill.x" } },
      },
    },
    {
      because: "a condition with two sources is none of them",
      statement: {
        ...fromSource("sns.amazonaws.com", ""),
        Condition: {
          ArnLike: {
            "AWS:SourceArn": ["a", "b"].map((name) => `arn:aws:sns:eu-west-1:111122223333:${name}`),
          },
        },
      },
    },
  ])("$because", ({ statement }) => {
    const { callers, undeclared } = imported([statement]);

    expect(callers).toEqual([]);
    expect(undeclared).toMatchObject([{ sid: "x", qualifier: null }]);
  });

  test("so does one that is not understood, with the danger of what it may be", () => {
    const { callers, undeclared } = imported([{ ...aws("arn:aws:iam::777788889999:root"), Extra: 1 }]);

    expect(callers).toEqual([]);
    expect(undeclared).toMatchObject([{ sid: "x", wildcardSource: null, deletedPrincipals: [] }]);
  });
});

describe("function URLs", () => {
  const url = (fields: object, place = PLACE): readonly object[] =>
    statementsOf("functionUrl", fields, place);

  test.each([
    { because: "a role of the own account needs no account", fields: { authType: "iam", roles: ["web"] } },
    {
      because: "another account is named",
      fields: { authType: "iam", account: "777788889999", roles: ["web"] },
    },
    { because: "all of another account", fields: { authType: "iam", account: "777788889999" } },
  ])("$because", ({ fields }) => {
    expect(declared(imported(url(fields)))).toEqual([{ caller: "functionUrl", fields }]);
  });

  test("half of the statements of a URL are no caller: each needs both", () => {
    const [first] = url({ authType: "none" });

    expect(declared(imported([first as object]))).toEqual([]);
  });
});

describe("a policy without statements has no callers", () => {
  test("because the function has none, or it was not read", () => {
    const none = importedCallers(
      { ...FUNCTION, policies: new Map([["", known(null)]]) },
      PLACE as FunctionPlace,
    );
    const unread = importedCallers(
      { ...FUNCTION, policies: new Map([["", notCalled("lambda:GetPolicy")]]) },
      PLACE as FunctionPlace,
    );

    expect([none, unread]).toEqual([NO_CALLERS, NO_CALLERS]);
  });
});
