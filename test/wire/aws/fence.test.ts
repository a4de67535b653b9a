import { afterEach, describe, expect, test } from "@jest/globals";
import { WRITE_BUDGET_MS } from "../../../src/model/network/write-budget.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { addFunction, addRole, type WorldState } from "../../../src/simulator/world.ts";
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

const LEASE_MS = 30_000;
let world: AwsWorld;
afterEach(() => world.stop());

function seed(state: WorldState): void {
  addRole(state, { accountId: ACCOUNT, name: "orders-api", path: "/grantkeeper/" });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
  });
}

async function apply(action = put("s3:GetObject")) {
  const context = { account: world.account, pass: "p7", revision: REVISION, intent: 41, revisionId: null };
  return orThrow(await world.aws.actuator.apply(action, context, never()));
}

function put(permission: string) {
  return actionOf({
    call: "iam:PutRolePolicy",
    input: { RoleName: "orders-api", PolicyName: "grantkeeper", PolicyDocument: allow(permission) },
  });
}

const addPermission = actionOf({
  call: "lambda:AddPermission",
  input: {
    FunctionName: "orders-api",
    StatementId: "gk-1",
    Action: "lambda:InvokeFunction",
    Principal: "s3.amazonaws.com",
  },
});
const written = () => world.world.accounts[ACCOUNT]?.iam.roles["orders-api"]?.inline["grantkeeper"];
const count = (call: string) => world.simulator.counts()[call] ?? 0;

/** The ends of all sessions, by AWS's clock. */
function sessionEnds(): readonly number[] {
  return world.simulator
    .calls()
    .filter(({ operation }) => operation === "AssumeRole")
    .map(({ input }) =>
      Date.parse(/"aws:CurrentTime":"([^"]+)"/.exec(String(input["Policy"]))?.[1] ?? "none"),
    );
}

describe("a session of a process with a lease", () => {
  test("ends for writes 2 to 5 seconds before the lease, by AWS's clock, and a session without a lease never", async () => {
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => LEASE_MS } });
    world.simulator.setClock(60_000);
    const beforeMs = Date.now();

    await apply();

    const [endMs = NaN] = sessionEnds();
    const untilMs = endMs - 60_000 - LEASE_MS;
    expect(untilMs).toBeLessThanOrEqual(Date.now() - 2_000);
    expect(untilMs).toBeGreaterThan(beforeMs - 5_000);
  });

  test("asks for AWS's clock once, and is used again while AWS accepts its writes for long enough", async () => {
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => LEASE_MS } });

    await apply();
    await apply();
    expect([count("sts:GetCallerIdentity"), count("sts:AssumeRole")]).toEqual([1, 1]);

    // As after 20 s: the next answer shows it.
    world.simulator.setClock(20_000);
    await apply(addPermission);
    await apply();

    const ends = sessionEnds();
    expect((ends.at(-1) ?? NaN) - (ends[0] ?? NaN)).toBeGreaterThan(20_000 - WRITE_BUDGET_MS);
    // The first session of the function was opened by the earlier time, and its answer showed the new one.
    expect([count("sts:GetCallerIdentity"), count("sts:AssumeRole")]).toEqual([1, 4]);
    expect(count("iam:PutRolePolicy")).toBe(3);
  });

  test("is opened again if it became too short while the write waited for its turn", async () => {
    let wait = async (): Promise<void> => undefined;
    const eventLoop = { turn: () => wait() };
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => LEASE_MS, eventLoop } });
    await apply();
    wait = async () => {
      wait = async () => undefined;
      world.simulator.setClock(20_000);
      await apply(addPermission);
    };

    await apply(put("s3:PutObject"));

    // Two each: the sessions of the function were opened by the earlier and the new time.
    expect([count("sts:AssumeRole"), count("iam:PutRolePolicy")]).toEqual([4, 2]);
    expect(written()).toContain("s3:PutObject");
  });

  test("has its late write denied by AWS, although the process had found it in time; no permission is missing", async () => {
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => LEASE_MS } });
    await apply();
    // The process is stopped after its last check, and the request leaves it when the lease has ended.
    world.simulator.setClock(LEASE_MS);

    await expect(apply(put("s3:PutObject"))).rejects.toMatchObject({
      facts: {
        code: "AccessDenied",
        lost: false,
        disposition: { kind: "throttled" },
        fix: expect.stringMatching(/^no permission is missing/),
      },
    });

    expect([written(), count("iam:PutRolePolicy")]).toEqual([allow("s3:GetObject"), 2]);
    expect([world.aws.requestLimits.deniedCalls(), world.logged]).toEqual([[], []]);

    // Its lease goes on: AWS's answer has shown the time, and the next write has a session of its own.
    await apply(put("s3:PutObject"));
    expect(written()).toContain("s3:PutObject");
  });

  test("is denied a late call of Lambda in the same way", async () => {
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => LEASE_MS } });
    await apply(addPermission);
    world.simulator.setClock(LEASE_MS);

    await expect(apply({ ...addPermission })).rejects.toMatchObject({
      facts: { code: "AccessDenied", disposition: { kind: "throttled" }, lost: false },
    });
  });

  test("is not opened if the lease ends too soon: nothing is sent", async () => {
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => WRITE_BUDGET_MS } });

    await expect(apply()).rejects.toMatchObject({ facts: { code: "LeaseEnds", lost: false } });

    expect([count("sts:AssumeRole"), count("iam:PutRolePolicy")]).toEqual([0, 0]);
  });

  test("is still denied what it may not write, as a missing permission", async () => {
    world = await startAwsWorld(seed, { aws: { writeLeftMs: () => LEASE_MS } });

    await expect(apply({ ...put("s3:GetObject"), target: addPermission.target })).rejects.toMatchObject({
      facts: { code: "AccessDenied", disposition: { kind: "circuit" }, denial: { how: "implicit" } },
    });
  });
});
