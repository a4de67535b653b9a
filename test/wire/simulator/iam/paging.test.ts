import type { GetAccountAuthorizationDetailsCommandOutput } from "@aws-sdk/client-iam";
import {
  DeleteRoleCommand,
  GetAccountAuthorizationDetailsCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { addPolicy, addRole, addUser } from "../../../../src/simulator/world.ts";
import type { Simulated } from "../../../support/installation/simulated.ts";
import { ACCOUNT, allow, startSimulated } from "../../../support/installation/simulated.ts";

const ROLES = 2_500;

let simulated: Simulated;
beforeAll(async () => {
  simulated = await startSimulated((world) => {
    for (let index = 0; index < ROLES; index += 1)
      addRole(world, { accountId: ACCOUNT, name: `role-${index}` });
    for (const name of ["a", "b"]) addPolicy(world, { accountId: ACCOUNT, name, document: allow("s3:Get*") });
    addUser(world, ACCOUNT, "ann");
  });
});
afterEach(() => simulated.simulator.clearFaults());
afterAll(() => simulated.stop());

async function pagesOfDetails(input: {
  readonly MaxItems?: number;
  readonly Filter?: ("Role" | "LocalManagedPolicy")[];
}) {
  const pages: GetAccountAuthorizationDetailsCommandOutput[] = [];
  let Marker: string | undefined;
  do {
    const page = await simulated.iam.send(new GetAccountAuthorizationDetailsCommand({ ...input, Marker }));
    pages.push(page);
    Marker = page.IsTruncated === true ? page.Marker : undefined;
  } while (Marker !== undefined);
  return pages;
}

describe("with 2,500 roles", () => {
  test("ListRoles takes three pages of 1,000 and shows each role once", async () => {
    const names: (string | undefined)[] = [];
    const sizes: number[] = [];
    let Marker: string | undefined;
    do {
      const page = await simulated.iam.send(new ListRolesCommand({ MaxItems: 1_000, Marker }));
      sizes.push(page.Roles?.length ?? 0);
      names.push(...(page.Roles ?? []).map(({ RoleName }) => RoleName));
      Marker = page.Marker;
    } while (Marker !== undefined);

    expect(sizes).toEqual([1_000, 1_000, 500]);
    expect(new Set(names).size).toBe(ROLES);
  });

  test("one marker walks the lists of the authorization details", async () => {
    const pages = await pagesOfDetails({ MaxItems: 1_000, Filter: ["Role", "LocalManagedPolicy"] });

    expect(pages.map(({ RoleDetailList, Policies }) => [RoleDetailList?.length, Policies?.length])).toEqual([
      [1_000, 0],
      [1_000, 0],
      [500, 2],
    ]);
  });

  test("without a filter users and AWS's policies come too", async () => {
    const pages = await pagesOfDetails({ MaxItems: 1_000 });

    expect(pages.flatMap(({ UserDetailList }) => UserDetailList ?? [])).toMatchObject([{ UserName: "ann" }]);
    expect(pages.flatMap(({ Policies }) => Policies ?? []).length).toBeGreaterThan(2);
  });

  test("a page may be shorter than asked for, with more to come", async () => {
    simulated.simulator.addFault({
      operation: "GetAccountAuthorizationDetails",
      times: 2,
      kind: { kind: "short-page" },
    });

    const pages = await pagesOfDetails({ MaxItems: 1_000, Filter: ["Role"] });

    expect(pages.map(({ RoleDetailList }) => RoleDetailList?.length)).toEqual([500, 500, 1_000, 500]);
  });

  test("100 are shown when no number is asked for", async () => {
    expect((await simulated.iam.send(new ListRolesCommand({}))).Roles).toHaveLength(100);
  });
});

test("a role that goes between two pages hides no other", async () => {
  const first = await simulated.iam.send(new ListRolesCommand({ MaxItems: 10 }));
  const names = first.Roles?.map(({ RoleName }) => RoleName ?? "") ?? [];
  addRole(simulated.world, { accountId: ACCOUNT, name: "role-0-a" });
  const before = await simulated.iam.send(new ListRolesCommand({ MaxItems: 10, Marker: first.Marker }));
  await simulated.iam.send(new DeleteRoleCommand({ RoleName: "role-0-a" }));

  const after = await simulated.iam.send(new ListRolesCommand({ MaxItems: 10, Marker: first.Marker }));

  expect(names).toHaveLength(10);
  expect(after.Roles?.map(({ RoleName }) => RoleName)).toEqual(before.Roles?.map(({ RoleName }) => RoleName));
});

test.each([
  { input: { MaxItems: 1_001 }, because: "more than 1,000 items are refused" },
  { input: { MaxItems: 0 }, because: "a page of nothing is refused" },
  { input: { Marker: "!" }, because: "a marker that was not handed out is refused" },
  { input: { Filter: ["Roles" as "Role"] }, because: "an unknown filter is refused" },
])("$because", async ({ input }) => {
  const read = simulated.iam.send(new GetAccountAuthorizationDetailsCommand(input));

  await expect(read).rejects.toMatchObject({ name: "ValidationError", $metadata: { httpStatusCode: 400 } });
});
