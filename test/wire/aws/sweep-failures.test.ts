import { afterEach, describe, expect, test } from "@jest/globals";
import { DEFAULT_QUOTAS, liveFunction, liveRole } from "../../../src/model/live.ts";
import { addRole } from "../../../src/simulator/world.ts";
import { ACCOUNT, accountOf, must, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { ROLES, seedMany, seedOne, sweep } from "../../support/installation/sweep.ts";

let world: AwsWorld;
afterEach(() => world.stop());

describe("a sweep where something fails", () => {
  test.each(["GetAccountAuthorizationDetails", "ListRoles"])(
    "%s denied: the account is not read",
    async (operation) => {
      world = await startAwsWorld(seedOne);
      denies(operation);

      await expect(sweep(world)).rejects.toMatchObject({
        name: "AwsError",
        facts: {
          code: "AccessDenied",
          disposition: { kind: "circuit", scope: "account" },
          denial: { action: `iam:${operation}` },
        },
      });
      expect(world.aws.requestLimits.deniedCalls()).toMatchObject([{ accountId: ACCOUNT, scope: "account" }]);
    },
  );

  test("an answer that ends in the middle of a page gives no roles at all", async () => {
    world = await startAwsWorld(seedOne);
    world.simulator.addFault({ operation: "ListRoles", kind: { kind: "truncate" } });

    await expect(sweep(world)).rejects.toMatchObject({
      name: "AwsError",
      facts: { disposition: { kind: "throttled" } },
    });
  });

  test("short pages are followed to the end", async () => {
    world = await startAwsWorld(seedMany);
    world.simulator.addFault({
      operation: "GetAccountAuthorizationDetails",
      times: 2,
      kind: { kind: "short-page" },
    });

    const live = await sweep(world);

    expect([...live.roles.values()].every((role) => role.kind === "present")).toBe(true);
    expect(live.roles.size).toBe(ROLES + 3);
  });

  test("a resource policy that can't be read is unknown, not absent", async () => {
    world = await startAwsWorld(seedOne);
    world.simulator.addFault({
      operation: "GetPolicy",
      service: "lambda",
      kind: { kind: "error", code: "ServiceException", message: "oops", status: 500 },
    });

    const found = liveFunction(await sweep(world), REGION, "orders-api");

    expect(found.kind === "present" && found.value.policies.get("")).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining("lambda:GetPolicy function/orders-api: Service: oops"),
    });
  });

  test("a region whose listing fails is failed, its functions are unknown, and the rest is read", async () => {
    world = await startAwsWorld(seedOne);
    denies("ListFunctions");

    const live = await sweep(world);

    expect(live.regions.get(REGION)).toMatchObject({ kind: "failed" });
    expect(liveFunction(live, REGION, "orders-api")).toMatchObject({ kind: "unknown" });
    expect(liveRole(live, "orders-api").kind).toBe("present");
  });

  test("a disabled region is a state of that region", async () => {
    world = await startAwsWorld(seedOne);
    const off = must(["ap-east-1"][0]) as typeof REGION;

    const live = await sweep(world, { account: accountOf({ regions: [REGION, off] }) });

    expect(live.regions.get(off)).toMatchObject({ kind: "off" });
    expect(live.regions.get(REGION)).toMatchObject({ kind: "read", complete: true });
  });

  test("if quotas cannot be read, the defaults of AWS are used, and a warning is logged", async () => {
    world = await startAwsWorld(seedOne);
    denies("GetAccountSummary");

    const live = await sweep(world);

    expect(live).toMatchObject({ complete: true, quotas: DEFAULT_QUOTAS });
    expect(world.logged).toContain("quotas were not read, the defaults of AWS are used");
  });

  test("every attempt counts towards the rate limit, including retries of the SDK", async () => {
    let nowMs = Date.now();
    let sleptMs = 0;
    const sleep = (ms: number): Promise<void> => {
      nowMs += ms;
      sleptMs += ms;
      return Promise.resolve();
    };
    const budgets = {
      iamRead: 1,
      iamWrite: 1,
      lambda: 100,
      lambdaGetPolicy: 100,
      organizations: 1,
      tagging: 5,
      cloudformation: 1,
      ssm: 1,
      cloudtrail: 1,
      events: 1,
    };
    world = await startAwsWorld((state) => addRole(state, { accountId: ACCOUNT, name: "x" }), {
      aws: { budgets, clock: { nowMs: () => nowMs, sleep } },
    });
    world.simulator.addFault({
      operation: "ListRoles",
      times: 1,
      kind: { kind: "error", code: "ServiceFailure", message: "again", status: 500 },
    });

    await sweep(world, { functions: [] });

    const { "iam:ListRoles": listings } = world.reads();
    expect(listings).toBe(2);
    expect(sleptMs).toBe(3_000); // four attempts at one a second, the first immediately
  });

  test("throttling ends during the retries of the SDK", async () => {
    world = await startAwsWorld(seedOne);
    world.simulator.addFault({ operation: "ListRoles", times: 1, kind: { kind: "throttle" } });

    expect((await sweep(world)).complete).toBe(true);
  });

  test("a server that never answers times out", async () => {
    world = await startAwsWorld(seedOne, { aws: { fetchTimeoutMs: 150 } });
    world.simulator.addFault({ operation: "ListRoles", kind: { kind: "hang" } });

    await expect(sweep(world)).rejects.toMatchObject({
      facts: { disposition: { kind: "throttled" }, lost: false },
    });
  });

  test("a stop ends it immediately, with the reason of the stop", async () => {
    world = await startAwsWorld(seedOne);
    world.simulator.addFault({ operation: "ListRoles", kind: { kind: "hang" } });
    const stop = new AbortController();
    const sweeping = world.aws.live.sweep(
      { account: world.account, pass: "p1", functions: [], policies: [], everyVersion: false, roleNames: [] },
      stop.signal,
    );

    stop.abort(new Error("stopping"));

    await expect(sweeping).rejects.toThrow("stopping");
  });
});

function denies(operation: string): void {
  world.simulator.addFault({
    operation,
    kind: {
      kind: "error",
      code: operation === "ListFunctions" ? "AccessDeniedException" : "AccessDenied",
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/observer/gk-p1 is not authorized to perform: ${operation === "ListFunctions" ? "lambda" : "iam"}:${operation} on resource: * because no identity-based policy allows the action`,
      status: 403,
    },
  });
}
