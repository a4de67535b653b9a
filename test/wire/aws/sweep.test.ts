import { afterEach, describe, expect, test } from "@jest/globals";
import { DEFAULT_QUOTAS, liveFunction, livePolicy, liveRole } from "../../../src/model/live.ts";
import { publishAwsManagedVersion } from "../../../src/simulator/iam/aws-managed.ts";
import { addFunction } from "../../../src/simulator/world.ts";
import { ACCOUNT, allow, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import {
  BASIC,
  ROLES,
  FUNCTIONS,
  seedMany,
  seedOne,
  functionRequest,
  sweep,
} from "../../support/installation/sweep.ts";

let world: AwsWorld;
afterEach(() => world.stop());

function totalOf(reads: Readonly<Record<string, number>>): number {
  return Object.values(reads).reduce((sum, count) => sum + count, 0);
}

/** Everything in a value, including maps, as text. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each instanceof Map || each instanceof Set ? [...each] : each,
  );
}

describe("the turns of the event loop", () => {
  test("each request waits for its turn before it is sent", async () => {
    let turns = 0;
    const sent: number[] = [];
    const turn = async (): Promise<void> => {
      sent.push(totalOf(world.reads()));
      turns += 1;
    };
    world = await startAwsWorld(seedOne, { aws: { eventLoop: { turn } } });

    await sweep(world);

    expect(sent[0]).toBe(0);
    expect(turns).toBe(totalOf(world.reads()));
  });

  test("a request is not sent if its sweep was abandoned while it waited", async () => {
    const abandoned = new AbortController();
    const reason = new Error("stopping");
    const turn = async (): Promise<void> => abandoned.abort(reason);
    world = await startAwsWorld(seedOne, { aws: { eventLoop: { turn } } });
    const nothing = { functions: [], policies: [], everyVersion: false, roleNames: [] };

    const swept = world.aws.live.sweep({ account: world.account, pass: "p1", ...nothing }, abandoned.signal);

    await expect(swept).rejects.toBe(reason);
    expect(world.reads()).toEqual({});
  });
});

describe("a sweep of 2,500 roles and 120 functions", () => {
  test("makes only calls for its pages and one GetPolicy per function the second time", async () => {
    world = await startAwsWorld(seedMany);
    const functions = Array.from({ length: FUNCTIONS }, (_, index) => functionRequest(`fn-${index}`));
    await sweep(world, { functions });
    const before = world.reads();

    const live = await sweep(world, { functions });

    const after = world.reads();
    const calls = Object.fromEntries(
      Object.entries(after)
        .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
    expect(calls).toEqual({
      "iam:GetAccountAuthorizationDetails": 3,
      "iam:ListRoles": 3,
      "lambda:GetPolicy": FUNCTIONS,
      "lambda:ListFunctions": 3,
    });
    expect([...live.roles.values()].filter((role) => role.kind === "present")).toHaveLength(ROLES + 3);
    expect(liveFunction(live, REGION, "fn-119").kind).toBe("present");
  });

  test("keeps no environment variable", async () => {
    world = await startAwsWorld(seedMany);

    const live = await sweep(world, { functions: [{ ...functionRequest("fn-0"), versions: true }] });

    expect(textOf(live)).toContain("fn-119");
    expect(textOf(live)).not.toMatch(/hunter2|PASSWORD|Environment/);
  });
});

describe("a sweep reads", () => {
  test("a complete role: both listings joined, documents decoded, everything sorted", async () => {
    world = await startAwsWorld(seedOne);

    const live = await sweep(world);

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

    const live = await sweep(world, { functions: [functionRequest("orders-api"), functionRequest("gone")] });

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

    const live = await sweep(world, { functions: [], everyVersion: true });

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

    const first = await sweep(world, { policies: [arn] });
    const second = await sweep(world, { policies: [arn] });

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
    await sweep(world);
    await sweep(world);
    const fetchedTwice = world.reads()["iam:GetPolicyVersion"];
    publishAwsManagedVersion(world.world, "AWSLambdaBasicExecutionRole", allow("logs:*"));
    nowMs += 3_600_000;

    const live = await sweep(world);

    expect(fetchedTwice).toBe(1);
    expect(live.awsManaged.get(BASIC)).toMatchObject({ kind: "present", value: { text: allow("logs:*") } });
    expect(world.reads()["iam:GetPolicyVersion"]).toBe(2);
  });

  test("the account's own quotas", async () => {
    world = await startAwsWorld(seedOne);

    expect((await sweep(world)).quotas).toEqual(DEFAULT_QUOTAS);
  });

  test("the quotas of the account are read once an hour, and by each sweep that asks for fresh ones", async () => {
    let nowMs = Date.now();
    const clock = { nowMs: () => nowMs, sleep: async () => undefined };
    world = await startAwsWorld(seedOne, { aws: { clock } });
    const counts: (number | undefined)[] = [];
    const count = async (change: Parameters<typeof sweep>[1] = {}): Promise<void> => {
      await sweep(world, change);
      counts.push(world.reads()["iam:GetAccountSummary"]);
    };

    await count();
    nowMs += 3_599_000;
    await count();
    await count({ freshQuotas: true });
    nowMs += 3_599_000;
    await count();
    nowMs += 1_000;
    await count();

    expect(counts).toEqual([1, 1, 2, 2, 3]);
  });
});
