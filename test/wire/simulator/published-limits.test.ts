import { GetFunctionCommand, GetPolicyCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { PUBLISHED_LIMITS } from "../../../src/simulator/limits/published-limits.ts";
import { ACCOUNT, startSimulated, type Simulated } from "../../support/installation/simulated.ts";
import { addFunction, addRole } from "../../../src/simulator/world.ts";

let nowMs = 0;
let simulated: Simulated;
beforeEach(async () => {
  nowMs = Date.parse("2026-11-01T00:00:00Z");
  simulated = await startSimulated(
    (world) => {
      const { arn: roleArn } = addRole(world, { accountId: ACCOUNT, name: "orders" });
      addFunction(world, { accountId: ACCOUNT, region: "us-east-1", name: "orders", roleArn });
    },
    { nowMs: () => nowMs, rates: PUBLISHED_LIMITS },
  );
});
afterEach(() => simulated.stop());

const FunctionName = "orders";
const CALLS = {
  GetPolicy: () => simulated.lambda.send(new GetPolicyCommand({ FunctionName })),
  GetFunction: () => simulated.lambda.send(new GetFunctionCommand({ FunctionName })),
  ListFunctions: () => simulated.lambda.send(new ListFunctionsCommand({})),
};

describe("the limits that AWS publishes", () => {
  test.each([
    { operation: "GetPolicy", perSecond: 15 },
    { operation: "GetFunction", perSecond: 100 },
    { operation: "ListFunctions", perSecond: 15 },
  ] as const)("$operation is answered $perSecond times a second", async ({ operation, perSecond }) => {
    expect(await answeredOf(operation, perSecond + 5)).toBe(perSecond);
    nowMs += 1_000;
    expect(await answeredOf(operation, perSecond + 5)).toBe(perSecond);
  });

  test("GetPolicy and GetFunction do not count for the limit of the other calls", async () => {
    await answeredOf("GetPolicy", 20);
    await answeredOf("GetFunction", 20);

    expect(await answeredOf("ListFunctions", 20)).toBe(15);
  });
});

/** A function without callers has no policy: that is an answer too. */
async function answeredOf(operation: keyof typeof CALLS, times: number): Promise<number> {
  const answers = await Promise.allSettled(Array.from({ length: times }, () => CALLS[operation]()));
  const isThrottled = (answer: PromiseSettledResult<unknown>): boolean =>
    answer.status === "rejected" && (answer.reason as Error).name === "TooManyRequestsException";
  return answers.filter((answer) => !isThrottled(answer)).length;
}
