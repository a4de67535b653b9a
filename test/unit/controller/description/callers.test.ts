import { ACCOUNT, Described, effective } from "./described.ts";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { FakeController } from "../../../support/fakes/fake-controller.ts";

let described: Described;
let fake: FakeController;

beforeEach(() => {
  described = new Described();
  ({ fake } = described);
});
afterEach(() => fake.stop());

describe("callers", () => {
  const ARN = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:a`;
  const invoke = (sid: string, principal: unknown, condition?: object): object => ({
    Sid: sid,
    Effect: "Allow",
    Principal: principal,
    Action: "lambda:InvokeFunction",
    Resource: ARN,
    ...(condition !== undefined && { Condition: condition }),
  });

  test.each([
    {
      statement: invoke("org", "*", { StringEquals: { "aws:PrincipalOrgID": "o-attacker9999" } }),
      shown: "+ caller anyone organization o-attacker9999 org",
      because: "an organization is named",
    },
    {
      statement: invoke(
        "sns",
        { Service: "sns.amazonaws.com" },
        {
          ArnLike: { "AWS:SourceArn": "arn:aws:sns:eu-west-1:999999999999:x" },
        },
      ),
      shown: "+ caller sns topic/x in account 999999999999 sns",
      because: "a source of another account names it",
    },
    {
      statement: invoke(
        "s3",
        { Service: "s3.amazonaws.com" },
        {
          ArnLike: { "AWS:SourceArn": "arn:aws:s3:::uploads" },
          StringEquals: { "AWS:SourceAccount": "999999999999" },
        },
      ),
      shown: "+ caller s3 uploads, account 999999999999 s3",
      because: "a foreign source account is shown with the bucket",
    },
    {
      statement: invoke("open", { Service: "sns.amazonaws.com" }),
      shown: "+ caller sns any source open",
      because: "a service without a source may call for anyone",
    },
    { statement: invoke("all", "*"), shown: "+ anyone can invoke  all", because: "everyone is anyone" },
    {
      statement: invoke("role", { AWS: "arn:aws:iam::999999999999:role/x" }),
      shown: "+ caller IAM role/x in account 999999999999 role",
      because: "a role of another account names it",
    },
  ])("$because", async ({ statement, shown }) => {
    await described.converged();
    await described.suspend();
    await described.changeFunction({ policies: policiesOf(statement) });

    const state = await described.state();

    expect(effective(state)).toContain(shown);
    expect(state.effective).toMatchObject({ kind: "read", unknown: [] });
  });

  test("that could not be read are unknown, not none", async () => {
    await described.converged();
    await described.changeFunction({
      policies: new Map([["", { kind: "unknown", reason: "lambda:GetPolicy: AccessDenied" }]]),
    });

    expect((await described.state()).effective).toMatchObject({
      unknown: expect.arrayContaining([expect.stringContaining("lambda:GetPolicy: AccessDenied")]),
    });
  });

  test("that Git does not declare and that stay are named as kept", async () => {
    await described.converged();
    await described.changeFunction({
      policies: policiesOf(
        invoke(
          "nightly",
          { Service: "events.amazonaws.com" },
          {
            ArnLike: { "AWS:SourceArn": `arn:aws:events:eu-west-1:${ACCOUNT}:rule/nightly` },
          },
        ),
      ),
    });

    const state = await described.state();

    expect(effective(state)).toContain("+ caller events rule/nightly nightly");
    expect(state.pending.map(({ reason }) => reason)).toEqual([{ kind: "kept", statements: ["nightly"] }]);
  });

  const policiesOf = (statement: object) =>
    new Map([
      [
        "",
        {
          kind: "present",
          value: { text: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }), revisionId: "r" },
        },
      ],
    ] as const);
});
