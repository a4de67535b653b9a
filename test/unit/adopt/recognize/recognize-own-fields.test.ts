import { describe, expect, test } from "@jest/globals";
import type { FunctionFacts } from "../../../../src/adopt/recognize/recognize.ts";
import { ownLogs, tracing, vpc } from "../../../../src/manifest/grants/own.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";
import { PLACE, recognized } from "../../../support/adopt/policies.ts";

const FUNCTION: FunctionFacts = {
  functionName: "orders-api",
  functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:orders-api",
  logGroups: ["/aws/lambda/orders-api"],
  serviceTargets: [],
};

describe("logs, tracing and the network of the manifest", () => {
  const asStatements = (expansions: ReturnType<typeof ownLogs>): readonly Statement[] =>
    expansions.map(({ effect, actions, resources, condition }) => ({
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(condition !== null && { Condition: condition }),
    }));
  const logs = asStatements(ownLogs({ group: "/aws/lambda/orders-api", create: true }, PLACE));
  const network = asStatements(vpc(FUNCTION.functionArn));

  test("are recognised if they equal what Grantkeeper adds", () => {
    const { own, rest } = recognized([...logs, ...asStatements(tracing()), ...network], FUNCTION);

    expect(own.map(({ grant }) => grant)).toEqual(["logs", "tracing", "vpc"]);
    expect(rest).toEqual([]);
  });

  test("are not the statements of another function's group, or without the Deny for the code", () => {
    const other = asStatements(ownLogs({ group: "/aws/lambda/other", create: true }, PLACE));

    const { own, rest } = recognized([...other, ...network.slice(0, 1)], FUNCTION);

    expect([own, rest.length]).toEqual([[], 2]);
  });
});
