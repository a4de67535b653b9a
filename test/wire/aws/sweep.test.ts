import { afterEach, describe, expect, test } from "@jest/globals";
import {
  DEFAULT_QUOTAS,
  liveFunction,
  livePolicy,
  liveRole,
  type LiveAccount,
} from "../../../src/model/live.ts";
import {
  addFunction,
  addPolicy,
  addRole,
  publishAwsManagedVersion,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { ACCOUNT, accountOf, allow, must, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import type { FunctionRequest, SweepRequest } from "../../../src/model/read-requests.ts";

const BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const ROLES = 2_500;
const FUNCTIONS = 120;

let world: AwsWorld;
afterEach(() => world.stop());

function seedMany(state: WorldState): void {
  for (let index = 0; index < ROLES; index += 1)
    addRole(state, {
      accountId: ACCOUNT,
      name: `role-${index}`,
      inline: { main: allow("s3:Get*") },
      attached: [BASIC],
    });
  for (let index = 0; index < FUNCTIONS; index += 1)
    addFunction(state, {
      accountId: ACCOUNT,
      region: REGION,
      name: `fn-${index}`,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/role-${index}`,
      configuration: { Environment: { Variables: { PASSWORD: "hunter2-very-secret" } } },
    });
}

function seedOne(state: WorldState): void {
  addPolicy(state, {
    accountId: ACCOUNT,
    name: "shared",
    path: "/grantkeeper/",
    document: allow("s3:Put*"),
    tags: { team: "orders" },
  });
  addRole(state, {
    accountId: ACCOUNT,
    name: "orders-api",
    path: "/grantkeeper/",
    description: "for orders",
    maxSessionSeconds: 7_200,
    boundaryArn: `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/shared`,
    tags: { b: "2", a: "1" },
    inline: { z: allow("s3:Get*"), a: allow("sqs:SendMessage") },
    attached: [BASIC],
  });
  addFunction(state, {
    accountId: ACCOUNT,
    region: REGION,
    name: "orders-api",
    roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
    configuration: { Environment: { Variables: { PASSWORD: "hunter2-very-secret" } } },
  });
}

const functionRequest = (functionName: string): FunctionRequest => ({
  region: REGION,
  functionName,
  qualifiers: [null],
  versions: false,
  switchTo: null,
});

function sweep(change: Partial<SweepRequest> = {}): Promise<LiveAccount> {
  return world.aws.live.sweep(
    {
      account: world.account,
      pass: "p1",
      functions: [functionRequest("orders-api")],
      policies: [],
      everyVersion: false,
      roleNames: [],
      ...change,
    },
    never(),
  );
}

/** Everything in a value, including maps, as text. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each instanceof Map || each instanceof Set ? [...each] : each,
  );
}

describe("a sweep of 2,500 roles and 120 functions", () => {
  test("makes only calls for its pages and one GetPolicy per function the second time", async () => {
    world = await startAwsWorld(seedMany);
    const functions = Array.from({ length: FUNCTIONS }, (_, index) => functionRequest(`fn-${index}`));
    await sweep({ functions });
    const before = world.reads();

    const live = await sweep({ functions });

    const after = world.reads();
    const calls = Object.fromEntries(
      Object.entries(after)
        .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
    expect(calls).toEqual({
      "iam:GetAccountAuthorizationDetails": 3,
      "iam:GetAccountSummary": 1,
      "iam:ListRoles": 3,
      "lambda:GetPolicy": FUNCTIONS,
      "lambda:ListFunctions": 3,
    });
    expect([...live.roles.values()].filter((role) => role.kind === "present")).toHaveLength(ROLES + 3);
    expect(liveFunction(live, REGION, "fn-119").kind).toBe("present");
  });

  test("keeps no environment variable", async () => {
    world = await startAwsWorld(seedMany);

    const live = await sweep({ functions: [{ ...functionRequest("fn-0"), versions: true }] });

    expect(textOf(live)).toContain("fn-119");
    expect(textOf(live)).not.toMatch(/hunter2|PASSWORD|Environment/);
  });
});

describe("a sweep reads", () => {
  test("a complete role: both listings joined, documents decoded, everything sorted", async () => {
    world = await startAwsWorld(seedOne);

    const live = await sweep();

    expect(liveRole(live, "ORDERS-api")).toMatchObject({
      kind: "present",
      value: {
        name: "orders-api",
        path: "/grantkeeper/",
        description: "for orders",
        maxSessionSeconds: 7_200,
        boundary: `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/shared`,
        inline: [
          { name: "a", text: allow("sqs:SendMessage") },
          { name: "z", text: allow("s3:Get*") },
        ],
        attachments: [BASIC],
        tags: [
          { key: "a", value: "1" },
          { key: "b", value: "2" },
        ],
      },
    });
    expect(liveRole(live, "unknown")).toEqual({ kind: "absent" });
  });

  test("a function without a policy, and one that does not exist", async () => {
    world = await startAwsWorld(seedOne);

    const live = await sweep({ functions: [functionRequest("orders-api"), functionRequest("gone")] });

    const found = liveFunction(live, REGION, "orders-api");
    expect(found.kind === "present" && [...found.value.policies]).toEqual([["", { kind: "absent" }]]);
    expect(liveFunction(live, REGION, "gone")).toEqual({ kind: "absent" });
    expect(world.reads()["lambda:GetPolicy"]).toBe(1);
  });

  test("the published versions of every function if a role may be deleted", async () => {
    world = await startAwsWorld((state) => {
      seedOne(state);
      const shared = `arn:aws:iam::${ACCOUNT}:role/shared`;
      const old = addFunction(state, {
        accountId: ACCOUNT,
        region: REGION,
        name: "not-requested",
        roleArn: shared,
      });
      const latest = old.versions["$LATEST"];
      if (latest === undefined) throw new Error("a function has $LATEST");
      old.versions["1"] = {
        ...latest,
        Version: "1",
        Role: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api`,
      };
    });

    const live = await sweep({ functions: [], everyVersion: true });

    const found = liveFunction(live, REGION, "not-requested");
    expect(found).toMatchObject({
      kind: "present",
      value: {
        roleArn: `arn:aws:iam::${ACCOUNT}:role/shared`,
        versions: {
          kind: "present",
          value: [{ version: "1", roleArn: `arn:aws:iam::${ACCOUNT}:role/grantkeeper/orders-api` }],
        },
      },
    });
    expect(world.reads()["lambda:ListVersionsByFunction"]).toBeUndefined();
  });

  test("tags of the requested policies, once", async () => {
    world = await startAwsWorld(seedOne);
    const arn = `arn:aws:iam::${ACCOUNT}:policy/grantkeeper/shared`;

    const first = await sweep({ policies: [arn] });
    const second = await sweep({ policies: [arn] });

    for (const live of [first, second])
      expect(livePolicy(live, arn)).toMatchObject({
        value: { tags: { kind: "present", value: [{ key: "team", value: "orders" }] } },
      });
    expect(world.reads()["iam:GetPolicy"]).toBe(2); // this policy's tags and the AWS-managed one's version
  });

  test("an AWS-managed document once per version, and again when AWS publishes another", async () => {
    let nowMs = Date.now();
    const clock = { nowMs: () => nowMs, sleep: () => Promise.resolve() };
    world = await startAwsWorld(seedOne, { aws: { clock } });
    await sweep();
    await sweep();
    const fetchedTwice = world.reads()["iam:GetPolicyVersion"];
    publishAwsManagedVersion(world.world, "AWSLambdaBasicExecutionRole", allow("logs:*"));
    nowMs += 3_600_000;

    const live = await sweep();

    expect(fetchedTwice).toBe(1);
    expect(live.awsManaged.get(BASIC)).toMatchObject({ kind: "present", value: { text: allow("logs:*") } });
    expect(world.reads()["iam:GetPolicyVersion"]).toBe(2);
  });

  test("the account's own quotas", async () => {
    world = await startAwsWorld(seedOne);

    expect((await sweep()).quotas).toEqual(DEFAULT_QUOTAS);
  });
});

