import { expect, test } from "@jest/globals";
import { ownDeclaredPolicies } from "../../../src/aws/own/declared.ts";
import { BASE_ACCOUNT, BASE_ROLE, seedAccounts, seedBase } from "../../../src/simulator/seed.ts";
import { emptyWorld } from "../../../src/simulator/world.ts";
import { desiredOf } from "../../../demo/manifests.ts";
import { PLATFORM_FILES } from "../../support/manifests.ts";

test.each([
  { organization: "o-a1b2c3d4e5", because: "the trust of the seeded roles requires it" },
  { organization: null, because: "no organization is required" },
])("the base role is in the organization $organization: $because", ({ organization }) => {
  const world = emptyWorld();
  seedBase(world, organization);
  const desired = desiredOf(PLATFORM_FILES, "test-1");
  seedAccounts(world, desired, ownDeclaredPolicies(desired, BASE_ROLE));

  expect(world.accounts[BASE_ACCOUNT]?.organizationId ?? null).toBe(organization);
  const trust = world.accounts["222222222222"]?.iam.roles["observer"]?.trust ?? "";
  expect(trust.includes("aws:PrincipalOrgID")).toBe(organization !== null);
  const base = world.accounts[BASE_ACCOUNT]?.iam.roles["grantkeeper-base"]?.inline["grantkeeper"];
  expect(JSON.parse(base ?? "")).toMatchObject({ Statement: ownDeclaredPolicies(desired, BASE_ROLE).base() });
});
