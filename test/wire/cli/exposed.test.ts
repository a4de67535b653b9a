import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { ExposedFunctions } from "../../../src/model/answers/questions/who-can.ts";
import { REGION } from "../../support/pass/bindings.ts";
import { ASKED_ACCOUNT, AskedController } from "../../support/screens/asked-controller.ts";
import { awsError } from "../../support/fakes/fake-aws.ts";
import { ORDERS_TOKEN } from "../../support/screens/http-server.ts";

const FUNCTION = `arn:aws:lambda:eu-west-1:${ASKED_ACCOUNT}:function:a`;

interface Opening {
  readonly sid?: string;
  readonly principal: unknown;
  readonly condition?: object;
  readonly action?: string;
}

function statement({ sid = "s", principal, condition, action = "lambda:InvokeFunction" }: Opening): object {
  return {
    Sid: sid,
    Effect: "Allow",
    Principal: principal,
    Action: action,
    Resource: FUNCTION,
    ...(condition !== undefined && { Condition: condition }),
  };
}

function policies(statements: readonly object[], qualifier = "") {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return new Map([[qualifier, { kind: "present", value: { text, revisionId: "r" } } as const]]);
}

let asked: AskedController;

beforeEach(async () => {
  asked = await AskedController.start();
  await asked.suspend();
});
afterEach(() => asked.stop());

async function exposed(token?: string): Promise<ExposedFunctions> {
  return (await asked.server.get("/exposed", token)).json.status as ExposedFunctions;
}

async function open(opening: Opening): Promise<ExposedFunctions> {
  asked.addFunction("a", asked.role().arn, { policies: policies([statement(opening)]) });
  await asked.sweep();
  return exposed();
}

