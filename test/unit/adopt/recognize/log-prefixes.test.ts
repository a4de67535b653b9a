import { describe, expect, test } from "@jest/globals";
import type { FunctionFacts } from "../../../../src/adopt/recognize/recognize.ts";
import { prefixLogs } from "../../../../src/manifest/grants/own.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { PLACE, recognized } from "../../../support/adopt/policies.ts";

describe("the log groups of a service, as the Serverless Framework writes them", () => {
  const facts: FunctionFacts = {
    functionName: "orders-prod-api",
    functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:orders-prod-api",
    logGroups: ["/aws/lambda/orders-prod-api"],
    serviceTargets: [],
  };
  const byPrefix = (groupPrefix: string, creation: object = {}): readonly Statement[] =>
    prefixLogs({ groupPrefix, create: true, tag: true, ...creation }, PLACE).map((one) => ({
      Effect: one.effect,
      Action: one.actions,
      Resource: one.resources,
    }));
  const own = byPrefix("/aws/lambda/orders-prod");
  const onOther = (change: (resource: string) => string): readonly Statement[] =>
    own.map((one) => ({ ...one, Resource: [one.Resource ?? []].flat().map(change) }));

  test.each([
    { create: true, tag: true },
    { create: true, tag: false },
    { create: false, tag: false },
  ])("are recognised with create $create and tag $tag, and nothing is left", (creation) => {
    const groupPrefix = "/aws/lambda/orders-prod";
    const found = recognized(byPrefix(groupPrefix, creation), facts);

    expect(found.own).toEqual([{ grant: "logs", fields: { groupPrefix, ...creation } }]);
    expect(found).toMatchObject({ rest: [], replaced: 2, proof: { kind: "proved" } });
  });

  test.each<{ readonly because: string; readonly statements: readonly Statement[] }>([
    { because: "of another service", statements: byPrefix("/aws/lambda/payments-prod") },
    { because: "of a part of a word", statements: byPrefix("/aws/lambda/orders-pr") },
    { because: "of every function", statements: byPrefix("/aws/lambda/") },
    { because: "without PutLogEvents", statements: own.slice(0, 1) },
    { because: "with PutLogEvents alone", statements: own.slice(1) },
    {
      because: "of another region",
      statements: onOther((text) => text.replace("eu-west-1", "eu-west-2")),
    },
    {
      because: "of another account",
      statements: onOther((text) => text.replace(/\d{12}/, "999999999999")),
    },
    {
      because: "with a star less",
      statements: onOther((text) => text.replace("*:*", ":*")),
    },
    {
      because: "under a condition",
      statements: own.map((one) => ({ ...one, Condition: { Bool: { "aws:SecureTransport": "true" } } })),
    },
    {
      because: "that denies",
      statements: own.map((one) => ({ ...one, Effect: "Deny" as const })),
    },
  ])("stay as they are: those $because", ({ statements }) => {
    const found = recognized(statements, facts);

    expect([found.own, found.rest.length]).toEqual([[], statements.length]);
  });

  test("are not recognised without a function, whose name shows the service", () => {
    expect(recognized(own)).toMatchObject({ own: [], replaced: 0 });
  });

  test("with one more action in a statement, that statement stays as it is", () => {
    const actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DeleteLogStream"];

    const found = recognized(
      [...own.slice(0, 1).map((one) => ({ ...one, Action: actions })), ...own.slice(1)],
      facts,
    );

    expect(found.rest.map(({ statement }) => statement.Action)).toEqual([actions]);
    expect(found.own).toEqual([
      { grant: "logs", fields: { groupPrefix: "/aws/lambda/orders-prod", create: true, tag: false } },
    ]);
    expect(found.proof.kind).toBe("proved");
  });
});
