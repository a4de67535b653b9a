import { afterEach, describe, expect, test } from "@jest/globals";
import type { StackResource } from "../../../src/simulator/cloudformation/state.ts";
import { liveRoleStack } from "../../../src/model/live.ts";
import { accountOf as stateOf } from "../../../src/simulator/world.ts";
import { seedOne, sweep } from "../../support/installation/sweep.ts";
import { ACCOUNT, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";

const OTHER_REGION = "us-east-1";

let world: AwsWorld;
afterEach(() => world.stop());

const role = (physicalId: string, change: Partial<StackResource> = {}): StackResource => ({
  logicalId: "Role",
  physicalId,
  type: "AWS::IAM::Role",
  ...change,
});

/** An account with one stack, `shop`, in one of its two regions. */
async function started(region: string, resources: readonly StackResource[]): Promise<AwsWorld["account"]> {
  world = await startAwsWorld((state) => {
    seedOne(state);
    const id = `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/shop/0a1b2c3d-0000-4000-8000-000000000000`;
    stateOf(state, ACCOUNT).stacks = { [region]: { shop: { name: "shop", id, resources } } };
  });
  return { ...world.account, regions: [REGION, OTHER_REGION] as never };
}

describe("the stack of a role that is to be taken over", () => {
  const queues = Array.from({ length: 120 }, (_, at) => ({
    logicalId: `Queue${at}`,
    physicalId: `shop-${at}`,
    type: "AWS::SQS::Queue",
  }));

  test.each([
    {
      because: "a stack of the first region owns it",
      region: REGION,
      resources: [role("legacy")],
      found: { kind: "present", value: "shop" },
    },
    {
      because: "a stack of the other region owns it",
      region: OTHER_REGION,
      resources: [role("legacy")],
      found: { kind: "present", value: "shop" },
    },
    {
      because: "its stack retained it and does not own it any more",
      region: REGION,
      resources: [role("legacy", { status: "DELETE_SKIPPED" })],
      found: {
        kind: "unknown",
        reason:
          "stack shop gave up role legacy, and CloudFormation does not show whether another stack owns it",
      },
    },
    {
      because: "its stack retained it and imported it again",
      region: REGION,
      resources: [role("legacy", { status: "DELETE_SKIPPED" }), role("legacy", { logicalId: "Again" })],
      found: { kind: "present", value: "shop" },
    },
    { because: "no stack names it", region: REGION, resources: [role("other")], found: { kind: "absent" } },
    {
      because: "another resource of a stack has its name",
      region: REGION,
      resources: [{ logicalId: "Queue", physicalId: "legacy", type: "AWS::SQS::Queue" }],
      found: { kind: "unknown", reason: "shop has a resource with the name legacy, which may be the role" },
    },
    {
      because: "it is not among the hundred resources that AWS returns",
      region: REGION,
      resources: [...queues, role("legacy")],
      found: { kind: "unknown", reason: "shop has a resource with the name legacy, which may be the role" },
    },
  ])("is $found.kind: $because", async ({ region, resources, found }) => {
    const account = await started(region, resources);

    const live = await sweep(world, { account, stackRoles: ["legacy"] });

    expect(liveRoleStack(live, "Legacy")).toEqual(found);
  });

  test("is unknown if one region was not read and no other one has it", async () => {
    const account = await started(REGION, []);
    const code = "AccessDenied";
    const kind = { kind: "error", code, message: "no", status: 403 } as const;
    world.simulator.addFault({ operation: "DescribeStackResources", times: 1, kind });

    const live = await sweep(world, { account, stackRoles: ["legacy"] });

    expect(liveRoleStack(live, "legacy")).toMatchObject({ kind: "unknown" });
    expect(live.regions.get(REGION)).toMatchObject({ kind: "read" });
  });

  test("is not asked for any other role", async () => {
    const account = await started(REGION, []);

    const live = await sweep(world, { account });

    expect(liveRoleStack(live, "legacy")).toEqual({ kind: "not-requested" });
    expect(world.reads()["cloudformation:DescribeStackResources"]).toBeUndefined();
  });
});
