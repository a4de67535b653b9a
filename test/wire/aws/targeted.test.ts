import { afterEach, describe, expect, test } from "@jest/globals";
import { liveFunction, livePolicy, liveRole, type LiveAccount } from "../../../src/model/live.ts";
import { ACCOUNT, allow, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import type { TargetedRequest } from "../../../src/model/read-requests.ts";
import { sweep } from "../../support/installation/sweep.ts";
import { BASIC, SHARED, seed, publishWithAlias } from "./targeted-world.ts";
import { orThrow } from "../../../src/model/values/result.ts";

let world: AwsWorld;
afterEach(() => world.stop());

async function read(change: Partial<TargetedRequest>, signal: AbortSignal = never()): Promise<LiveAccount> {
  const nothing = { roleNames: [], policyArns: [], functions: [] };
  return orThrow(
    await world.aws.live.read({ account: world.account, pass: "p2", ...nothing, ...change }, signal),
  );
}

describe("a targeted read", () => {
  test("gives the same role as the sweep", async () => {
    world = await startAwsWorld(seed);
    const swept = await sweep(world, { functions: [] });

    const live = await read({ roleNames: ["orders-api", "unknown"] });

    expect(liveRole(live, "orders-api")).toEqual(liveRole(swept, "orders-api"));
    expect(liveRole(live, "unknown")).toEqual({ kind: "absent" });
    expect(liveRole(live, "observer")).toMatchObject({ kind: "unknown" });
  });

  test("gives policies with every version and fresh tags, and AWS-managed documents", async () => {
    world = await startAwsWorld(seed);

    const live = await read({ policyArns: [SHARED, BASIC, `${SHARED}-gone`] });

    expect(livePolicy(live, SHARED)).toMatchObject({
      kind: "present",
      value: {
        defaultVersionId: "v1",
        versions: [{ id: "v1", text: allow("s3:Put*") }],
        attachmentCount: 1,
        tags: { kind: "present", value: [{ key: "team", value: "orders" }] },
      },
    });
    expect(livePolicy(live, `${SHARED}-gone`)).toEqual({ kind: "absent" });
    expect(live.awsManaged.get(BASIC)).toMatchObject({ kind: "present", value: { arn: BASIC } });
  });

  test("gives a function with versions, aliases and the policy of each qualifier, without its environment", async () => {
    world = await startAwsWorld(seed);
    await publishWithAlias(world);
    const wish = {
      region: REGION,
      functionName: "orders-api",
      versions: true,
      aliases: false,
      switchTo: null,
    };

    const live = await read({
      functions: [
        { ...wish, qualifiers: [null, "live"] },
        { ...wish, functionName: "gone", qualifiers: [] },
      ],
    });

    const found = liveFunction(live, REGION, "orders-api");
    expect(found).toMatchObject({
      kind: "present",
      value: {
        arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders-api`,
        needs: { vpc: true, tracing: true, logGroup: "/aws/lambda/orders-api" },
        versions: { kind: "present", value: [{ version: "1" }] },
        aliases: { kind: "present", value: [{ name: "live", versions: ["1"] }] },
        edge: false,
      },
    });
    expect(found.kind === "present" && [...found.value.policies]).toEqual([
      ["", { kind: "absent" }],
      ["live", { kind: "absent" }],
    ]);
    expect(liveFunction(live, REGION, "gone")).toEqual({ kind: "absent" });
    expect(JSON.stringify(found)).not.toContain("hunter2");
  });

  test.each([
    { operation: "GetRole", because: "the role itself" },
    { operation: "GetRolePolicy", because: "one of its documents" },
    { operation: "ListAttachedRolePolicies", because: "its attachments" },
  ])("a failed read of $because leaves the role unknown", async ({ operation }) => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation,
      kind: { kind: "error", code: "AccessDenied", message: "denied", status: 403 },
    });

    const live = await read({ roleNames: ["orders-api"] });

    expect(liveRole(live, "orders-api")).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining(`iam:${operation} role/orders-api: AccessDenied`),
    });
  });

  test("a call over a quota is made once: a retry would not help", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "GetRole",
      kind: { kind: "error", code: "LimitExceeded", message: "quota", status: 409 },
    });

    await read({ roleNames: ["orders-api"] });

    expect(world.reads()["iam:GetRole"]).toBe(1);
  });

  test("a role that vanishes while it is read is unknown, not absent", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "ListRolePolicies",
      kind: { kind: "error", code: "NoSuchEntity", message: "gone", status: 404 },
    });

    expect(liveRole(await read({ roleNames: ["orders-api"] }), "orders-api")).toEqual({
      kind: "unknown",
      reason: "role orders-api changed during the read",
    });
  });

  test("a function that could not be read has the reason", async () => {
    world = await startAwsWorld(seed);
    world.simulator.addFault({
      operation: "GetFunctionConfiguration",
      kind: { kind: "error", code: "AccessDeniedException", message: "denied", status: 403 },
    });
    const functions = [
      {
        region: REGION,
        functionName: "orders-api",
        qualifiers: [],
        versions: false,
        aliases: false,
        switchTo: null,
      },
    ];

    expect(liveFunction(await read({ functions }), REGION, "orders-api")).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining("AccessDenied"),
    });
  });
});
