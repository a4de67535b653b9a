import { afterEach, describe, expect, test } from "@jest/globals";
import type { ActuatorContext } from "../../../src/controller/ports/actuator.ts";
import type { Action } from "../../../src/model/action.ts";
import { livePolicy } from "../../../src/model/live.ts";
import { addFunction, addPolicy, addRole, type WorldState } from "../../../src/simulator/world.ts";
import { ACCOUNT, actionOf, allow, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

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

function apply(action: Action, change: Partial<ActuatorContext> = {}, signal: AbortSignal = never()) {
  const context = { account: world.account, pass: "p7", intent: 41, revisionId: null, ...change };
  return world.aws.actuator.apply(action, context, signal);
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

    const live = await world.aws.live.sweep(request, never());
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

describe("the session of a write", () => {
  const otherRole = put.target.replace("orders-api", "other");
  const policyOfSession = (): unknown =>
    world.simulator.calls().find(({ operation }) => operation === "AssumeRole")?.input["Policy"];

  test("is denied every other object, in IAM and in Lambda, and only that object is affected", async () => {
    world = await startAwsWorld(seed);

    const ours = { kind: "circuit", scope: "object" };
    await expect(apply({ ...put, target: otherRole })).rejects.toMatchObject({
      facts: { code: "AccessDenied", lost: false, disposition: ours, denial: { deniedBy: "session policy" } },
    });
    await expect(apply({ ...addPermission, target: otherRole })).rejects.toMatchObject({
      facts: { code: "AccessDenied", lost: false, disposition: ours },
    });
    expect(inline()).toEqual({});
    expect(world.aws.circuits().map(({ scope }) => scope)).toEqual(["object", "object"]);
    expect(world.aws.circuits().map(({ error }) => error.facts.denial?.fix)).toEqual([
      expect.stringMatching(/^this is an error of Grantkeeper/),
      expect.stringMatching(/^this is an error of Grantkeeper/),
    ]);
  });

  test("is kept for the writes of one object in a pass, and another object or pass gets its own", async () => {
    world = await startAwsWorld(seed);
    const opened = (): number => world.simulator.counts()["sts:AssumeRole"] ?? 0;

    await apply(put);
    await apply(put);
    expect(opened()).toBe(1);
    await apply(addPermission);
    await apply(put);
    expect(opened()).toBe(2);
    await apply(put, { pass: "p8" });
    expect(opened()).toBe(3);
  });

  test("of a function's new role can pass this role and use a key of that region, and nothing else", async () => {
    world = await startAwsWorld(seed);
    const input = { FunctionName: "orders-api", Role: put.target };

    await apply(actionOf({ call: "lambda:UpdateFunctionConfiguration", input }));

    const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders-api`;
    expect(JSON.parse(String(policyOfSession()))).toMatchObject({
      Statement: {
        Effect: "Allow",
        Action: ["iam:*", "kms:*", "lambda:*"],
        Resource: [
          `arn:aws:iam::${ACCOUNT}:role/*/orders-api`,
          `arn:aws:iam::${ACCOUNT}:role/orders-api`,
          `arn:aws:kms:${REGION}:*:key/*`,
          functionArn,
          `${functionArn}:*`,
        ],
      },
    });
  });

  test("that AWS rejects as too large stops the object alone, and the fix names transitive tags", async () => {
    world = await startAwsWorld(seed);
    const message = "Packed size of session tags consumes 112% of allotted space.";
    world.simulator.addFault({
      operation: "AssumeRole",
      kind: { kind: "error", code: "PackedPolicyTooLarge", status: 400, message },
      times: 1,
    });

    await expect(apply(put)).rejects.toMatchObject({
      facts: { code: "PackedPolicyTooLarge", disposition: { kind: "circuit", scope: "object" } },
    });
    await apply(addPermission);
    expect(inline()).toEqual({});
  });
});