describe("exposed", () => {
  test("finds none in policies that let in only what is named in the account", async () => {
    const source = { ArnLike: { "aws:SourceArn": `arn:aws:sns:eu-west-1:${ASKED_ACCOUNT}:returned` } };
    const answer = await open({ principal: { Service: "sns.amazonaws.com" }, condition: source });

    expect(answer).toMatchObject({ functions: [], closed: 1, unknown: [], unread: [] });
    expect((await asked.run(["exposed"])).out).toMatch(/^No exposed functions found\n/);
  });

  test.each([
    { because: "everyone", opening: { principal: "*" }, outsider: "public", what: "anyone can invoke" },
    {
      because: "an address without sign-in",
      opening: {
        principal: "*",
        action: "lambda:InvokeFunctionUrl",
        condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } },
      },
      outsider: "public",
      what: "caller anyone",
    },
    {
      because: "another account",
      opening: { principal: { AWS: "arn:aws:iam::999999999999:root" } },
      outsider: "foreign-account",
      what: "caller account",
    },
    {
      because: "another account that may change the code",
      opening: { principal: { AWS: "arn:aws:iam::999999999999:root" }, action: "lambda:UpdateFunctionCode" },
      outsider: "takeover",
      what: "caller account",
    },
    {
      because: "a service on behalf of anyone",
      opening: { principal: { Service: "s3.amazonaws.com" } },
      outsider: "no-source",
      what: "caller s3",
    },
    {
      because: "an organization",
      opening: { principal: "*", condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
      outsider: "foreign-account",
      what: "caller anyone",
    },
  ])("finds $because", async ({ opening, outsider, what }) => {
    const { functions, closed } = await open(opening);

    expect(functions).toMatchObject([
      {
        target: "orders/a@prod/eu-west-1",
        statements: [{ outsider, what, sid: "s", qualifier: null, declaredAt: null }],
      },
    ]);
    expect(closed).toBe(0);
  });

  test("finds a statement on an alias, and names the alias", async () => {
    asked.addFunction("a", asked.role().arn, {
      policies: new Map([...policies([]), ...policies([statement({ principal: "*" })], "live")]),
    });
    await asked.sweep();

    expect((await exposed()).functions).toMatchObject([
      { statements: [{ qualifier: "live", on: expect.stringContaining("live") }] },
    ]);
  });

  test("finds it at a function without a manifest, and shows the worst first", async () => {
    asked.addFunction("a", asked.role().arn, {
      policies: policies([statement({ principal: { AWS: "arn:aws:iam::999999999999:root" } })]),
    });
    asked.addFunction("legacy", asked.role().arn, { policies: policies([statement({ principal: "*" })]) });
    await asked.sweep();

    const { out, code } = await asked.run(["exposed", "--exit-code"], {
      terminal: { isTerminal: true, columns: 80 },
    });

    expect(code).toBe(2);
    expect(out).toMatch(/^Outsiders may call 2 functions\n/);
    expect(out.indexOf("function legacy@prod/eu-west-1")).toBeLessThan(
      out.indexOf("orders/a@prod/eu-west-1"),
    );
    expect(
      stripVTControlCharacters(out)
        .split("\n")
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  test("a policy that was not read is unknown, never closed", async () => {
    asked.addFunction("a", asked.role().arn, { policies: new Map() });
    asked.addFunction("denied", asked.role().arn, {
      policies: new Map([["", { kind: "unknown", reason: "AccessDenied" }]]),
    });
    await asked.sweep();

    const { functions, closed, unknown } = await exposed();

    expect([functions, closed]).toEqual([[], 0]);
    expect(unknown.map(({ reason }) => reason)).toEqual([
      "its policy was not read",
      "its policy: AccessDenied",
    ]);
    const { out, code } = await asked.run(["exposed", "--exit-code"]);
    expect(out).toMatch(/^No exposed functions found in what was read\n/);
    expect(code).toBe(3);
  });

  test("a statement that is not understood is unknown", async () => {
    const text = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Odd: "*" }] });
    asked.addFunction("a", asked.role().arn, {
      policies: new Map([["", { kind: "present", value: { text, revisionId: "r" } }]]),
    });
    await asked.sweep();

    expect((await exposed()).unknown).toEqual([
      { reason: "its policy has a statement that is not understood", targets: ["orders/a@prod/eu-west-1"] },
    ]);
  });

  test("a region that was not read may have more functions", async () => {
    asked.aws.live = {
      ...asked.aws.live,
      regions: new Map([[REGION, { kind: "failed", reason: "throttled" }]]),
    };
    await asked.sweep();

    const { closed, unknown, unread } = await exposed();

    expect(closed).toBe(0);
    expect(unknown).toEqual([
      { reason: "region eu-west-1: throttled", targets: ["orders/a@prod/eu-west-1"] },
    ]);
    expect(unread).toEqual(["account prod: region eu-west-1: throttled"]);
  });

  test("an account whose newer reads fail is named, also to its team, and no program takes the old answer for a new one", async () => {
    asked.addFunction("a", asked.role().arn, { policies: policies([]) });
    await asked.sweep();
    asked.aws.readError = awsError("circuit", { code: "AccessDenied" });
    for (let sweeps = 0; sweeps < 12; sweeps += 1) await asked.sweep();

    const { out, code } = await asked.run(["exposed", "--exit-code"]);

    expect(code).toBe(3);
    expect(out).toMatch(/^No exposed functions found in what was read\n/);
    expect(out).toMatch(
      /not read: account prod: the answer is \d+[hm] old, newer reads fail: .*AccessDenied/,
    );
    expect((await exposed(ORDERS_TOKEN)).unread).toEqual([expect.stringContaining("newer reads fail")]);
  });

  test("a token with namespaces sees its own functions only", async () => {
    const opened = policies([statement({ principal: "*" })]);
    asked.addFunction("a", asked.role().arn, { policies: opened });
    asked.addFunction("legacy", asked.role().arn, { policies: opened });
    await asked.sweep();

    const { functions, unread } = await exposed(ORDERS_TOKEN);

    expect(functions.map(({ target }) => target)).toEqual(["orders/a@prod/eu-west-1"]);
    expect(unread).toEqual([]);
  });
});