describe("a sweep where something fails", () => {
  test.each(["GetAccountAuthorizationDetails", "ListRoles"])(
    "%s denied: the account is not read",
    async (operation) => {
      world = await startAwsWorld(seedOne);
      denies(operation);

      await expect(sweep()).rejects.toMatchObject({
        name: "AwsError",
        facts: {
          code: "AccessDenied",
          disposition: { kind: "circuit", scope: "account" },
          denial: { action: `iam:${operation}` },
        },
      });
      expect(world.aws.circuits()).toMatchObject([{ accountId: ACCOUNT, scope: "account" }]);
    },
  );

  test("an answer that ends in the middle of a page gives no roles at all", async () => {
    world = await startAwsWorld(seedOne);
    world.simulator.addFault({ operation: "ListRoles", kind: { kind: "truncate" } });

    await expect(sweep()).rejects.toMatchObject({
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

    const live = await sweep();

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

    const found = liveFunction(await sweep(), REGION, "orders-api");

    expect(found.kind === "present" && found.value.policies.get("")).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining("lambda:GetPolicy function/orders-api: Service: oops"),
    });
  });

  test("a region whose listing fails is failed, its functions are unknown, and the rest is read", async () => {
    world = await startAwsWorld(seedOne);
    denies("ListFunctions");

    const live = await sweep();

    expect(live.regions.get(REGION)).toMatchObject({ kind: "failed" });
    expect(liveFunction(live, REGION, "orders-api")).toMatchObject({ kind: "unknown" });
    expect(liveRole(live, "orders-api").kind).toBe("present");
  });

  test("a disabled region is a state of that region", async () => {
    world = await startAwsWorld(seedOne);
    const off = must(["ap-east-1"][0]) as typeof REGION;

    const live = await sweep({ account: accountOf({ regions: [REGION, off] }) });

    expect(live.regions.get(off)).toMatchObject({ kind: "off" });
    expect(live.regions.get(REGION)).toMatchObject({ kind: "read", complete: true });
  });

  test("if quotas cannot be read, the defaults of AWS are used, and a warning is logged", async () => {
    world = await startAwsWorld(seedOne);
    denies("GetAccountSummary");

    const live = await sweep();

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
    const budgets = { iamRead: 1, iamWrite: 1, lambda: 100, lambdaGetPolicy: 100 };
    world = await startAwsWorld((state) => addRole(state, { accountId: ACCOUNT, name: "x" }), {
      aws: { budgets, clock: { nowMs: () => nowMs, sleep } },
    });
    world.simulator.addFault({
      operation: "ListRoles",
      times: 1,
      kind: { kind: "error", code: "ServiceFailure", message: "again", status: 500 },
    });

    await sweep({ functions: [] });

    const { "iam:ListRoles": listings } = world.reads();
    expect(listings).toBe(2);
    expect(sleptMs).toBe(3_000); // four attempts at one a second, the first immediately
  });

  test("throttling ends during the retries of the SDK", async () => {
    world = await startAwsWorld(seedOne);
    world.simulator.addFault({ operation: "ListRoles", times: 1, kind: { kind: "throttle" } });

    expect((await sweep()).complete).toBe(true);
  });

  test("a server that never answers times out", async () => {
    world = await startAwsWorld(seedOne, { aws: { fetchTimeoutMs: 150 } });
    world.simulator.addFault({ operation: "ListRoles", kind: { kind: "hang" } });

    await expect(sweep()).rejects.toMatchObject({
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
