import { afterEach, describe, expect, test } from "@jest/globals";
import type { DesiredAccountSet } from "../../../src/model/desired.ts";
import type { OrganizationState } from "../../../src/simulator/organizations/state.ts";
import {
  addAccount,
  addMember,
  addOrganization,
  addRole,
  type WorldState,
} from "../../../src/simulator/world.ts";
import { trustOf } from "../../support/installation/simulated.ts";
import { accountOf, arn, must, never, startAwsWorld, type AwsWorld } from "./aws-world.ts";
import { orThrow } from "../../../src/model/values/result.ts";

const MANAGEMENT = "100000000001";
const OUTSIDER = "100000000002";
const PROD = "ou-1234-prod0000";
const PAYMENTS = "ou-1234-payments";
const DEV = "ou-1234-dev00000";

let aws: AwsWorld;
afterEach(() => aws.stop());

function account(at: number): string {
  return String(200_000_000_000 + at);
}

function addReader(world: WorldState, accountId: string): void {
  const base = { AWS: "arn:aws:iam::999900001111:role/grantkeeper-base" };
  const trust = trustOf(base, { StringEquals: { "sts:ExternalId": "gk-reader" } });
  addAccount(world, { id: accountId });
  addRole(world, { accountId, name: "reader", path: "/gk/", trust });
}

/** Thirty active accounts in dev, two in prod, one of payments below prod, and one that is closed. */
function seed(world: WorldState): void {
  addReader(world, MANAGEMENT);
  addReader(world, OUTSIDER);
  const organization = addOrganization(world, "o-a1b2c3d4e5", MANAGEMENT);
  const { rootId: parentId } = organization;
  organization.units[PROD] = { id: PROD, name: "prod", parentId };
  organization.units[DEV] = { id: DEV, name: "dev", parentId };
  organization.units[PAYMENTS] = { id: PAYMENTS, name: "payments", parentId: PROD };
  for (let at = 0; at < 30; at += 1)
    addMember(organization, {
      id: account(at),
      name: `dev ${at}`,
      parentId: DEV,
      tags: { env: at < 2 ? "test" : "dev" },
    });
  addMember(organization, { id: account(40), name: "Shop", parentId: PROD });
  addMember(organization, { id: account(41), name: "Old", parentId: PROD, state: "CLOSED" });
  addMember(organization, { id: account(42), name: "Cards", parentId: PAYMENTS });
}

function setOf(change: Partial<DesiredAccountSet> = {}): DesiredAccountSet {
  const reader = { roleArn: arn(`arn:aws:iam::${MANAGEMENT}:role/gk/reader`), externalId: "gk-reader" };
  const { origin } = accountOf();
  return { name: "all", reader, units: null, tags: {}, except: [], template: accountOf(), origin, ...change };
}

async function idsOf(change: Partial<DesiredAccountSet> = {}): Promise<readonly string[]> {
  return orThrow(await aws.aws.organizations.accountsOf(setOf(change), never())).map(({ id }) => id);
}

function organization(): OrganizationState {
  return must(aws.world.organizations?.["o-a1b2c3d4e5"]);
}

describe("the accounts of a set", () => {
  test("are all active ones of the organization, over several pages, sorted by id", async () => {
    aws = await startAwsWorld(seed);
    const ids = await idsOf();

    expect(ids).toHaveLength(33);
    expect(ids).toEqual(ids.toSorted());
    expect(ids).not.toContain(account(41));
    expect(aws.reads()).toEqual({ "organizations:ListAccounts": 2 });
  });

  test("are those of the named units and of all units below", async () => {
    aws = await startAwsWorld(seed);

    expect(await idsOf({ units: [PROD] })).toEqual([account(40), account(42)]);
    expect(await idsOf({ units: [PAYMENTS] })).toEqual([account(42)]);
    expect(await idsOf({ units: [organization().rootId] })).toHaveLength(33);
  });

  test("have all named tags, with the same case", async () => {
    aws = await startAwsWorld(seed);

    expect(await idsOf({ units: [DEV], tags: { env: "test" } })).toEqual([account(0), account(1)]);
    expect(await idsOf({ units: [DEV], tags: { Env: "test" } })).toEqual([]);
    expect(await idsOf({ units: [DEV], tags: { env: "test", team: "a" } })).toEqual([]);
  });

  test("are without those that the set leaves out", async () => {
    aws = await startAwsWorld(seed);

    expect(await idsOf({ units: [PROD], except: [must(setOf().template.id), account(40) as never] })).toEqual(
      [account(42)],
    );
  });

  test("are read by a delegated administrator too", async () => {
    aws = await startAwsWorld(seed);
    addMember(organization(), { id: OUTSIDER, name: "security", parentId: organization().rootId });
    organization().delegatedAdministrators.push(OUTSIDER);
    const reader = { roleArn: arn(`arn:aws:iam::${OUTSIDER}:role/gk/reader`), externalId: "gk-reader" };

    expect(await idsOf({ reader, units: [PAYMENTS] })).toEqual([account(42)]);
  });
});

describe("an organization that cannot be read to the end", () => {
  test.each([
    ["ListAccountsForParent", "ServiceException", {}],
    ["ListOrganizationalUnitsForParent", "AccessDeniedException", {}],
    ["ListTagsForResource", "TooManyRequestsException", { tags: { env: "dev" } }],
  ] as const)("has no accounts if %s fails", async (operation, code, change) => {
    aws = await startAwsWorld(seed);
    aws.simulator.addFault({
      operation,
      times: 9,
      kind: { kind: "error", code, message: "no", status: code === "ServiceException" ? 500 : 400 },
    });

    await expect(idsOf({ units: [DEV, PROD], ...change })).rejects.toMatchObject({
      name: "AwsError",
      facts: { call: expect.stringContaining(`organizations:${operation}`) },
    });
  });

  test("has no accounts if an answer ends in the middle", async () => {
    aws = await startAwsWorld(seed);
    aws.simulator.addFault({ operation: "ListAccounts", times: 9, kind: { kind: "truncate" } });

    await expect(idsOf()).rejects.toMatchObject({ name: "AwsError" });
  });

  test.each([
    ["a member account", OUTSIDER, true, "AccessDenied"],
    ["an account of no organization", OUTSIDER, false, "AWSOrganizationsNotInUse"],
  ])("names %s as a wrong reader", async (_, id, isMember, code) => {
    aws = await startAwsWorld(seed);
    if (isMember) addMember(organization(), { id, name: "x", parentId: organization().rootId });
    const reader = { roleArn: arn(`arn:aws:iam::${id}:role/gk/reader`), externalId: "gk-reader" };

    await expect(idsOf({ reader })).rejects.toMatchObject({ facts: { code } });
  });

  test("names a unit that is gone", async () => {
    aws = await startAwsWorld(seed);

    await expect(idsOf({ units: ["ou-1234-gone0000"] })).rejects.toMatchObject({
      facts: { call: "organizations:ListAccountsForParent ou-1234-gone0000", code: "ParentNotFound" },
    });
  });
});
