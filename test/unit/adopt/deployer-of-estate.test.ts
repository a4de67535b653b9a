import { expect, test } from "@jest/globals";
import { deployerOf } from "../../../src/adopt/deployer/deployer.ts";
import { known } from "../../../src/adopt/estate/estate.ts";
import { addEstate } from "../../../src/simulator/estate/estate.ts";
import { addAccount, emptyWorld } from "../../../src/simulator/world.ts";
import { estateRole } from "../../support/adopt/estate.ts";

const PLACE = { accountId: "111122223333", region: "eu-west-1" };

test("the tool of every function in a generated estate is found, with the state of Terraform", () => {
  const world = emptyWorld();
  const { iam, lambda } = addAccount(world, { id: PLACE.accountId, regions: [PLACE.region] });
  const estate = addEstate(world, { ...PLACE, functions: 1_000, seed: 1 });
  const generated = estate.functions.map(({ name, roleArn, deployer, situations, terraformAddress }) => {
    const tags = Object.entries(lambda[PLACE.region]?.functions[name]?.tags ?? {});
    const role = Object.values(iam.roles).find(({ arn }) => arn === roleArn);
    const signs = {
      tags: known(tags.map(([key, value]) => ({ key, value }))),
      role: { kind: "present", value: estateRole(role?.name ?? "", { path: role?.path ?? "/" }) },
      terraformAddress,
    } as const;
    // A replica has no sign of the tool that created its master.
    const expected = situations.includes("edge") ? "unknown" : deployer;
    return { name, expected, found: deployerOf(signs).kind };
  });

  expect(generated.filter(({ expected, found }) => found !== expected)).toEqual([]);
  expect(new Set(generated.map(({ found }) => found)).size).toBe(7);
});
