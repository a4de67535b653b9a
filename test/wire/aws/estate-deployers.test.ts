import { expect, test } from "@jest/globals";
import { deployerOf } from "../../../src/adopt/deployer/deployer.ts";
import { tagsOf } from "../../../src/adopt/estate/estate.ts";
import { nameInArn } from "../../../src/model/aws/arn.ts";
import { liveRole } from "../../../src/model/live.ts";
import { addEstate, type GeneratedEstate } from "../../../src/simulator/estate/estate.ts";
import { sweep } from "../../support/installation/sweep.ts";
import { ACCOUNT, never, REGION, startAwsWorld } from "./aws-world.ts";

test("in an estate of several tools a deployer is the true one or unknown, and unknown only without a sign", async () => {
  const made: GeneratedEstate[] = [];
  const world = await startAwsWorld((state) => {
    made.push(addEstate(state, { accountId: ACCOUNT, region: REGION, functions: 200, seed: 7 }));
  });
  try {
    const live = await sweep(world, { functions: [] });
    const tags = await world.aws.estates.functionTags(
      { account: world.account, region: REGION, pass: "p1" },
      never(),
    );
    const functions = made.flatMap((one) => one.functions);

    const judged = functions.map(({ arn, roleArn, deployer }) => {
      const role = liveRole(live, nameInArn(roleArn));
      const { kind } = deployerOf({ tags: tagsOf(arn, tags), role, terraformAddress: null });
      return { deployer, kind };
    });

    expect(judged.filter(({ deployer, kind }) => kind !== deployer && kind !== "unknown")).toEqual([]);
    const unknown = new Set(judged.filter(({ kind }) => kind === "unknown").map(({ deployer }) => deployer));
    // Terraform sets no tag of its own, and a replica of Lambda@Edge has none of its stack.
    expect([...unknown].filter((one) => !["unknown", "terraform", "cloudformation"].includes(one))).toEqual(
      [],
    );
  } finally {
    await world.stop();
  }
});
