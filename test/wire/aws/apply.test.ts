import { afterEach, describe, expect, test } from "@jest/globals";
import type { ActuatorContext } from "../../../src/controller/ports/actuator.ts";
import type { Action } from "../../../src/model/plan.ts";
import { livePolicy } from "../../../src/model/live.ts";
import { addFunction, addPolicy, addRole, type WorldState } from "../../../src/simulator/world.ts";
import {
  ACCOUNT,
  actionOf,
  allow,
  never,
  REGION,
  REVISION,
  startAwsWorld,
  type AwsWorld,
} from "./aws-world.ts";
import { orThrow } from "../../../src/model/values/result.ts";

const SHARED = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/shared`;

let world: AwsWorld;
afterEach(() => world.stop());

function seed(state: WorldState): void {
  for (const name of ["orders-api", "other"])
    addRole(state, { accountId: ACCOUNT, name, path: "/grantkeeper/" });
  addPolicy(state, { accountId: ACCOUNT, name: "shared", path: "/grantkeeper/", document: allow("s3:Put*") });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
    configuration: { Environment: { Variables: { PASSWORD: "hunter2" } } },
  });
}

async function apply(action: Action, change: Partial<ActuatorContext> = {}, signal: AbortSignal = never()) {
  const context = {
    account: world.account,
    pass: "p7",
    revision: REVISION,
    intent: 41,
    revisionId: null,
    ...change,
  };
  return orThrow(await world.aws.actuator.apply(action, context, signal));
}

const put = actionOf({
  call: "iam:PutRolePolicy",
  input: { RoleName: "orders-api", PolicyName: "grantkeeper", PolicyDocument: allow("s3:GetObject") },
});
const addPermission = actionOf({
  call: "lambda:AddPermission",
  input: {
    FunctionName: "orders-api",
    StatementId: "gk_a_b_c",
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
  },
});
const lastCall = () => world.simulator.calls().at(-1);
const inline = () => world.world.accounts[ACCOUNT]?.iam.roles["orders-api"]?.inline;

describe("a write", () => {
  test("is one call of the writer, with the pass in its session and the intent in its user agent", async () => {
    world = await startAwsWorld(seed);

    const { requestId } = await apply(put);

    expect(inline()).toEqual({ grantkeeper: allow("s3:GetObject") });
    expect(lastCall()).toMatchObject({
      requestId,
      operation: "PutRolePolicy",
      principalArn: `arn:aws:sts::${ACCOUNT}:assumed-role/writer/gk-p7`,
      userAgent: expect.stringMatching(/grantkeeper.* gk-intent\/41$/),
    });
  });

  test("opens the writer's session once per pass", async () => {
    world = await startAwsWorld(seed);

    await apply(put, { pass: "p7" });
    await apply(put, { pass: "p7" });
    await apply(put, { pass: "p8" });

    expect(world.simulator.counts()["sts:AssumeRole"]).toBe(2);
    expect(lastCall()?.principalArn).toContain("/gk-p8");
  });

  test("of a function's role uses the binder", async () => {
    world = await startAwsWorld(seed);
    const role = `arn:aws:iam::${ACCOUNT}:role/grantkeeper/other`;
    const action = actionOf({
      call: "lambda:UpdateFunctionConfiguration",
      input: { FunctionName: "orders-api", Role: role },
    });

    await apply(action);

    expect(lastCall()?.principalArn).toContain("assumed-role/binder/");
    expect(lastCall()?.region).toBe(REGION);
  });

  test("sends the revision id that was just read, and a mismatch is a reason to plan again", async () => {
    world = await startAwsWorld(seed);
    await apply(addPermission);
    const second = { ...addPermission, input: { ...addPermission.input, StatementId: "gk_a_b_d" } };

    await expect(apply(second, { revisionId: "00000000-0000-0000-0000-000000000000" })).rejects.toMatchObject(
      {
        name: "AwsError",
        facts: { code: "PreconditionFailed", disposition: { kind: "replan" }, lost: false },
      },
    );
  });

  test("of an existing statement is a reason to plan again", async () => {
    world = await startAwsWorld(seed);
    await apply(addPermission);

    await expect(apply(addPermission)).rejects.toMatchObject({
      facts: { code: "ResourceConflict", disposition: { kind: "replan" } },
    });
  });

  test("of a deleted role is a reason to plan again, and the error names the role", async () => {
    world = await startAwsWorld(seed);
    const action = actionOf({ ...put, target: put.target.replace("orders-api", "gone") });
    const gone = { ...action, input: { ...put.input, RoleName: "gone" } };

    await expect(apply(gone)).rejects.toMatchObject({
      facts: { call: "iam:PutRolePolicy role/gone", code: "NoSuchEntity", disposition: { kind: "replan" } },
    });
  });

  test("of a policy's tags makes the next sweep read them again", async () => {
    world = await startAwsWorld(seed);
    const request = {
      account: world.account,
      pass: "p1",
      functions: [],
      policies: [SHARED],
      everyVersion: false,
      roleNames: [],
    };
    await world.aws.live.sweep(request, never());

    await apply(
      actionOf({
        call: "iam:TagPolicy",
        input: { PolicyArn: SHARED, Tags: [{ Key: "team", Value: "orders" }] },
        target: SHARED,
      }),
    );

    const live = orThrow(await world.aws.live.sweep(request, never()));
    expect(livePolicy(live, SHARED)).toMatchObject({
      value: { tags: { value: [{ key: "team", value: "orders" }] } },
    });
  });
});

describe("a write without an answer", () => {
  test.each([
    { kind: "lost-response", because: "the connection ended after it took effect" },
    { kind: "dropped-request", because: "the connection ended before it took effect" },
    { kind: "truncate", because: "half of the answer arrived" },
    { kind: "hang", because: "no answer arrived in time" },
  ] as const)("is lost and made once: $because", async ({ kind }) => {
    world = await startAwsWorld(seed, { aws: { fetchTimeoutMs: 200 } });
    world.simulator.addFault({ operation: "PutRolePolicy", kind: { kind } });

    await expect(apply(put)).rejects.toMatchObject({
      name: "AwsError",
      facts: { disposition: { kind: "throttled" }, lost: true },
    });

    expect(world.simulator.counts()["iam:PutRolePolicy"]).toBe(1);
  });

  test("has an open result after a server error", async () => {
    world = await startAwsWorld(seed);
    fails("ServiceFailure", 500);

    await expect(apply(put)).rejects.toMatchObject({
      facts: { code: "ServiceFailure", disposition: { kind: "throttled" }, lost: true },
    });
    expect(world.simulator.counts()["iam:PutRolePolicy"]).toBe(1);
  });

  test("has no effect if it was throttled, and is not repeated by itself", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({ operation: "PutRolePolicy", kind: { kind: "throttle" } });

    await expect(apply(put)).rejects.toMatchObject({
      facts: { disposition: { kind: "throttled" }, lost: false },
    });
    expect(world.simulator.counts()["iam:PutRolePolicy"]).toBe(1);
  });

  test("over a quota is terminal and sent once", async () => {
    world = await startAwsWorld(seed);
    fails("LimitExceeded", 409);

    await expect(apply(put)).rejects.toMatchObject({
      facts: { code: "LimitExceeded", disposition: { kind: "terminal" } },
    });
    expect(world.simulator.counts()["iam:PutRolePolicy"]).toBe(1);
  });

  test("is lost if it is stopped after it was sent", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({ operation: "PutRolePolicy", kind: { kind: "hang" } });
    const stop = new AbortController();
    const applying = apply(put, {}, stop.signal);
    while (world.simulator.counts()["iam:PutRolePolicy"] === undefined)
      await new Promise((resolve) => setImmediate(resolve));

    stop.abort(new Error("stopping"));

    await expect(applying).rejects.toMatchObject({ facts: { code: "Aborted", lost: true } });
  });

  test("is not sent, also not after its session was made, if this process may soon not write any more", async () => {
    let left = 60_000;
    // Of other accounts, this process may write nothing.
    const writeLeftMs = (accountId: string): number => (accountId === ACCOUNT ? left : 0);
    world = await startAwsWorld(seed, { aws: { writeLeftMs } });
    await apply(put);
    left = 9_999;

    await expect(apply(put)).rejects.toMatchObject({ facts: { code: "Aborted", lost: true } });

    expect(world.simulator.counts()["iam:PutRolePolicy"]).toBe(1);
  });

  test("is checked again after it was signed: nothing is sent when the time ended meanwhile", async () => {
    let asked = 0;
    // Twice for the end of the session, then before and after the signing.
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => (++asked <= 3 ? 60_000 : 0) } });

    await expect(apply(put)).rejects.toMatchObject({ facts: { code: "Aborted", lost: true } });

    expect([asked, world.simulator.counts()["iam:PutRolePolicy"]]).toEqual([4, undefined]);
  });

  test("makes no call if it is stopped before", async () => {
    world = await startAwsWorld(seed);

    await expect(apply(put, {}, AbortSignal.abort(new Error("stopping")))).rejects.toThrow("stopping");

    expect(world.simulator.calls()).toEqual([]);
  });

  test("has no environment variables in its error", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({ operation: "UpdateFunctionConfiguration", kind: { kind: "truncate" } });
    const input = { FunctionName: "orders-api", Role: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/other` };

    const error = await apply(actionOf({ call: "lambda:UpdateFunctionConfiguration", input })).catch(
      (cause: unknown) => cause,
    );

    expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error) + String(error) + String((error as Error).cause)).not.toContain("hunter2");
  });
});

function fails(code: string, status: number): void {
  world.simulator.addFault({
    operation: "PutRolePolicy",
    kind: { kind: "error", code, message: "no", status },
  });
}
