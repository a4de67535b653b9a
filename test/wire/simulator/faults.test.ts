import {
  GetAccountAuthorizationDetailsCommand,
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { addRole } from "../../../src/simulator/world.ts";
import type { Simulated } from "../../support/installation/simulated.ts";
import { ACCOUNT, allow, startSimulated } from "../../support/installation/simulated.ts";

let nowMs = 0;
let simulated: Simulated;
beforeEach(async () => {
  nowMs = Date.parse("2026-11-01T00:00:00Z");
  simulated = await startSimulated(
    (world) => {
      for (const name of ["orders", "billing"]) addRole(world, { accountId: ACCOUNT, name });
    },
    {
      nowMs: () => nowMs,
      rates: { "iam:GetRole": { perSecond: 2, burst: 3 }, lambda: { perSecond: 1, burst: 1 } },
    },
  );
});
afterEach(() => simulated.stop());

const put = (RoleName = "orders", signal?: AbortSignal) => {
  const command = new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument: allow("s3:Get*") });
  return simulated.iam.send(command, signal === undefined ? {} : { abortSignal: signal });
};
const inline = (name = "orders") => simulated.world.accounts[ACCOUNT]?.iam.roles[name]?.inline;
const lastCall = () => simulated.simulator.calls().at(-1);

describe("faults on demand", () => {
  test("an error is answered instead of acting", async () => {
    simulated.simulator.addFault({
      kind: { kind: "error", code: "ConcurrentModification", message: "again", status: 409 },
    });

    await expect(put()).rejects.toMatchObject({ name: "ConcurrentModificationException", message: "again" });

    expect(inline()).toEqual({});
    expect(lastCall()).toMatchObject({ status: 409, errorCode: "ConcurrentModification", effective: false });
  });

  test("a lost response took effect, and the call log shows it", async () => {
    simulated.simulator.addFault({ operation: "PutRolePolicy", kind: { kind: "lost-response" } });

    await expect(put()).rejects.toThrow("socket hang up");

    expect(inline()).toEqual({ p: allow("s3:Get*") });
    expect(lastCall()).toMatchObject({ operation: "PutRolePolicy", effective: true });
  });

  test("a dropped request took no effect", async () => {
    simulated.simulator.addFault({ operation: "PutRolePolicy", kind: { kind: "dropped-request" } });

    await expect(put()).rejects.toThrow("socket hang up");

    expect(inline()).toEqual({});
    expect(lastCall()).toMatchObject({ status: 0, effective: false });
  });

  test("a call that hangs ends when its caller gives up, and does not keep the simulator from closing", async () => {
    simulated.simulator.addFault({ operation: "PutRolePolicy", kind: { kind: "hang" } });

    await expect(put("orders", AbortSignal.timeout(50))).rejects.toMatchObject({ name: "AbortError" });

    expect(inline()).toEqual({});
  });

  test("half an answer is no answer", async () => {
    simulated.simulator.addFault({ operation: "GetAccountAuthorizationDetails", kind: { kind: "truncate" } });

    await expect(simulated.iam.send(new GetAccountAuthorizationDetailsCommand({}))).rejects.toThrow(
      "aborted",
    );
  });

  test("a delayed call acts and answers", async () => {
    simulated.simulator.addFault({ operation: "PutRolePolicy", kind: { kind: "delay", ms: 5 } });

    await put();

    expect(inline()).toEqual({ p: allow("s3:Get*") });
  });

  test("each service throttles in its own words", async () => {
    simulated.simulator.addFault({ kind: { kind: "throttle" } });

    await expect(put()).rejects.toMatchObject({
      name: "Throttling",
      message: "Rate exceeded",
      $metadata: { httpStatusCode: 400 },
    });
    await expect(simulated.lambda.send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: "TooManyRequestsException",
      $metadata: { httpStatusCode: 429 },
    });
  });

  test.each([
    { fault: { operation: "GetRole" }, because: "of another operation" },
    { fault: { service: "lambda" }, because: "of another service" },
    { fault: { accountId: "444455556666" }, because: "of another account" },
    { fault: { resourceIncludes: "billing" }, because: "about another resource" },
    { fault: { userAgentIncludes: "gk-intent/7" }, because: "from another user agent" },
    { fault: { times: 0 }, because: "after its times" },
  ])("a fault misses a call $because", async ({ fault }) => {
    simulated.simulator.addFault({ ...fault, kind: { kind: "throttle" } });

    await put();

    expect(inline()).toHaveProperty("p");
  });

  test("a fault ends after its times, and clearing ends the others", async () => {
    simulated.simulator.addFault({ resourceIncludes: "orders", times: 1, kind: { kind: "throttle" } });
    simulated.simulator.addFault({ resourceIncludes: "billing", kind: { kind: "throttle" } });

    await expect(put("orders")).rejects.toMatchObject({ name: "Throttling" });
    await put("orders");
    await expect(put("billing")).rejects.toMatchObject({ name: "Throttling" });
    simulated.simulator.clearFaults();
    await put("billing");

    expect([inline("orders"), inline("billing")]).toEqual([{ p: allow("s3:Get*") }, { p: allow("s3:Get*") }]);
  });
});

describe("throttling by token bucket", () => {
  const read = () => simulated.iam.send(new GetRoleCommand({ RoleName: "orders" }));

  test("calls past the burst are refused until tokens come back", async () => {
    for (let call = 0; call < 3; call += 1) await read();
    await expect(read()).rejects.toMatchObject({ name: "Throttling" });

    nowMs += 500;

    await read();
    await expect(read()).rejects.toMatchObject({ name: "Throttling" });
  });

  test("operations without a rate are not throttled", async () => {
    for (let call = 0; call < 10; call += 1) await simulated.iam.send(new ListRolesCommand({}));

    expect(simulated.simulator.counts()).toEqual({ "iam:ListRoles": 10 });
  });
});

describe("the call log", () => {
  test("it counts calls by operation and names their request ids", async () => {
    const { $metadata } = await simulated.iam.send(new GetRoleCommand({ RoleName: "orders" }));
    await put();
    await put();

    expect(simulated.simulator.counts()).toEqual({ "iam:GetRole": 1, "iam:PutRolePolicy": 2 });
    expect(simulated.simulator.calls()[0]).toMatchObject({
      seq: 1,
      requestId: $metadata.requestId,
      input: { RoleName: "orders" },
      status: 200,
      principalArn: `arn:aws:iam::${ACCOUNT}:root`,
      userAgent: expect.stringContaining("aws-sdk-js"),
    });
  });

  test("a write that leaves everything as it is has no effect", async () => {
    await put();
    await put();
    await simulated.iam.send(new UpdateRoleCommand({ RoleName: "orders" }));

    expect(simulated.simulator.calls().map(({ effective }) => effective)).toEqual([true, false, false]);
  });
});
