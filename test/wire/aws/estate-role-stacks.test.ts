import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Estate } from "../../../src/adopt/estate/estate.ts";
import type { StacksByName } from "../../../src/simulator/cloudformation/state.ts";
import { accountOf as stateOf, addFunction, addRole } from "../../../src/simulator/world.ts";
import { orThrow } from "../../../src/model/values/result.ts";
import { ACCOUNT, never, REGION, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { readEstate } from "./imported-estate.ts";

const OTHER_REGION = "us-east-1";
const CALL = "cloudformation:DescribeStackResources";

let world: AwsWorld;
beforeEach(async () => {
  world = await startAwsWorld((state) => {
    const account = stateOf(state, ACCOUNT);
    account.stacks = {
      [REGION]: stack(REGION, "shop", "Orders"),
      [OTHER_REGION]: stack(OTHER_REGION, "edge", "pages"),
    };
    account.iam.quotas.AttachedPoliciesPerRoleQuota = 20;
    for (const name of ["Orders", "free", "pages", "shared", "tagged"])
      addRole(state, {
        accountId: ACCOUNT,
        name,
        ...(name === "tagged" && { tags: { "aws:cloudformation:stack-name": "shop" } }),
      });
    for (const [name, role] of Object.entries({
      a: "Orders",
      b: "free",
      c: "pages",
      d: "shared",
      e: "shared",
      f: "tagged",
    }))
      addFunction(state, {
        accountId: ACCOUNT,
        region: REGION,
        name,
        roleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
        ...(name === "c" && { tags: { "aws:cloudformation:stack-id": stackId(OTHER_REGION, "edge") } }),
      });
  });
});
afterEach(() => world.stop());

function stack(region: string, name: string, role: string): StacksByName {
  const id = stackId(region, name);
  return {
    [name]: { name, id, resources: [{ logicalId: "Role", physicalId: role, type: "AWS::IAM::Role" }] },
  };
}

function stackId(region: string, name: string): string {
  return `arn:aws:cloudformation:${region}:${ACCOUNT}:stack/${name}/0a1b2c3d-0000-4000-8000-000000000000`;
}

test("CloudFormation is asked for each role of one function, also in the region of the function's stack, and not for roles that are shared or have the tag of a stack", async () => {
  const { roleStacks, roleQuota } = await readEstate(world);

  expect(roleStacks).toEqual({
    kind: "known",
    value: new Map<string, unknown>([
      ["orders", { regions: [REGION], stack: { kind: "present", value: "shop" } }],
      ["free", { regions: [REGION], stack: { kind: "absent" } }],
      ["pages", { regions: [REGION, OTHER_REGION], stack: { kind: "present", value: "edge" } }],
    ]),
  });
  // The first call tries the permission, and its answer counts.
  expect(world.reads()[CALL]).toBe(4);
  expect(roleQuota).toMatchObject({
    value: { ofRole: { attachedPoliciesPerRole: 20, rolePolicySize: 10_240 } },
  });
});

test("of the functions of one stack, CloudFormation is asked once, also in parallel, and each step is reported", async () => {
  const state = stateOf(world.world, ACCOUNT);
  const id = stackId(REGION, "many");
  const names = Array.from({ length: 12 }, (_, at) => `many-${at}`);
  const resources = names.map((name) => ({ logicalId: name, physicalId: name, type: "AWS::IAM::Role" }));
  state.stacks = { [REGION]: { many: { name: "many", id, resources } } };
  for (const name of names) {
    addRole(world.world, { accountId: ACCOUNT, name });
    addFunction(world.world, {
      accountId: ACCOUNT,
      region: REGION,
      name,
      roleArn: `arn:aws:iam::${ACCOUNT}:role/${name}`,
      tags: { "aws:cloudformation:stack-id": id },
    });
  }
  const steps: string[] = [];
  const at = { account: world.account, region: REGION, pass: "import", ofAccount: null };
  const read = orThrow(
    await world.aws.estates.read(
      { ...at, progress: ({ roles: { done, total } }) => void steps.push(`${done}/${total}`) },
      never(),
    ),
  );

  const stacks =
    read.kind === "known" && read.value.roleStacks.kind === "known" && read.value.roleStacks.value;
  const found = stacks === false ? [] : names.map((name) => stacks.get(name)?.stack);
  expect(found).toEqual(names.map(() => ({ kind: "present", value: "many" })));
  // One for the stack, and for the other three roles in the four regions that are asked; the first call tries the permission.
  expect(world.reads()[CALL]).toBe(1 + 1 + 4);
  expect(steps).toContain("15/15");
});

test("an identity without the permission makes one call, and nothing else of the estate is missing", async () => {
  const kind = { kind: "error", code: "AccessDenied", message: "no", status: 403 } as const;
  world.simulator.addFault({ operation: "DescribeStackResources", times: 10, kind });

  const estate = await readEstate(world);

  expect(estate.roleStacks).toMatchObject({ kind: "unknown", call: CALL, why: "denied" });
  expect(world.reads()[CALL]).toBe(1);
  expect(unknownParts(estate)).toEqual(["roleStacks"]);
});

function unknownParts({ iam, roleQuota, roleStacks }: Estate): readonly string[] {
  return Object.entries({ iam, roleQuota, roleStacks }).flatMap(([name, { kind }]) =>
    kind === "unknown" ? [name] : [],
  );
}
